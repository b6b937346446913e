import { z } from "zod";
import { PAYMENT_STATES } from "@/lib/giving/payment/rules";
import { PLEDGE_STATES } from "@/lib/giving/pledge/schemas";

const traced = { traceparent: z.string().optional() };

const campaignChanged = z.object({
  campaignId: z.uuid(),
  slug: z.string(),
  status: z.string(),
  version: z.number().int(),
  previousStatus: z.string().optional(),
  changed: z.array(z.string()).optional(),
  ...traced,
});

const pledgeChanged = z.object({
  pledgeId: z.uuid(),
  paymentId: z.uuid(),
  campaignId: z.uuid(),
  userId: z.uuid().nullable(),
  status: z.enum(PLEDGE_STATES),
  giftMinor: z.number().int(),
  coverMinor: z.number().int(),
  totalMinor: z.number().int(),
  currency: z.string(),
  anonymous: z.boolean(),
  reason: z.string().nullish(),
  ...traced,
});

const paymentChanged = pledgeChanged.extend({
  number: z.number().int(),
  state: z.enum(PAYMENT_STATES),
  cause: z.string(),
  declineCode: z.string().nullish(),
  decision: z.string().nullish(),
});

const moneyBack = {
  paymentId: z.uuid(),
  pledgeId: z.uuid(),
  campaignId: z.uuid(),
  amountMinor: z.number().int(),
  currency: z.string(),
  status: z.string(),
  previousStatus: z.string().nullish(),
  ...traced,
};

const outage = z.object({
  outageId: z.uuid(),
  service: z.string(),
  cause: z.string().nullish(),
  openedAt: z.string(),
  recoveredAt: z.string().nullish(),
  ...traced,
});

/** Events about giving, as the outbox writes them and Inngest delivers them. No names or addresses are in them. */
export const GIVING_EVENTS = {
  "giving/campaign.created": campaignChanged,
  "giving/campaign.updated": campaignChanged,
  "giving/pledge.created": pledgeChanged,
  "giving/pledge.reopened": pledgeChanged,
  "giving/pledge.completed": pledgeChanged,
  "giving/pledge.canceled": pledgeChanged,
  "giving/payment.authorized": paymentChanged,
  "giving/payment.captured": paymentChanged,
  "giving/payment.completed": paymentChanged,
  "giving/payment.failed": paymentChanged,
  "giving/payment.canceled": paymentChanged,
  "giving/payment.reviewed": paymentChanged,
  "giving/refund.updated": z.object({ refundId: z.string(), ...moneyBack }),
  "giving/dispute.updated": z.object({ disputeId: z.string(), ...moneyBack }),
  "giving/payment.service-unavailable": outage,
  "giving/payment.recovered": outage,
  "giving/reconciliation.requested": z.object({ runId: z.uuid(), ...traced }),
} as const;

export type GivingEvent = keyof typeof GIVING_EVENTS;

/** The events whose effect on a campaign's totals the projector folds. */
export const PROJECTED_EVENTS = [
  "giving/pledge.created",
  "giving/pledge.reopened",
  "giving/pledge.completed",
  "giving/pledge.canceled",
  "giving/payment.authorized",
  "giving/payment.captured",
  "giving/payment.completed",
  "giving/payment.failed",
  "giving/payment.canceled",
  "giving/refund.updated",
  "giving/dispute.updated",
] as const satisfies readonly GivingEvent[];
