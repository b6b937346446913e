import "server-only";
import { setTimeout as sleep } from "node:timers/promises";
import { findIntentOfPayment, retrieveIntent, type Intent } from "@/lib/platform/stripe/intents";
import { keyStillKnown, paymentKey, type PaymentOperation } from "@/lib/platform/stripe/keys";
import { StripeOutcomeError } from "@/lib/platform/stripe/outcome";
import { log } from "@/lib/platform/telemetry/log";
import { beginCall, bumpCall, type BegunCall, type ProviderOperation } from "./store";

/** Rounds after answered 5xx; between two a little time, because the donor waits. */
const ROUNDS = 3;
const PAUSE_MS = 300;

/** How long a read may take that only wants to know what a call without an answer did. */
const LOOK_MS = 4_000;

interface ProviderCall<T> {
  /** Our row: the payment's, or the refund's. */
  readonly subjectId: string;
  readonly operation: ProviderOperation;
  /** The call itself, under the `n` of its key. */
  readonly call: (n: number) => Promise<T>;
  /** The object that it makes or changes, as it is now; null when there certainly is none. */
  readonly look: (firstTriedAt: Date) => Promise<T | null>;
  /** Whether the object shows that the operation has taken effect. */
  readonly done: (seen: T) => boolean;
  /** When the transaction before it has noted already that it is tried now. */
  readonly begun?: BegunCall | undefined;
}

/** {@link callProvider} for a call that makes or changes a payment's intent. */
export function callForIntent(o: {
  readonly paymentId: string;
  readonly operation: PaymentOperation;
  /** Null for a create. */
  readonly intentId: string | null;
  readonly call: (idempotencyKey: string) => Promise<Intent>;
  readonly done: (intent: Intent) => boolean;
  readonly begun?: BegunCall | undefined;
}): Promise<Intent> {
  const { paymentId, operation, intentId, call, done, begun } = o;
  return callProvider({
    subjectId: paymentId,
    operation,
    call: (n) => call(paymentKey(paymentId, operation, n)),
    look: (since) =>
      intentId === null
        ? findIntentOfPayment(paymentId, since)
        : retrieveIntent(intentId, AbortSignal.timeout(LOOK_MS)),
    done,
    begun,
  });
}

/** Those that make an object: repeated without their key they would make a second one. */
const MAKES: ReadonlySet<ProviderOperation> = new Set(["create", "refund"]);

/**
 * Makes a call that changes something at Stripe so that it takes effect at most once, whoever repeats it: under a key made of
 * our row, whose `n` grows only after an answered 5xx and a read that shows no effect. One that makes an object and whose key
 * Stripe may have forgotten is looked for by its metadata instead of being repeated.
 * @throws StripeOutcomeError `unknown` when nobody can tell yet what it did, `unavailable` when it certainly did nothing,
 *   `declined`, `refused`
 */
export async function callProvider<T>(o: ProviderCall<T>): Promise<T> {
  for (let round = 1; ; round += 1) {
    const begun = round === 1 ? o.begun : undefined;
    const { n, firstTriedAt, tries } = begun ?? (await beginCall(o.subjectId, o.operation));
    if (MAKES.has(o.operation) && tries > 1 && !keyStillKnown(firstTriedAt, new Date())) {
      const known = await o.look(firstTriedAt);
      if (known) return known;
      await bumpCall(o.subjectId, o.operation, n);
      continue;
    }
    try {
      return await o.call(n);
    } catch (error) {
      if (!(error instanceof StripeOutcomeError) || !["answered_5xx", "unknown"].includes(error.outcome)) throw error;
      const seen = await look(o, firstTriedAt, error);
      if (seen && o.done(seen)) return seen;
      // Without an answer the effect may still come: only a later read can tell.
      if (error.outcome === "unknown") throw error;
      await bumpCall(o.subjectId, o.operation, n);
      if (round >= ROUNDS) throw new StripeOutcomeError("unavailable", error, error.retryAfterSeconds);
      await sleep(PAUSE_MS * round);
    }
  }
}

/** @throws the first error as `unknown` when what the call did cannot be read either */
async function look<T>(o: ProviderCall<T>, since: Date, first: StripeOutcomeError): Promise<T | null> {
  try {
    return await o.look(since);
  } catch (error) {
    log.warn({ error, subjectId: o.subjectId, operation: o.operation }, "what a call to Stripe did cannot be read yet");
    throw new StripeOutcomeError("unknown", first);
  }
}
