import "server-only";
import { z } from "zod";
import { storeAnswer, type IdempotentAnswer } from "@/lib/platform/idempotency/answer";
import type { Lease } from "@/lib/platform/idempotency/store";
import type { Json } from "@/lib/platform/supabase/database.types";
import { callTrusted } from "@/lib/platform/supabase/trusted";
import type { PaymentOperation } from "@/lib/platform/stripe/keys";
import {
  applicationSchema,
  CHECK_REASONS,
  pledgeViewSchema,
  type Application,
  type CancelReason,
  type FactCause,
  type PledgeView,
} from "./schemas";
import type { PaymentState } from "./rules";
import type { RecentTries } from "./risk/rules";

const view = (answer: unknown): PledgeView => pledgeViewSchema.parse(answer);

/** By our id, the intent's or the charge's; null when none is known. @throws AppError `database_unavailable` */
export async function findPayment(by: {
  readonly paymentId?: string;
  readonly intentId?: string;
  readonly chargeId?: string;
}): Promise<PledgeView | null> {
  return pledgeViewSchema.nullable().parse(
    await callTrusted("find_payment", {
      p_payment: (by.paymentId ?? null) as string,
      p_intent: (by.intentId ?? null) as string,
      p_charge: (by.chargeId ?? null) as string,
    }),
  );
}

/** Commits the intent's id, before anything may be confirmed with it. @throws AppError `conflict` when another stands there */
export async function recordIntent(paymentId: string, intentId: string): Promise<PledgeView> {
  return view(await callTrusted("record_intent", { p_payment: paymentId, p_intent: intentId }));
}

const callSchema = z.object({ n: z.number().int(), firstTriedAt: z.coerce.date(), tries: z.number().int() });

/** That an operation is tried now: the `n` of its key, when that `n` was first tried, how often in all. */
export type BegunCall = z.output<typeof callSchema>;

/** A pledge view with the call that the same transaction noted. */
export const begunViewSchema = pledgeViewSchema.extend({ call: callSchema.optional() });

/** {@link recordIntent}, and in the same transaction that it is confirmed now. @throws AppError `conflict` */
export async function beginConfirm(paymentId: string, intentId: string): Promise<z.output<typeof begunViewSchema>> {
  return begunViewSchema.parse(await callTrusted("begin_confirm", { p_payment: paymentId, p_intent: intentId }));
}

/** What gets a key at Stripe that is made of a row of ours. */
export type ProviderOperation = PaymentOperation | "refund" | "dispute";

/** Notes that an operation is tried now. */
export async function beginCall(subjectId: string, operation: ProviderOperation): Promise<BegunCall> {
  return callSchema.parse(await callTrusted("begin_provider_call", { p_subject: subjectId, p_operation: operation }));
}

/** Goes on to the next `n`: only after an answered 5xx and a read that shows no effect. */
export async function bumpCall(subjectId: string, operation: ProviderOperation, n: number): Promise<void> {
  await callTrusted("bump_provider_call", { p_subject: subjectId, p_operation: operation, p_n: n });
}

/** Nobody knows what a call did: the sweeper will read. */
export async function markUnknown(
  paymentId: string,
  operation: PaymentOperation | "read",
  cause: string,
): Promise<PledgeView> {
  return view(
    await callTrusted("mark_payment_unknown", {
      p_payment: paymentId,
      p_operation: operation,
      p_cause: cause.slice(0, 500),
    }),
  );
}

/** The payment waits for the donor's bank (30 minutes) or for the provider (an hour). */
export async function markWaiting(paymentId: string, waitsFor: "challenge" | "provider"): Promise<PledgeView> {
  return view(await callTrusted("mark_payment_waiting", { p_payment: paymentId, p_for: waitsFor }));
}

/** One try of a card, counted once by the provider's event or by the charge. */
export interface AttemptRow {
  readonly paymentId: string;
  readonly outcome: "declined" | "authorized" | "error";
  readonly eventId?: string | undefined;
  readonly chargeId?: string | undefined;
  readonly code?: string | undefined;
  readonly declineCode?: string | undefined;
  readonly message?: string | undefined;
  readonly card?: object | undefined;
  readonly ipHash?: string | undefined;
}

/** @returns false when it was known already */
export async function recordAttempt(attempt: AttemptRow): Promise<boolean> {
  const answer = await callTrusted("record_attempt", { p_attempt: attempt as unknown as Json });
  return z.object({ recorded: z.boolean() }).parse(answer).recorded;
}

