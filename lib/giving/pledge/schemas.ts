import { z } from "zod";
import { PAYMENT_STATES } from "@/lib/giving/payment/rules";

/** How a donor pays: one of the two, never both. */
const PAID_WITH = ["confirmationToken", "paymentMethod"] as const;

/** Stripe ids and Turnstile tokens: visible characters, so that none can break out of a URL or a log line. */
const token = (max: number) =>
  z
    .string()
    .regex(/^[\x21-\x7e]+$/)
    .max(max);

const means = {
  confirmationToken: token(255).optional().describe("A Stripe ConfirmationToken (`ctoken_…`), made in the browser."),
  paymentMethod: token(255).optional().describe("A Stripe PaymentMethod (`pm_…`)."),
  challengeToken: token(2048)
    .optional()
    .describe("The answer to a challenge. It may change between two tries under one Idempotency-Key."),
};

/** Shape only: exactly one way to pay. A rule of reading (400), not of giving (422). */
function exactlyOne(
  context: z.core.ParsePayload<{ confirmationToken?: string | undefined; paymentMethod?: string | undefined }>,
): void {
  const given = PAID_WITH.filter((name) => context.value[name] !== undefined);
  if (given.length === 1) return;
  context.issues.push({
    code: "invalid_type",
    expected: "string",
    input: context.value,
    path: [given.length === 0 ? "confirmationToken" : "paymentMethod"],
    message:
      given.length === 0
        ? "Send confirmationToken or paymentMethod: without one there is nothing to charge."
        : "Send confirmationToken or paymentMethod, not both.",
  });
}

/**
 * The body of `POST /api/v1/pledges`, its shape only: what is readable but breaks a rule (a fraction of a cent, an
 * unknown currency) is judged in `rules.ts`, after the Idempotency-Key was looked up.
 */
export const pledgeRequestSchema = z
  .strictObject({
    campaignId: z.uuid(),
    amountMinor: z.number().describe("The gift in minor units, such as cents, without the covered fees."),
    currency: z.string().describe("ISO 4217; the campaign's."),
    donor: z.strictObject({
      name: z.string().optional(),
      email: z.string(),
      anonymous: z.boolean().describe("True: neither name nor message is shown to the public."),
      message: z.string().optional().describe("To the organiser."),
    }),
    coverFees: z.boolean().optional().describe("Adds what the card costs, so that the whole gift arrives."),
    ...means,
  })
  .check(exactlyOne);
export type PledgeRequest = z.output<typeof pledgeRequestSchema>;

/** The body of `POST /api/v1/pledges/:id/payments`: another card for the same pledge. */
export const retryPaymentSchema = z.strictObject(means).check(exactlyOne);
export type RetryPaymentRequest = z.output<typeof retryPaymentSchema>;

export const PLEDGE_STATES = ["pending", "captured", "completed", "failed", "canceled"] as const;

/** What people are shown: the state, or what refunds and disputes have made of it. */
const SHOWN_STATES = [
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
] as const;

/** What is shown of a payment to its donor. */
export const paymentAnswerSchema = z.strictObject({
  id: z.uuid(),
  state: z.enum(PAYMENT_STATES),
  declineCode: z.string().nullable().describe("Why the bank said no, where it said so."),
  card: z.strictObject({ brand: z.string(), last4: z.string() }).nullable(),
  nextAction: z
    .strictObject({ type: z.string(), clientSecret: z.string() })
    .optional()
    .describe("The donor must confirm with their bank (3-D Secure): hand it to Stripe.js."),
});

/** What is shown of a pledge to its donor. */
export const pledgeSchema = z.strictObject({
  id: z.uuid(),
  campaignId: z.uuid(),
  campaignSlug: z.string(),
  campaignTitle: z.string(),
  status: z.enum(PLEDGE_STATES),
  shown: z
    .enum(SHOWN_STATES)
    .describe("The status for people: also refunded, partly_refunded, disputed, charged_back."),
  amountMinor: z.int().describe("The gift, without covered fees."),
  coverMinor: z.int().describe("What the donor added to cover fees."),
  totalMinor: z.int().describe("What the card is charged."),
  refundedMinor: z.int(),
  currency: z.string(),
  donor: z.strictObject({
    name: z.string().nullable(),
    email: z.string(),
    anonymous: z.boolean(),
    message: z.string().nullable(),
  }),
  createdAt: z.iso.datetime(),
});

/** The answer to a pledge, first or again. */
export const pledgeAnswerSchema = z.strictObject({
  pledge: pledgeSchema,
  payment: paymentAnswerSchema,
  statusToken: z.string().describe("Opens this pledge without an account, in the header X-Status-Token."),
});
export type PledgeAnswer = z.output<typeof pledgeAnswerSchema>;
