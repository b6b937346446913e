import { z } from "zod";
import { PAYMENT_STATES } from "@/lib/giving/payment/rules";

/** The provider's lists in the order in which they are walked, then what only we have. */
export const STAGES = ["intents", "charges", "refunds", "disputes", "balance", "ours", "done"] as const;
export type Stage = (typeof STAGES)[number];

/** What the provider took, what went back, and how its balance moved. */
export const SUM_KINDS = ["captured", "refunded", "lost", "balance"] as const;
export type SumKind = (typeof SUM_KINDS)[number];

const sumSchema = z.strictObject({
  currency: z.string(),
  kind: z.enum(SUM_KINDS),
  theirsMinor: z.number().int(),
  oursMinor: z.number().int(),
});
export type Sum = z.output<typeof sumSchema>;

/** A run, as operators see it. */
export const runSchema = z.strictObject({
  id: z.uuid(),
  cause: z.enum(["schedule", "payout", "operator"]),
  from: z.iso.datetime({ offset: true }),
  to: z.iso.datetime({ offset: true }),
  state: z.enum(["running", "completed", "failed"]),
  stage: z.enum(STAGES),
  lastId: z.string().nullable(),
  counts: z
    .record(z.string(), z.number().int())
    .describe("Objects looked at, healed and different, by kind, and fees that were booked."),
  error: z.string().nullable(),
  startedAt: z.iso.datetime({ offset: true }),
  finishedAt: z.iso.datetime({ offset: true }).nullable(),
  requestedBy: z.string().nullable(),
  sums: z.array(sumSchema),
});
export type Run = z.output<typeof runSchema>;

export const runPageSchema = z.strictObject({
  items: z.array(runSchema),
  nextCursor: z.string().nullable(),
});

/** The kinds of difference that have no one right answer. */
export const DISCREPANCY_KINDS = [
  "unknown_payment",
  "second_intent",
  "second_charge",
  "unknown_charge",
  "amount",
  "captured_amount",
  "state",
  "ahead_of_provider",
  "ledger",
  "refund",
  "unknown_dispute",
  "dispute",
  "balance",
  "missing_at_provider",
  // Found by the sweeper of payments, not by a comparison.
  "stuck",
] as const;
export type DiscrepancyKind = (typeof DISCREPANCY_KINDS)[number];

/** Something that a run found and cannot mend by itself. */
export interface Discrepancy {
  readonly kind: DiscrepancyKind;
  /** The provider's id. */
  readonly objectId: string;
  /** ISO 8601: when the object was made. */
  readonly at: string;
  readonly paymentId?: string | undefined;
  readonly pledgeId?: string | undefined;
  readonly campaignId?: string | undefined;
  readonly currency?: string | undefined;
  /** Minor units: theirs less ours. */
  readonly differenceMinor?: number | undefined;
  readonly theirs: Readonly<Record<string, string | number | null>>;
  readonly ours: Readonly<Record<string, string | number | null>>;
}

export const DISCREPANCY_STATES = ["open", "resolved", "dismissed", "gone"] as const;

/** A difference, as operators see it. */
export const discrepancySchema = z.strictObject({
  id: z.uuid(),
  kind: z.enum(DISCREPANCY_KINDS),
  objectId: z.string(),
  objectAt: z.iso.datetime({ offset: true }),
  paymentId: z.uuid().nullable(),
  pledgeId: z.uuid().nullable(),
  campaignId: z.uuid().nullable(),
  currency: z.string().nullable(),
  differenceMinor: z.number().int().nullable(),
  theirs: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
  ours: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
  proposal: z.string(),
  state: z.enum(DISCREPANCY_STATES),
  note: z.string().nullable(),
  decidedBy: z.string().nullable(),
  decidedAt: z.iso.datetime({ offset: true }).nullable(),
  foundAt: z.iso.datetime({ offset: true }),
});
export type ListedDiscrepancy = z.output<typeof discrepancySchema>;

export const discrepancyPageSchema = z.strictObject({
  items: z.array(discrepancySchema),
  nextCursor: z.string().nullable(),
});

/** The body of `POST /api/v1/admin/discrepancies/:id/decision`. */
export const decisionSchema = z.strictObject({
  decision: z.enum(["resolved", "dismissed"]).describe("Resolved opens again when the next run still finds it."),
  note: z.string().max(1000).describe("What was done, or why it may stay."),
});
export type Decision = z.output<typeof decisionSchema>;

/** One of our payments, and what our ledger says that the provider holds of it. */
export const ourPaymentSchema = z.object({
  paymentId: z.uuid(),
  pledgeId: z.uuid(),
  campaignId: z.uuid(),
  state: z.enum(PAYMENT_STATES),
  currency: z.string(),
  totalMinor: z.number().int(),
  capturedMinor: z.number().int(),
  refundedMinor: z.number().int(),
  lostMinor: z.number().int(),
  disputedMinor: z.number().int(),
  processingFeeMinor: z.number().int(),
  disputeFeesMinor: z.number().int(),
  intentId: z.string().nullable(),
  chargeId: z.string().nullable(),
  createdAt: z.string(),
  ledgerMinor: z.number().int(),
});
export type OurPayment = z.output<typeof ourPaymentSchema>;

/** One of our refunds or disputes. */
export const ourMoneyBackSchema = z.object({
  objectId: z.string(),
  paymentId: z.uuid(),
  pledgeId: z.uuid(),
  campaignId: z.uuid(),
  intentId: z.string().nullable(),
  status: z.string(),
  amountMinor: z.number().int(),
  currency: z.string(),
});
export type OurMoneyBack = z.output<typeof ourMoneyBackSchema>;

/** When a campaign's gifts were last compared with the provider's. */
export const campaignCheckedSchema = z.strictObject({
  checkedAt: z.iso.datetime({ offset: true }),
  open: z.number().int().describe("Differences that nobody has settled yet."),
  matches: z.boolean(),
});
export type CampaignChecked = z.output<typeof campaignCheckedSchema>;

/** Whether a gift is in its campaign's total, and with how much. */
export const giftInTotalSchema = z.strictObject({
  campaignId: z.uuid(),
  currency: z.string(),
  countedMinor: z.number().int().describe("What of the gift is in the total: captured, less what went back."),
  countedAt: z.iso.datetime({ offset: true }).nullable(),
  waiting: z.boolean().describe("A step of it has been booked and is not in the total yet: seconds, as a rule."),
});
export type GiftInTotal = z.output<typeof giftInTotalSchema>;
