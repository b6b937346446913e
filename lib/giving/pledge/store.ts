import "server-only";
import { z } from "zod";
import type { Lease } from "@/lib/platform/idempotency/store";
import type { Json } from "@/lib/platform/supabase/database.types";
import { callTrusted } from "@/lib/platform/supabase/trusted";
import { pledgeViewSchema, type PledgeView } from "@/lib/giving/payment/schemas";
import type { AcceptablePledge } from "./rules";

/**
 * The rules that need a look at the campaign; nothing is written.
 * @throws AppError `not_found`; `rule_broken` with the path
 */
export async function checkPledge(pledge: AcceptablePledge): Promise<void> {
  await callTrusted("check_pledge", {
    p_campaign: pledge.campaignId,
    p_amount_minor: pledge.amountMinor,
    p_currency: pledge.currency,
    p_cover_fees: pledge.coverFees,
  });
}

interface NewPledge extends AcceptablePledge {
  readonly userId: string | null;
  readonly ipHash: string;
  readonly challenged: boolean;
}

/**
 * Makes the pledge with its first payment and its event, or finds the one that an earlier try with the key made.
 * @throws AppError `idempotency_in_progress` when the lease was lost; as {@link checkPledge}
 */
export async function insertPledge(lease: Lease, pledge: NewPledge, traceparent: string): Promise<PledgeView> {
  return pledgeViewSchema.parse(
    await callTrusted("make_pledge", {
      p_lease: lease.id,
      p_fence: lease.fence,
      p_pledge: pledge as unknown as Json,
      p_traceparent: traceparent,
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
