import { Stripe } from "stripe";
import { OutsideCallError } from "@/lib/platform/resilience/errors";
import { readFailure } from "@/lib/platform/resilience/failure";

/**
 * What a failed call to Stripe says about what it was meant to do.
 *
 * - `declined`: the card's bank said no. The intent lives, and can be confirmed again.
 * - `refused`: Stripe understood and did not do it (4xx): nothing happened.
 * - `unavailable`: it was certainly not done: never sent, or refused for want of room.
 * - `answered_5xx`: Stripe broke while at it. Read the object; when there is no effect, go on under the next `n`,
 *   because the same key would replay the saved 5xx. A key that was first used with other parameters is the same case:
 *   what was done under it, only a read can tell.
 * - `unknown`: no answer came. It may have been done: read the object, keep `n`, never call it failed.
 */
export type StripeOutcome = "declined" | "refused" | "unavailable" | "answered_5xx" | "unknown";

export class StripeOutcomeError extends Error {
  override readonly name = "StripeOutcomeError";
  readonly outcome: StripeOutcome;
  /** Stripe's error code, such as `card_declined` or `resource_missing`. */
  readonly code: string | undefined;
  /** Why the bank declined, such as `insufficient_funds`. */
  readonly declineCode: string | undefined;
  /** The parameter that Stripe would not take. */
  readonly param: string | undefined;
  /** The charge that was declined. */
  readonly chargeId: string | undefined;
  /** The state of the intent that an error came with, such as `succeeded`. */
  readonly intent: Stripe.PaymentIntent | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(outcome: StripeOutcome, cause: unknown, retryAfterSeconds?: number) {
    const stripe = stripeErrorIn(cause);
    super(`Stripe: ${outcome}${stripe?.code ? ` (${stripe.code})` : ""}`, { cause });
    this.outcome = outcome;
    this.code = stripe?.code;
    this.declineCode = stripe?.decline_code || undefined;
    this.param = stripe?.param;
    this.chargeId = typeof stripe?.charge === "string" ? stripe.charge : undefined;
    this.intent = stripe?.payment_intent as Stripe.PaymentIntent | undefined;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  /** @param error what a call under the policy `stripe` threw */
  static of(error: unknown): unknown {
    if (error instanceof StripeOutcomeError) return error;
    if (error instanceof OutsideCallError) return new StripeOutcomeError(...judgeGivenUp(error));
    if (error instanceof Stripe.errors.StripeCardError) return new StripeOutcomeError("declined", error);
    if (error instanceof Stripe.errors.StripeIdempotencyError) return new StripeOutcomeError("answered_5xx", error);
    if (error instanceof Stripe.errors.StripeError) return new StripeOutcomeError("refused", error);
    // The caller's own time ran out while the call was under way.
    if (error instanceof Error && ["AbortError", "TimeoutError"].includes(error.name))
      return new StripeOutcomeError("unknown", error);
    return error;
  }
}

function judgeGivenUp(error: OutsideCallError): [StripeOutcome, OutsideCallError, number | undefined] {
  const { because, attempts, cause, retryAfterSeconds } = error;
  const { status, neverSent } = readFailure(cause);
  if (attempts === 0 || neverSent) return ["unavailable", error, retryAfterSeconds];
  // Another call under this key is at work: whatever it does counts.
  if (because === "busy") return [status === 409 ? "unknown" : "unavailable", error, retryAfterSeconds];
  // The last attempt was not made, but the one before it was.
  if (because === "failed" && status !== undefined) return ["answered_5xx", error, retryAfterSeconds];
  return ["unknown", error, retryAfterSeconds];
}

function stripeErrorIn(error: unknown): InstanceType<typeof Stripe.errors.StripeError> | undefined {
  if (error instanceof Stripe.errors.StripeError) return error;
  return error instanceof Error && error.cause !== undefined ? stripeErrorIn(error.cause) : undefined;
}
