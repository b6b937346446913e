import { z } from "zod";
import { PAYMENT_STATES } from "./rules";

const time = z.coerce.date().transform((date) => date.toISOString());

const cardSchema = z.object({
  brand: z.string().nullable(),
  last4: z.string().nullable(),
  fingerprint: z.string().nullable(),
  country: z.string().nullable(),
});

/** A pledge with one of its payments, as the money functions answer it (docs/giving.md, "Pledge view"). */
export const pledgeViewSchema = z.object({
  pledge: z.object({
    id: z.uuid(),
    campaignId: z.uuid(),
    campaignSlug: z.string(),
    campaignTitle: z.string(),
    campaignStatus: z.string(),
    userId: z.uuid().nullable(),
    status: z.enum(["pending", "captured", "completed", "failed", "canceled"]),
    shown: z.enum([...PAYMENT_STATES, "partly_refunded", "refunded", "disputed", "charged_back"]),
    giftMinor: z.number().int(),
    coverMinor: z.number().int(),
    totalMinor: z.number().int(),
    currency: z.string(),
    anonymous: z.boolean(),
    donor: z.object({ name: z.string().nullable(), email: z.string(), message: z.string().nullable() }),
    createdAt: time,
    updatedAt: time,
  }),
  payment: z.object({
    id: z.uuid(),
    number: z.number().int(),
    state: z.enum(PAYMENT_STATES),
    totalMinor: z.number().int(),
    authorizedMinor: z.number().int(),
    capturedMinor: z.number().int(),
    refundedMinor: z.number().int(),
    currency: z.string(),
    intentId: z.string().nullable(),
    chargeId: z.string().nullable(),
    captureBefore: time.nullable(),
    declineCode: z.string().nullable(),
    cancelReason: z.string().nullable(),
    unknownSince: time.nullable(),
    waitingFor: z.enum(["challenge", "provider"]).nullable(),
    waitingUntil: time.nullable(),
    review: z.enum(["held", "released", "refused"]).nullable(),
    card: cardSchema.nullable(),
    risk: z.object({ level: z.string(), score: z.number().nullable() }).nullable(),
    voidDue: z.boolean(),
    refundDue: z.boolean(),
    createdAt: time,
  }),
});
export type PledgeView = z.output<typeof pledgeViewSchema>;

/** What `apply_payment_event` made of a fact. */
export const applicationSchema = z.object({
  ...pledgeViewSchema.partial().shape,
  outcome: z.enum(["applied", "superseded", "duplicate", "noted", "unknown_payment", "impossible", "rejected"]),
  reason: z.string().nullish(),
  paymentId: z.uuid().nullish(),
  pledgeId: z.uuid().nullish(),
});
export type Application = z.output<typeof applicationSchema>;

/** Why we cancel a payment. */
export type CancelReason =
  | "declined"
  | "payment_method_unusable"
  | "challenge_expired"
  | "provider_unavailable"
  | "risk_refused"
  | "campaign_closed"
  | "donor"
  | "hold_expiring"
  | "pledge_canceled";

/** What told us of a fact. */
export type FactCause = "webhook" | "request" | "workflow" | "sweeper" | "reconciliation" | "operator";

/** Why a payment is looked at by the sweeper. */
export const CHECK_REASONS = [
  "unknown",
  "challenge_expired",
  "provider_expired",
  "void_due",
  "refund_due",
  "hold_expiring",
  "capture_due",
  "stuck",
] as const;
export type CheckReason = (typeof CHECK_REASONS)[number];
