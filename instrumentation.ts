import type { Instrumentation } from "next";

/** Runs once before the server takes requests. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME === "nodejs") {
    const { boot } = await import("@/lib/platform/telemetry/boot");
    await boot(() => import("@sentry/nextjs"));
    const { startOutageRecords } = await import("@/lib/platform/resilience/start");
    startOutageRecords();
    const { countPages } = await import("@/lib/platform/telemetry/page-requests");
    await countPages();
    const { startHealth } = await import("@/lib/platform/health/overview");
    await startHealth();
    // Next's own cache of pages is one of the tiers that an invalidation reaches.
    const { revalidateTag } = await import("next/cache");
    const { addCdn } = await import("@/lib/platform/cache/app-cache");
    const { nextCdn } = await import("@/lib/platform/cache/cdn");
    addCdn(nextCdn(revalidateTag));
    const { closeAnalytics } = await import("@/lib/platform/batch/analytics");
    // Next ends the process once requests and their after() are done; this is for what neither of them wrote.
    process.once("SIGTERM", () => void closeAnalytics());
  }
}

/** Errors that Next caught itself: in a page, an action or a route outside `handle`. */
export const onRequestError: Instrumentation.onRequestError = async (error, request, context) => {
  if (process.env.NEXT_RUNTIME === "nodejs") {
    const { reportRequestError } = await import("@/lib/platform/telemetry/error-reports");
    reportRequestError(error, request, context);
  }
};
