import "server-only";
import { z } from "zod";
import type { Json } from "@/lib/platform/supabase/database.types";
import { callTrusted } from "@/lib/platform/supabase/trusted";
import type { FactCause } from "@/lib/giving/payment/schemas";

const refundSchema = z.object({
  id: z.uuid(),
  paymentId: z.uuid(),
  refundId: z.string().nullable(),
  amountMinor: z.number().int(),
  currency: z.string(),
  status: z.string(),
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
