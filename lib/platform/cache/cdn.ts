import type { Cached } from "./cached";
import type { Cacheable, Invalidation } from "./invalidation";
import { CACHES } from "./policies";

/** A CDN, or Next's own cache of prerendered pages: something that keeps whole answers, found again by tag. */
export interface CdnTier {
  /** @throws when it could not be told */
  invalidate(invalidation: Invalidation): Promise<void>;
}

/** Longest tag that Next takes; what would be longer is known by its beginning and a hash of the rest. */
const MAX_TAG = 256;

/**
 * The tags under which an answer made of a cached value is kept at a CDN: its cache, its key, its own
 * tags. A pattern reaches a CDN as the whole cache, because no CDN knows patterns of tags.
 */
export function cdnTags({ cache, key, tags }: Cacheable): string[] {
  return [cache, keyTag(cache, key), ...tags];
}

function keyTag(cache: string, key: string): string {
  const encoded = `${cache}:${encodeURIComponent(key)}`;
  return encoded.length <= MAX_TAG ? encoded : encoded.slice(0, MAX_TAG);
}

/** The tags that an invalidation reaches a CDN by. */
export function tagsToPurge(invalidation: Invalidation): string[] {
  return [
    ...new Set([
      ...invalidation.keys.map(({ cache, key }) => keyTag(cache, key)),
      ...invalidation.tags,
      ...invalidation.patterns.map(({ cache }) => cache),
    ]),
  ];
}

/**
 * Headers for an answer that everybody may see. Browsers ask again each time, because nothing can be
 * called back from them; the CDN keeps it for the policy's time under its tags. A stale value stays at
 * the CDN for seconds only, and says its age.
 */
export function deliveryHeaders(of: Cacheable, cached: Cached<unknown>): Record<string, string> {
  const seconds = Math.floor(CACHES[of.cache].cdnMs / 1000);
  if (seconds === 0) return { "Cache-Control": "private, no-store" };
  const tags = cdnTags(of).join(",");
  const age = { Age: String(Math.floor(cached.ageMs / 1000)) };
  if (cached.stale) {
    return {
      "Cache-Control": "public, max-age=0, must-revalidate",
      "CDN-Cache-Control": "no-store",
      Warning: '110 - "Response is Stale"',
      ...age,
    };
  }
  return {
    "Cache-Control": "public, max-age=0, must-revalidate",
    // RFC 9213. The CDN may go on for a minute while it asks again, and for an hour while we are down.
    "CDN-Cache-Control": `public, max-age=${seconds}, stale-while-revalidate=60, stale-if-error=3600`,
    "Cache-Tag": tags,
    "Vercel-Cache-Tag": tags,
  };
}

/**
 * Next's cache of pages and fetches.
 * @param revalidate `revalidateTag` of `next/cache`, which only works inside a request of Next's
 */
export function nextCdn(revalidate: (tag: string, profile: { expire: number }) => void): CdnTier {
  return {
    invalidate: async (invalidation) => {
      for (const tag of tagsToPurge(invalidation)) revalidate(tag, { expire: 0 });
    },
  };
}
