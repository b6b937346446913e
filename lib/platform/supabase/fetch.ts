import { serverEnv } from "@/lib/env/server";
import { guardedFetch } from "@/lib/platform/resilience/fetch";
import { resilience } from "@/lib/platform/resilience/resilience";
import { outsideFetch, supabaseOperation } from "@/lib/platform/telemetry/outside";

/** What the gateway answers while what is behind it is away. A 500 is one query's own trouble, and no reason to refuse the rest. */
const AWAY = new Set([502, 503, 504]);

const observed = outsideFetch({ service: "supabase", operationOf: supabaseOperation, propagate: true });

/** How long a ping of the database may take. */
const PING_MS = 2_000;

/**
 * Asks Postgres, through the Data API, past the breaker. As nobody, so row-level security refuses: it is Postgres that does
 * so, and whether it answers is all that is asked.
 */
async function ping(): Promise<void> {
  const { SUPABASE_URL: url, SUPABASE_PUBLISHABLE_KEY: apikey } = serverEnv();
  const answer = await observed(`${url}/rest/v1/profiles?select=id&limit=1`, {
    headers: { apikey },
    signal: AbortSignal.timeout(PING_MS),
  });
  await answer.body?.cancel();
  if (AWAY.has(answer.status)) throw new Error(`HTTP ${answer.status}`);
}

resilience().pingWith("supabase", ping);

/**
 * Supabase under its policy (a time limit, attempts, and a breaker that spares a database that is away), counted and
 * part of the caller's trace. The client library's own attempts are off where it is made: one layer repeats. An answer of 503 reaches the client library as it came; an open breaker is to
 * it a connection that failed, which {@link dataApiFailure} makes a 503 as well.
 */
export const supabaseFetch = guardedFetch("supabase", { fetch: observed, unwell: (status) => AWAY.has(status) });
