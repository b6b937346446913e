import "server-only";
import { z } from "zod";
import type { Json } from "@/lib/platform/supabase/database.types";
import { callTrusted } from "@/lib/platform/supabase/trusted";
import { storedAnswerSchema, type StoredAnswer } from "./answer";

/** What makes a key one key, and the body that it was first used with. */
export interface Slot {
  readonly route: string;
  readonly caller: string;
  readonly key: string;
  readonly fingerprint: string;
}

/** The right to write for a key. Hand both to `private.hold_idempotency` in the domain's SQL function. */
export interface Lease {
  readonly id: string;
  /** How long it holds from each renewal on, for a domain's SQL function that renews it. */
  readonly seconds: number;
  /** Grows with each claim; whoever comes with an older one is refused. */
  readonly fence: number;
}

const standings = [
  z.object({ outcome: z.literal("expired") }),
  z.object({ outcome: z.literal("reused") }),
  z.object({ outcome: z.literal("running"), retryAfterSeconds: z.number() }),
  z.object({ outcome: z.literal("answered"), answer: storedAnswerSchema, settledAt: z.coerce.date() }),
] as const;

const standingSchema = z.discriminatedUnion("outcome", [
  ...standings,
  z.object({ outcome: z.literal("new") }),
  z.object({ outcome: z.literal("open"), recoveryPoint: z.string() }),
]);

const claimSchema = z.discriminatedUnion("outcome", [
  ...standings,
  z.object({
    outcome: z.literal("claimed"),
    id: z.uuid(),
    fence: z.number().int(),
    recoveryPoint: z.string(),
    progress: z.record(z.string(), z.json()),
  }),
]);

export type Standing = z.output<typeof standingSchema>;
export type Claim = z.output<typeof claimSchema>;

/** Where work begins; it has left nothing behind yet. */
export const STARTED = "started";
export type Progress = Readonly<Record<string, Json>>;

const named = ({ route, caller, key, fingerprint }: Slot) => ({
  p_route: route,
  p_caller: caller,
  p_key: key,
  p_fingerprint: fingerprint,
});

export async function lookUp(slot: Slot): Promise<Standing> {
  return standingSchema.parse(await callTrusted("look_up_idempotency", named(slot)));
}

export async function claim(slot: Slot, leaseSeconds: number): Promise<Claim> {
  return readClaim(await callTrusted("claim_idempotency", claimOf(slot, leaseSeconds)));
}

/** For a domain's SQL function that claims a key once its rules allow it: what `claim_idempotency` is asked. */
export const claimOf = (slot: Slot, leaseSeconds: number) => ({ ...named(slot), p_lease_seconds: leaseSeconds });

/** Reads what such a function answers: a claim, or a standing as `look_up_idempotency` says it. */
export const readClaim = (answer: unknown): Claim => claimSchema.parse(answer);

/** @throws AppError `idempotency_in_progress` when the lease was lost */
export async function advance(
  lease: Lease,
  recoveryPoint: string,
  progress: Progress,
  leaseSeconds: number,
): Promise<void> {
  await callTrusted("advance_idempotency", {
    p_id: lease.id,
    p_fence: lease.fence,
    p_recovery_point: recoveryPoint,
    p_progress: { ...progress },
    p_lease_seconds: leaseSeconds,
  });
}

/**
 * @param answer the final one; without, the next call drives on
 * @returns when it was settled
 * @throws AppError `idempotency_in_progress` when the lease was lost
 */
export async function settle(lease: Lease, answer?: StoredAnswer): Promise<Date> {
  const args = { p_id: lease.id, p_fence: lease.fence, ...(answer ? { p_answer: answer as Json } : {}) };
  return z.coerce.date().parse(await callTrusted("settle_idempotency", args));
}

/** Empties keys whose answers are too old to be replayed; they stay used. @returns how many */
export async function stripOldKeys(limit: number): Promise<number> {
  return z.number().parse(await callTrusted("strip_idempotency", { p_limit: limit }));
}
