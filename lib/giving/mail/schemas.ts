import { z } from "zod";

/** What we mail about gifts. Those to owners are not transactional and can be ended. */
export const mailKindSchema = z.enum([
  "thanks",
  "receipt",
  "refund",
  "failure",
  "refund_failed",
  "refund_corrected",
  "dispute",
  "dispute_owner",
  "owner_gift",
  "owner_digest",
]);
export type MailKind = z.infer<typeof mailKindSchema>;

/** How somebody who runs campaigns hears of gifts. */
export const ownerUpdatesSchema = z.enum(["digest", "each", "none"]);
export type OwnerUpdates = z.infer<typeof ownerUpdatesSchema>;

const time = z.coerce.date().transform((date) => date.toISOString());

/** What a mail about a payment says, as `read_mail_facts` gives it. */
export const mailFactsSchema = z.object({
  pledgeId: z.uuid(),
  paymentId: z.uuid(),
  campaignId: z.uuid(),
  campaignSlug: z.string(),
  campaignTitle: z.string(),
  campaignStatus: z.string(),
  giftMinor: z.number().int(),
  coverMinor: z.number().int(),
  totalMinor: z.number().int(),
  currency: z.string(),
  refundedMinor: z.number().int(),
  /** Taken back by the donor's bank after a dispute. */
  lostMinor: z.number().int(),
  state: z.string(),
  /** Nothing was tried after it: no other card for the pledge, no other pledge with the same address for the campaign. */
  newest: z.boolean(),
  anonymous: z.boolean(),
  cardBrand: z.string().nullable(),
  cardLast4: z.string().nullable(),
  pledgedAt: time,
  capturedAt: time.nullable(),
  donor: z.object({ name: z.string().nullable(), email: z.string(), message: z.string().nullable() }),
  owner: z
    .object({ id: z.uuid(), email: z.string(), name: z.string().nullable(), updates: ownerUpdatesSchema })
    .nullable(),
});
export type MailFacts = z.output<typeof mailFactsSchema>;

/** The gifts of a day to one campaign, for its owner. */
export const ownerDigestSchema = z.object({
  campaignId: z.uuid(),
  campaignSlug: z.string(),
  campaignTitle: z.string(),
  currency: z.string(),
  gifts: z.number().int(),
  amountMinor: z.number().int(),
  raisedMinor: z.number().int(),
  goalMinor: z.number().int(),
  owner: z.object({ id: z.uuid(), email: z.string(), name: z.string().nullable() }),
});
export type OwnerDigest = z.output<typeof ownerDigestSchema>;

/** A refund that came to nothing, for who asked for it or who owns the campaign. */
export const failedRefundSchema = z.object({
  refundId: z.uuid(),
  paymentId: z.uuid(),
  pledgeId: z.uuid(),
  campaignId: z.uuid(),
  campaignTitle: z.string(),
  amountMinor: z.number().int(),
  currency: z.string(),
  /** In the provider's word; null when it said none. */
  failureReason: z.string().nullable(),
  /** By a person; else the product or somebody at the provider's dashboard did. */
  asked: z.boolean(),
  /** It had seemed through, so its donor was told of it, and is told of this. */
  donorTold: z.boolean(),
  cardBrand: z.string().nullable(),
  cardLast4: z.string().nullable(),
  to: z.object({ email: z.string(), name: z.string().nullable() }),
});
export type FailedRefund = z.output<typeof failedRefundSchema>;

/** How a refund stands. */
export const refundNewsSchema = z.object({
  paymentId: z.uuid(),
  status: z.string(),
  amountMinor: z.number().int(),
  /** The provider once said that it was through. */
  hadSucceeded: z.boolean(),
});
export type RefundNews = z.output<typeof refundNewsSchema>;

/** What of a dispute mails tell, each once. */
export const DISPUTE_NEWS = ["inquiry", "opened", "won", "lost", "closed"] as const;
export type DisputeStage = (typeof DISPUTE_NEWS)[number];

/** A dispute, for its donor and for who owns the campaign. */
export const disputeNewsSchema = z.object({
  disputeId: z.uuid(),
  paymentId: z.uuid(),
  pledgeId: z.uuid(),
  campaignId: z.uuid(),
  campaignTitle: z.string(),
  status: z.string(),
  reason: z.string().nullable(),
  amountMinor: z.number().int(),
  feeMinor: z.number().int(),
  currency: z.string(),
  evidenceDueBy: time.nullable(),
  cardBrand: z.string().nullable(),
  cardLast4: z.string().nullable(),
  donor: z.object({ name: z.string().nullable(), email: z.string() }),
  owner: z.object({ email: z.string(), name: z.string().nullable() }).nullable(),
});
export type DisputeNews = z.output<typeof disputeNewsSchema>;