/**
 * Says that we are about to cancel at the provider; what comes back then is the end. The first reason stays.
 * @throws AppError `conflict` when the money was taken already
 */
export async function intendCancel(paymentId: string, reason: CancelReason): Promise<PledgeView> {
  return view(await callTrusted("intend_cancel", { p_payment: paymentId, p_reason: reason }));
}

/** Something that the provider says of a payment (docs/giving.md, "apply_payment_event"). */
export interface PaymentFact {
  readonly eventId?: string | undefined;
  readonly cause: FactCause;
  /** Stripe's event type, or `read`. */
  readonly kind: string;
  readonly intentId?: string | undefined;
  readonly paymentId?: string | undefined;
  readonly chargeId?: string | undefined;
  /** The intent's own status. */
  readonly status?: string | undefined;
  /** Where it leads; absent when only details are noted. */
  readonly to?: Exclude<PaymentState, "pending"> | undefined;
  readonly amountMinor?: number | undefined;
  readonly currency?: string | undefined;
  readonly capturedMinor?: number | undefined;
  readonly captureBefore?: string | undefined;
  readonly card?: object | undefined;
  readonly risk?: object | undefined;
  /** What the provider keeps of it. */
  readonly feeMinor?: number | undefined;
  readonly at?: string | undefined;
  /** Whose request it was, where it was one: tries are counted by address too. */
  readonly ipHash?: string | undefined;
  /** False: an impossible step is not written down yet, because the object will be read again. */
  readonly final?: boolean | undefined;
  readonly traceparent?: string | undefined;
}

/** Applies a fact in one transaction: transitions, ledger, pledge, events, and the inbox row when it has an event id. */
export async function applyFact(fact: PaymentFact): Promise<Application> {
  return applicationSchema.parse(await callTrusted("apply_payment_event", { p_fact: fact as unknown as Json }));
}

/** A key that is settled with this answer, should the fact be the end of its work. */
export interface Settling {
  readonly lease: Lease;
  readonly answer: IdempotentAnswer;
}

/**
 * {@link applyFact}, and in the same transaction the end of the key whose work it is. The fact counts in any case.
 * @returns also when the key was settled; null when that is still to be done: the lease was lost, or the payment is to be let go
 */
export async function applyFactAndSettle(
  fact: PaymentFact,
  { lease, answer }: Settling,
): Promise<Application & { readonly settledAt: Date | null }> {
  return applicationSchema.extend({ settledAt: z.coerce.date().nullable().default(null) }).parse(
    await callTrusted("apply_and_settle", {
      p_fact: fact as unknown as Json,
      p_lease: lease.id,
      p_fence: lease.fence,
      p_answer: storeAnswer(answer) as Json,
    }),
  );
}

/** Not captured until an admin has looked at it. */
export async function holdPayment(paymentId: string, reasons: readonly string[]): Promise<PledgeView> {
  return view(await callTrusted("hold_payment", { p_payment: paymentId, p_reasons: [...reasons] }));
}

const triesSchema = z.object({ attempts: z.number().int(), declines: z.number().int() }).nullable();
/** What `read_risk` answers. */
export const riskSchema = z.object({
  campaign: triesSchema,
  card: triesSchema,
  email: triesSchema,
  ip: triesSchema,
  blocked: z.string().nullable(),
});

/** Where tries are counted. */
export interface TriedAt {
  readonly campaignId: string;
  readonly cardFingerprint?: string | undefined;
  readonly email: string;
  readonly ipHash?: string | undefined;
}

/** What was tried within the last hour with the same campaign, card, e-mail or address, and who is shut out. */
export async function readRisk(
  about: TriedAt,
): Promise<{ readonly tries: RecentTries; readonly blocked: string | null }> {
  const { blocked, ...tries } = riskSchema.parse(await callTrusted("read_risk", { p_about: about as unknown as Json }));
  return { tries, blocked };
}

const checksSchema = z.array(pledgeViewSchema.extend({ paymentId: z.uuid(), reason: z.enum(CHECK_REASONS) }));

/** Payments that are due to be looked at; each look moves the next one further away. */
export async function claimChecks(limit: number, leaseSeconds: number): Promise<z.output<typeof checksSchema>> {
  return checksSchema.parse(
    await callTrusted("claim_payment_checks", { p_limit: limit, p_lease_seconds: leaseSeconds }),
  );
}
