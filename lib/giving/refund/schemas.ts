import { z } from "zod";
import { REFUND_REASONS } from "./rules";

/** The body of `POST /api/v1/admin/payments/:id/refunds`. */
export const refundRequestSchema = z.strictObject({
  amountMinor: z.number().optional().describe("In minor units; absent: all that is left."),
  reason: z.enum(REFUND_REASONS),
  note: z.string().max(1000).optional().describe("For whoever looks at it later; the donor does not see it."),
});
export type RefundRequest = z.output<typeof refundRequestSchema>;

/** The body of `POST /api/v1/admin/refunds/:id/decision`. */
export const refundDecisionSchema = z.strictObject({ approved: z.boolean() });

/** A refund as who runs the campaign sees it. */
export const refundAnswerSchema = z.strictObject({
  refund: z.strictObject({
    id: z.uuid(),
    paymentId: z.uuid(),
    pledgeId: z.uuid(),
    amountMinor: z.int(),
    currency: z.string(),
    status: z.enum(["pending", "requires_action", "succeeded", "failed", "canceled"]),
    reason: z.string(),
    needsApproval: z.boolean().describe("It waits for somebody else than who asked for it."),
  }),
});
export type RefundAnswer = z.output<typeof refundAnswerSchema>;

/** A refund of a pledge that failed: it still wants somebody (`open`), or was dealt with. */
export const failedRefundStandingSchema = z.strictObject({
  id: z.uuid(),
  amountMinor: z.number().int(),
  currency: z.string(),
  failureReason: z.string().nullable(),
  open: z.boolean(),
  /** The donor had been told that it was through, and has been told that it is not. */
  donorTold: z.boolean(),
  note: z.string().nullable(),
  settledAt: z.iso.datetime({ offset: true }).nullable(),
  settledBy: z.string().nullable(),
});
export type FailedRefundStanding = z.output<typeof failedRefundStandingSchema>;

const count = z.number().int().min(0);

/** How far the ending of a cancelled campaign is. */
export const cancellationSchema = z.strictObject({
  campaignId: z.uuid(),
  cancelledAt: z.iso.datetime({ offset: true }),
  currency: z.string(),
  holds: z.strictObject({ total: count, ended: count }).describe("Promises and holds that are let go."),
  gifts: z.strictObject({
    total: count,
    returned: count,
    failed: count.describe("Those that the provider could not return: somebody has to."),
    totalMinor: z.number().int(),
    returnedMinor: z.number().int(),
  }),
  failures: z
    .array(
      z.strictObject({
        pledgeId: z.uuid(),
        amountMinor: z.number().int(),
        failureReason: z.string().nullable(),
        donorName: z.string().nullable(),
        donorEmail: z.string(),
      }),
    )
    .describe("At most 50, the largest first."),
});
export type Cancellation = z.output<typeof cancellationSchema>;

/** What can still be given back of a pledge, and who asked for what was. */
export const refundDeskSchema = z.strictObject({
  payments: z.array(
    z.strictObject({
      id: z.uuid(),
      leftMinor: z.number().int(),
      currency: z.string(),
      cardBrand: z.string().nullable(),
      cardLast4: z.string().nullable(),
    }),
  ),
  refunds: z.array(
    z.strictObject({
      id: z.uuid(),
      mine: z.boolean(),
      askedBy: z.string().nullable(),
      approvedBy: z.string().nullable(),
    }),
  ),
});
export type RefundDesk = z.output<typeof refundDeskSchema>;
