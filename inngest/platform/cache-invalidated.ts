import { NonRetriableError } from "inngest";
import { appCache } from "@/lib/platform/cache/app-cache";
import { invalidationSchema } from "@/lib/platform/cache/invalidation";
import { inngest } from "../client";

/**
 * Applies an invalidation again: it reaches a Redis or a CDN that was away at first, and an answer that was on its
 * way to the CDN during the first purge.
 */
export const cacheInvalidatedFunction = inngest.createFunction(
  {
    id: "cache-invalidated",
    name: "Invalidate again what was invalidated",
    triggers: [{ event: "cache/invalidated" }],
    retries: 4,
  },
  async ({ event, step }) => {
    const named = invalidationSchema.safeParse(event.data);
    if (!named.success)
      throw new NonRetriableError("cache/invalidated names nothing that can be invalidated", { cause: named.error });
    return step.run("invalidate", async () => {
      const report = await appCache().invalidate(named.data, { publish: false });
      if (report.failures.length > 0)
        throw new AggregateError(report.failures, "the invalidation did not reach everywhere");
      return { redis: report.redis };
    });
  },
);
