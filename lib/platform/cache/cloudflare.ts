import { z } from "zod";
import { guardedFetch } from "@/lib/platform/resilience/fetch";
import { tagsToPurge, type CdnTier } from "./cdn";

/** Cloudflare takes this many tags in one call. */
const TAGS_PER_CALL = 30;

const answerSchema = z.object({
  success: z.boolean(),
  errors: z.array(z.object({ code: z.number(), message: z.string() })).default([]),
});

export interface CloudflareOptions {
  readonly apiUrl: string;
  readonly zoneId: string;
  readonly apiToken: string;
  /** The `cdn` policy round the global fetch, unless given. */
  readonly fetch?: typeof fetch;
}

/**
 * Cloudflare's CDN, told by cache tag (https://developers.cloudflare.com/api/resources/cache/methods/purge/).
 * A purge may be repeated, so failures that may pass are.
 */
export function cloudflareCdn(options: CloudflareOptions): CdnTier {
  const call = options.fetch ?? guardedFetch("cdn", { repeatable: true });
  const url = `${options.apiUrl}/zones/${encodeURIComponent(options.zoneId)}/purge_cache`;
  return {
    invalidate: async (invalidation) => {
      const tags = tagsToPurge(invalidation);
      for (let from = 0; from < tags.length; from += TAGS_PER_CALL) {
        const response = await call(url, {
          method: "POST",
          headers: { Authorization: `Bearer ${options.apiToken}`, "Content-Type": "application/json" },
          body: JSON.stringify({ tags: tags.slice(from, from + TAGS_PER_CALL) }),
        });
        await check(response);
      }
    },
  };
}

/** Cloudflare says in the body what it did; a 200 alone means little. */
async function check(response: Response): Promise<void> {
  const text = await response.text();
  const answer = answerSchema.safeParse(readJson(text));
  if (response.ok && answer.success && answer.data.success) return;
  const why = answer.success
    ? answer.data.errors.map(({ code, message }) => `${code} ${message}`).join("; ")
    : text.slice(0, 200);
  throw new Error(`Cloudflare did not purge (HTTP ${response.status}): ${why || "no reason given"}`);
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
