import { databaseAnswers } from "@/lib/platform/supabase/store";
import { redis } from "@/lib/platform/redis/client";
import { Readiness } from "@/lib/platform/telemetry/readiness";

export const dynamic = "force-dynamic";

/** Redis is a shortcut: without it we are slower, not away. */
const readiness = new Readiness({
  database: { needed: true, ask: databaseAnswers },
  redis: { needed: false, ask: async () => void (await redis().ping()) },
});

/** Readiness: whether this process can do its work now. 503 without the database, 200 and `degraded` without Redis. */
export async function GET(): Promise<Response> {
  const report = await readiness.check();
  return Response.json(report, {
    status: report.status === "unready" ? 503 : 200,
    headers: { "Cache-Control": "no-store", ...(report.status === "unready" ? { "Retry-After": "5" } : {}) },
  });
}
