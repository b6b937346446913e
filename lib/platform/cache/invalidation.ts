import { z } from "zod";
import { CACHES, type CacheName } from "./policies";

const CACHE_NAMES = Object.keys(CACHES) as [CacheName, ...CacheName[]];
const cacheName = z.enum(CACHE_NAMES);
/** What every tier can carry: a CDN's `Cache-Tag` knows no space, comma or control character. */
const TAG = /^[\x21-\x2b\x2d-\x7e]{1,200}$/;

/** What is no longer true. Patterns hold within one cache; `*` stands for any run of characters. */
export const invalidationSchema = z.object({
  keys: z.array(z.object({ cache: cacheName, key: z.string().min(1) })).default([]),
  tags: z.array(z.string().regex(TAG)).default([]),
  patterns: z.array(z.object({ cache: cacheName, pattern: z.string().regex(/^[^\n]{1,200}$/) })).default([]),
});

export type Invalidation = z.output<typeof invalidationSchema>;

/** Something that an invalidation may concern. */
export interface Cacheable {
  readonly cache: CacheName;
  readonly key: string;
  readonly tags: readonly string[];
}

/** @throws RangeError when a tag is not one that every tier can carry */
export function checkTags(tags: readonly string[]): void {
  for (const tag of tags) {
    if (!TAG.test(tag))
      throw new RangeError(`"${tag}" cannot be a cache tag: 1 to 200 visible ASCII characters, no comma.`);
  }
}

/** Whether the invalidation concerns it. */
export function concerns(invalidation: Invalidation, { cache, key, tags }: Cacheable): boolean {
  return (
    invalidation.keys.some((named) => named.cache === cache && named.key === key) ||
    invalidation.tags.some((tag) => tags.includes(tag)) ||
    invalidation.patterns.some((named) => named.cache === cache && matches(named.pattern, key))
  );
}

/** Whether a pattern fits a key, without a regular expression that could be made to hang. */
export function matches(pattern: string, key: string): boolean {
  const parts = pattern.split("*");
  const first = parts[0] ?? "";
  const last = parts.at(-1) ?? "";
  if (parts.length === 1) return pattern === key;
  if (!key.startsWith(first) || !key.endsWith(last) || key.length < first.length + last.length) return false;
  let from = first.length;
  const end = key.length - last.length;
  for (const part of parts.slice(1, -1)) {
    const at = key.indexOf(part, from);
    if (at === -1 || at + part.length > end) return false;
    from = at + part.length;
  }
  return true;
}

/** Several invalidations as one, each thing once. */
export function merge(invalidations: readonly Invalidation[]): Invalidation {
  const unique = <T>(items: readonly T[]): T[] => [
    ...new Map(items.map((item) => [JSON.stringify(item), item])).values(),
  ];
  return {
    keys: unique(invalidations.flatMap(({ keys }) => keys)),
    tags: unique(invalidations.flatMap(({ tags }) => tags)),
    patterns: unique(invalidations.flatMap(({ patterns }) => patterns)),
  };
}

/** Everything in every cache; for when what exactly changed is no longer known. */
export const EVERYTHING: Invalidation = {
  keys: [],
  tags: [],
  patterns: CACHE_NAMES.map((cache) => ({ cache, pattern: "*" })),
};
