import { z } from "zod";
import { campaignSummarySchema } from "../campaign/schemas";
import { totalsSchema } from "../totals/schemas";

const time = z.iso.datetime();

/** A pledge in a list. `donor` is null where the reader may not know who gave. */
export const pledgeRowSchema = z.strictObject({
  id: z.uuid(),
  campaignId: z.uuid(),
  campaignSlug: z.string(),
  campaignTitle: z.string(),
  status: z.enum(["pending", "captured", "completed", "failed", "canceled"]),
  /** What its donor is told: held, returned, disputed … */
  shown: z.enum([
    "pending",
    "authorized",
    "captured",
    "completed",
    "failed",
    "canceled",
    "partly_refunded",
    "refunded",
    "disputed",
    "charged_back",
  ]),
  amountMinor: z.number().int(),
  coverMinor: z.number().int(),
  refundedMinor: z.number().int(),
  /** Taken back by the donor's bank after a dispute. */
  lostMinor: z.number().int(),
  currency: z.string(),
  anonymous: z.boolean(),
  /** Waits for somebody to release or refuse it. */
  held: z.boolean(),
  donor: z.strictObject({ name: z.string().nullable(), email: z.string(), message: z.string().nullable() }).nullable(),
  createdAt: time,
  updatedAt: time,
});
export type PledgeRow = z.infer<typeof pledgeRowSchema>;

export const adminCampaignSchema = z.strictObject({
  campaign: campaignSummarySchema,
  totals: totalsSchema,
  /** Whether the reader runs it: then donors are named. */
  mine: z.boolean(),
  recentPledges: z.array(pledgeRowSchema),
});
export type AdminCampaign = z.infer<typeof adminCampaignSchema>;

export const activitySchema = z.strictObject({
  id: z.uuid(),
  at: time,
  kind: z.enum(["pledged", "authorized", "captured", "completed", "failed", "canceled"]),
  pledgeId: z.uuid(),
  paymentId: z.uuid().nullable(),
  campaignId: z.uuid(),
  campaignSlug: z.string(),
  campaignTitle: z.string(),
  amountMinor: z.number().int(),
  currency: z.string(),
  donorName: z.string().nullable(),
});
export type Activity = z.infer<typeof activitySchema>;

export const dayOfGiftsSchema = z.strictObject({
  /** UTC, `YYYY-MM-DD`. */
  day: z.iso.date(),
  currency: z.string(),
  amountMinor: z.number().int(),
  gifts: z.number().int(),
});
export type DayOfGifts = z.infer<typeof dayOfGiftsSchema>;

const count = z.number().int().min(0);

/** What needs a hand, sums by currency, and the money taken by day. */
export const overviewSchema = z.strictObject({
  held: count,
  unknown: count,
  disputes: count,
  refundsToApprove: count,
  refundsFailed: count,
  /** From the provider, for operators; to others none is told. */
  discrepancies: count,
  drafts: count,
  endingSoon: count,
  ended: count,
  sums: z.array(
    z.strictObject({
      currency: z.string(),
      raisedMinor: z.number().int(),
      pendingMinor: z.number().int(),
      refundedMinor: z.number().int(),
      disputedMinor: z.number().int(),
      donorCount: count,
      campaigns: count,
    }),
  ),
  days: z.array(dayOfGiftsSchema),
});
export type Overview = z.infer<typeof overviewSchema>;

/** What of a pledge waits for somebody: a held payment, a dispute, a refund to approve, one that failed, or a payment of which nobody knows. */
export const pledgeNeedSchema = z.enum(["decision", "answer", "approval", "refund", "outcome"]);
export type PledgeNeed = z.infer<typeof pledgeNeedSchema>;

