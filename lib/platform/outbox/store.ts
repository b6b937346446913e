import "server-only";
import { z } from "zod";
import type { Json } from "@/lib/platform/supabase/database.types";
import { callTrusted } from "@/lib/platform/supabase/trusted";
import { readClaimed, readSettled, type OutboxStore } from "./event.ts";

/** The outbox behind the Data API, by the server's own key. */
export const outboxStore: OutboxStore = {
  claim: async (limit, leaseSeconds) =>
    readClaimed(await callTrusted("claim_outbox", { p_limit: limit, p_lease_seconds: leaseSeconds })),
  settle: async (outcomes) =>
    readSettled(await callTrusted("settle_outbox", { p_outcomes: outcomes.map((outcome): Json => ({ ...outcome })) })),
};

const backlogSchema = z.tuple([
  z.object({ pending: z.coerce.number(), oldest_seconds: z.coerce.number(), dead: z.coerce.number() }),
]);

/** How the outbox stands: for readiness, metrics and the alert on events older than 60 s. */
export async function readBacklog(): Promise<{ pending: number; oldestSeconds: number; dead: number }> {
  const [row] = backlogSchema.parse(await callTrusted("outbox_backlog", {}));
  return { pending: row.pending, oldestSeconds: row.oldest_seconds, dead: row.dead };
}

/** Removes events published more than a fortnight ago. @returns how many. */
export async function pruneOutbox(limit: number): Promise<number> {
  return z.number().parse(await callTrusted("prune_outbox", { p_limit: limit }));
}
