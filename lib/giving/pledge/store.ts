import "server-only";
import { z } from "zod";
import { claimOf, readClaim, type Claim, type Lease, type Progress, type Slot } from "@/lib/platform/idempotency/store";
import type { Json } from "@/lib/platform/supabase/database.types";
import { callTrusted } from "@/lib/platform/supabase/trusted";
import { QUIET_BELOW } from "@/lib/giving/payment/risk/rules";
import { pledgeViewSchema, type PledgeView } from "@/lib/giving/payment/schemas";
import { begunViewSchema, riskSchema, type TriedAt } from "@/lib/giving/payment/store";
import type { AcceptablePledge } from "./rules";

/**
 * Claims a pledge's key, in one transaction with the rules that need a look at the campaign: those stand before a new key.
 * @throws AppError `not_found`; `rule_broken` with the path; nothing is written then
 */
export async function claimPledge(slot: Slot, leaseSeconds: number, pledge: AcceptablePledge): Promise<Claim> {
  return readClaim(
    await callTrusted("claim_pledge", {
      ...claimOf(slot, leaseSeconds),
      p_campaign: pledge.campaignId,
      p_amount_minor: pledge.amountMinor,
      p_currency: pledge.currency,
      p_cover_fees: pledge.coverFees,
    }),
  );
}

interface NewPledge extends AcceptablePledge {
  readonly userId: string | null;
  readonly ipHash: string;
  readonly challenged: boolean;
}

const begunSchema = z.union([begunViewSchema, z.object({ risk: riskSchema })]);

/**
 * Makes the pledge with its first payment and its event, or finds the one that an earlier try with the key made; moves the
 * key to `pledged`, renewed, with this progress.
 * @param about where tries are counted, for a try that has not been judged: it goes on only where it is quiet
 * @returns the view, and for a new pledge the call that creates its intent; or what was tried, when that is to be judged first
 *   and nothing was written
 * @throws AppError `idempotency_in_progress` when the lease was lost; as {@link claimPledge}
 */
export async function beginPledge(
  lease: Lease,
  progress: Progress,
  pledge: NewPledge,
  traceparent: string,
  about?: TriedAt,
): Promise<z.output<typeof begunSchema>> {
  return begunSchema.parse(
    await callTrusted("begin_pledge", {
      p_lease: lease.id,
      p_fence: lease.fence,
      p_lease_seconds: lease.seconds,
      p_progress: { ...progress },
      p_pledge: pledge as unknown as Json,
      p_traceparent: traceparent,
      ...(about ? { p_about: about as unknown as Json, p_below: QUIET_BELOW as unknown as Json } : {}),
    }),
  );
}

/**
 * Another payment for a pledge whose last one came to nothing.
 * @param ipHash whose try it is; its outcome is counted for that address, whoever tells of it first
 * @throws AppError `conflict`, `not_found`, `rule_broken`
 */
export async function insertPayment(
  lease: Lease,
  pledgeId: string,
  traceparent: string,
  ipHash: string,
): Promise<PledgeView> {
  return pledgeViewSchema.parse(
    await callTrusted("add_payment", {
      p_lease: lease.id,
      p_fence: lease.fence,
      p_pledge: pledgeId,
      p_traceparent: traceparent,
      p_ip_hash: ipHash,
    }),
  );
}

/** The pledge with its newest payment, whoever asks: authorise first. */
export async function readPledge(pledgeId: string): Promise<PledgeView | null> {
  return pledgeViewSchema.nullable().parse(await callTrusted("read_pledge", { p_pledge: pledgeId }));
}

/** Ties earlier guest gifts to the account whose verified address they were given with. @returns how many */
export async function claimGuestGifts(userId: string): Promise<number> {
  return z.object({ claimed: z.number().int() }).parse(await callTrusted("claim_guest_gifts", { p_user: userId }))
    .claimed;
}