/** Everything that is known of one pledge. */
export const pledgeStorySchema = z.strictObject({
  pledge: pledgeRowSchema,
  payments: z.array(
    z.strictObject({
      id: z.uuid(),
      number: z.number().int(),
      state: z.enum(["pending", "authorized", "captured", "completed", "failed", "canceled"]),
      totalMinor: z.number().int(),
      authorizedMinor: z.number().int(),
      capturedMinor: z.number().int(),
      refundedMinor: z.number().int(),
      disputedMinor: z.number().int(),
      currency: z.string(),
      intentId: z.string().nullable(),
      chargeId: z.string().nullable(),
      cardBrand: z.string().nullable(),
      cardLast4: z.string().nullable(),
      declineCode: z.string().nullable(),
      cancelReason: z.string().nullable(),
      review: z.enum(["held", "released", "refused"]).nullable(),
      reviewReasons: z.unknown(),
      riskLevel: z.string().nullable(),
      unknownSince: time.nullable(),
      createdAt: time,
    }),
  ),
  transitions: z.array(
    z.strictObject({
      at: time,
      subject: z.enum(["payment", "pledge", "refund", "dispute"]),
      /** Null: it began so. */
      from: z.string().nullable(),
      to: z.string(),
      cause: z.string(),
      eventId: z.string().nullable(),
    }),
  ),
  attempts: z.array(
    z.strictObject({ at: time, outcome: z.string(), code: z.string().nullable(), declineCode: z.string().nullable() }),
  ),
  rejections: z.array(
    z.strictObject({ at: time, subject: z.string(), from: z.string(), to: z.string(), reason: z.string() }),
  ),
  refunds: z.array(
    z.strictObject({
      id: z.uuid(),
      refundId: z.string().nullable(),
      amountMinor: z.number().int(),
      currency: z.string(),
      status: z.string(),
      reason: z.string(),
      note: z.string().nullable(),
      failureReason: z.string().nullable(),
      needsApproval: z.boolean(),
      at: time,
    }),
  ),
  disputes: z.array(
    z.strictObject({
      id: z.uuid(),
      disputeId: z.string(),
      amountMinor: z.number().int(),
      currency: z.string(),
      status: z.string(),
      reason: z.string().nullable(),
      evidenceDueBy: time.nullable(),
      at: time,
    }),
  ),
  ledger: z.array(
    z.strictObject({
      at: time,
      cause: z.string(),
      account: z.string(),
      amountMinor: z.number().int(),
      currency: z.string(),
      transactionId: z.uuid(),
    }),
  ),
  events: z.array(z.strictObject({ id: z.string(), type: z.string(), state: z.string(), at: time })),
  mails: z.array(
    z.strictObject({
      id: z.uuid(),
      kind: z.string(),
      recipient: z.string(),
      sentAt: time.nullable(),
      sends: z.number().int(),
    }),
  ),
});
export type PledgeStory = z.infer<typeof pledgeStorySchema>;

/** A card with which a pledge was paid, and the block that stands against it. */
export const cardOfPledgeSchema = z.strictObject({
  /** The newest payment that was tried with it. */
  paymentId: z.uuid(),
  cardBrand: z.string().nullable(),
  cardLast4: z.string().nullable(),
  block: z
    .strictObject({
      id: z.uuid(),
      reason: z.string(),
      createdAt: time,
      expiresAt: time,
      /** Null: their account is gone. */
      by: z.string().nullable(),
    })
    .nullable(),
});
export type CardOfPledge = z.infer<typeof cardOfPledgeSchema>;

/** Whom an operator has shut out. */
export const blockSchema = z.strictObject({
  id: z.uuid(),
  kind: z.enum(["ip", "email", "user", "card"]),
  reason: z.string(),
  createdAt: time,
  expiresAt: time,
  liftedAt: time.nullable(),
  /** Neither lifted nor over. */
  standing: z.boolean(),
  by: z.string().nullable(),
  liftedBy: z.string().nullable(),
  network: z.string().nullable(),
  account: z.string().nullable(),
  /** Where its card was seen; null for a block that was made before this was kept. */
  card: z.strictObject({ pledgeId: z.uuid(), brand: z.string().nullable(), last4: z.string().nullable() }).nullable(),
});
export type Block = z.infer<typeof blockSchema>;
