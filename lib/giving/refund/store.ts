import "server-only";
import { z } from "zod";
import type { Json } from "@/lib/platform/supabase/database.types";
import { callTrusted } from "@/lib/platform/supabase/trusted";
import type { FactCause } from "@/lib/giving/payment/schemas";
import type { Lease } from "@/lib/platform/idempotency/store";
import { moment } from "../campaign/store";
import {
  cancellationSchema,
  failedRefundStandingSchema,
  refundAnswerSchema,
  refundDeskSchema,
  type Cancellation,
  type FailedRefundStanding,
  type RefundDesk,
  type RefundRequest,
} from "./schemas";

const refundSchema = refundAnswerSchema.shape.refund.loose().extend({
  /** The payment's at the provider. */
  intentId: z.string().nullable(),
});
export type Refund = z.output<typeof refundSchema>;

/** Asks, in the system's own name and once for a reason, for all that is left. @throws AppError `rule_broken` when nothing is */
export async function requestSystemRefund(paymentId: string, reason: string): Promise<Refund> {
  return refundSchema.parse(
    await callTrusted("request_refund", {
      p_actor: null as unknown as string,
      p_payment: paymentId,
      p_amount_minor: null as unknown as number,
      p_reason: reason,
      p_note: "",
      p_four_eyes_above: Number.MAX_SAFE_INTEGER,
    }),
  );
}

/**
 * Asks for a refund in `actorId`'s name, once for the key that is held.
 * @throws AppError `forbidden`, `not_found`, `rule_broken` with the path, `idempotency_in_progress` when the lease was lost
 */
export async function insertRefund(
  lease: Lease,
  actorId: string,
  request: RefundRequest & { readonly paymentId: string; readonly fourEyesAbove: number },
): Promise<Refund> {
  return refundSchema.parse(
    await callTrusted("ask_refund", {
      p_lease: lease.id,
      p_fence: lease.fence,
      p_actor: actorId,
      p_payment: request.paymentId,
      p_amount_minor: (request.amountMinor ?? null) as number,
      p_reason: request.reason,
      p_note: request.note ?? "",
      p_four_eyes_above: request.fourEyesAbove,
    }),
  );
}

/** The second pair of eyes. @throws AppError `forbidden` also for who asked, `not_found`, `conflict` when nothing waits */
export async function settleApproval(actorId: string, refundId: string, approved: boolean): Promise<Refund> {
  return refundSchema.parse(
    await callTrusted("decide_refund", { p_actor: actorId, p_refund: refundId, p_approved: approved }),
  );
}

/** Refunds that may be sent and have not been, each to one asker for so long. */
export async function claimDueRefunds(limit: number, leaseSeconds: number): Promise<Refund[]> {
  return z
    .array(refundSchema)
    .parse(await callTrusted("claim_due_refunds", { p_limit: limit, p_lease_seconds: leaseSeconds }));
}

/** Ends a refund that the provider will not do and does not have. */
export async function failRefund(refundId: string, reason: string): Promise<void> {
  await callTrusted("fail_refund", { p_refund: refundId, p_reason: reason });
}

/** @throws AppError `not_found`: also for a campaign that is not the actor's */
export async function readRefundDesk(actorId: string, pledgeId: string): Promise<RefundDesk> {
  return refundDeskSchema.parse(await callTrusted("admin_refund_desk", { p_actor: actorId, p_pledge: pledgeId }));
}

/** The failed refund of a pledge that wants somebody, or how it was dealt with. @throws AppError `not_found` */
export async function readFailedStanding(actorId: string, pledgeId: string): Promise<FailedRefundStanding | null> {
  return failedRefundStandingSchema
    .extend({ settledAt: moment.nullable() })
    .nullable()
    .parse(await callTrusted("admin_failed_refund", { p_actor: actorId, p_pledge: pledgeId }));
}

/** @throws AppError `not_found`, `conflict` when it wants nobody, `rule_broken` without a note */
export async function writeFailureSettled(actorId: string, refundId: string, note: string): Promise<void> {
  await callTrusted("settle_failed_refund", { p_actor: actorId, p_refund: refundId, p_note: note });
}

/** How far a cancelled campaign's ending is; null while it is not cancelled. @throws AppError `not_found` */
export async function readCancellation(actorId: string, campaignId: string): Promise<Cancellation | null> {
  return cancellationSchema
    .extend({ cancelledAt: moment })
    .nullable()
    .parse(await callTrusted("admin_cancellation", { p_actor: actorId, p_campaign: campaignId }));
}

const giftsToEndSchema = z.array(
  z.object({ pledgeId: z.uuid(), paymentId: z.uuid(), due: z.enum(["cancel", "refund"]) }),
);

/** Gifts to a cancelled campaign (null: to any) that are not at their end yet. */
export async function listGiftsToEnd(
  campaignId: string | null,
  limit: number,
): Promise<z.output<typeof giftsToEndSchema>> {
  return giftsToEndSchema.parse(
    await callTrusted("list_gifts_to_end", { p_campaign: campaignId as string, p_limit: limit }),
  );
}

/** Gives a promise up in the system's name; its hold follows. @throws AppError `conflict` when the money was taken */
export async function cancelPledge(pledgeId: string, reason: string): Promise<void> {
  await callTrusted("cancel_pledge", {
    p_pledge: pledgeId,
    p_reason: reason,
    p_actor: null as unknown as string,
    p_traceparent: "",
  });
}

const appliedSchema = z.object({
  outcome: z.string(),
  reason: z.string().nullish(),
  paymentId: z.uuid().nullish(),
  pledgeId: z.uuid().nullish(),
});
export type Applied = z.output<typeof appliedSchema>;

/** A refund as Stripe has it now. */
export interface RefundFact {
  readonly eventId?: string | undefined;
  readonly cause: FactCause;
  /** Ours, when we asked for it. */
  readonly id?: string | undefined;
  readonly refundId: string;
  readonly intentId?: string | undefined;
  readonly chargeId?: string | undefined;
  /** Whether its charge took the money, as it was read: of a hold that was let go nothing is refunded. */
  readonly chargeCaptured?: boolean | undefined;
  readonly amountMinor: number;
  readonly currency: string;
  readonly status: string;
  readonly failureReason?: string | undefined;
  readonly reason?: string | undefined;
  /** When it was read from Stripe: of two reads the later counts. */
  readonly readAt: string;
  readonly final?: boolean | undefined;
}

export async function recordRefund(fact: RefundFact): Promise<Applied> {
  return appliedSchema.parse(await callTrusted("record_refund", { p_fact: fact as unknown as Json }));
}

/** A dispute as Stripe has it now. */
export interface DisputeFact {
  readonly eventId?: string | undefined;
  readonly cause: FactCause;
  readonly disputeId: string;
  readonly intentId?: string | undefined;
  readonly chargeId?: string | undefined;
  readonly amountMinor: number;
  readonly currency: string;
  readonly status: string;
  readonly reason?: string | undefined;
  readonly evidenceDueBy?: string | undefined;
  readonly feeMinor?: number | undefined;
  readonly readAt: string;
  readonly final?: boolean | undefined;
}

export async function recordDispute(fact: DisputeFact): Promise<Applied> {
  return appliedSchema.parse(await callTrusted("record_dispute", { p_fact: fact as unknown as Json }));
}
