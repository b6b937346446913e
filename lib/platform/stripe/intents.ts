import "server-only";
import type { Stripe } from "stripe";
import { readStripe, writeStripe } from "./client";
import { StripeOutcomeError } from "./outcome";

/** A PaymentIntent with its newest charge in it. */
export type Intent = Stripe.PaymentIntent & { readonly latest_charge: Stripe.Charge | null };

const EXPAND = { expand: ["latest_charge"] };

/** A donor waits for it, and can do without. */
const FINGERPRINT_MS = 1_500;

/** How often a list is asked for a further page when an intent is looked for by its metadata. */
const MOST_PAGES = 20;

export interface NewIntent {
  /** Minor units. */
  readonly amountMinor: number;
  /** ISO 4217, upper case. */
  readonly currency: string;
  /** Ours, by which a lost intent is found again. */
  readonly metadata: Readonly<Record<"pledge" | "payment" | "trace", string>>;
  readonly description: string;
  /** What the donor reads on the bank statement after the account's own name; see {@link statementSuffix}. */
  readonly statementSuffix: string | undefined;
}

/** How a donor pays; made in the browser, good for one use. */
export type PaidWith = { readonly confirmationToken: string } | { readonly paymentMethod: string };

/**
 * Makes an intent that holds no money: unconfirmed, cards only, captured by a later call of ours.
 * @throws StripeOutcomeError
 */
export async function createIntent(intent: NewIntent, idempotencyKey: string): Promise<Intent> {
  return asIntent(
    await writeStripe((stripe) =>
      stripe.paymentIntents.create(
        {
          amount: intent.amountMinor,
          currency: intent.currency.toLowerCase(),
          capture_method: "manual",
          allowed_payment_method_types: ["card"],
          description: intent.description,
          metadata: { ...intent.metadata },
          ...(intent.statementSuffix ? { statement_descriptor_suffix: intent.statementSuffix } : {}),
          ...EXPAND,
        },
        { idempotencyKey },
      ),
    ),
  );
}

/**
 * Authorises: the bank is asked to hold the money.
 * @param returnUrl where a bank's own page sends the donor back to
 * @throws StripeOutcomeError `declined` when the bank said no
 */
export async function confirmIntent(
  id: string,
  paidWith: PaidWith,
  returnUrl: string,
  idempotencyKey: string,
): Promise<Intent> {
  const means =
    "confirmationToken" in paidWith
      ? { confirmation_token: paidWith.confirmationToken }
      : { payment_method: paidWith.paymentMethod };
  return asIntent(
    await writeStripe((stripe) =>
      stripe.paymentIntents.confirm(
        id,
        { ...means, return_url: returnUrl, use_stripe_sdk: true, ...EXPAND },
        { idempotencyKey },
      ),
    ),
  );
}

/** Takes the whole of what is held. @throws StripeOutcomeError */
export async function captureIntent(id: string, idempotencyKey: string): Promise<Intent> {
  return asIntent(await writeStripe((stripe) => stripe.paymentIntents.capture(id, EXPAND, { idempotencyKey })));
}

/**
 * Lets go of what is held, or ends an intent that holds nothing yet.
 * @throws StripeOutcomeError `refused` when it can no longer be canceled
 */
export async function cancelIntent(
  id: string,
  reason: Stripe.PaymentIntentCancelParams.CancellationReason,
  idempotencyKey: string,
): Promise<Intent> {
  return asIntent(
    await writeStripe((stripe) =>
      stripe.paymentIntents.cancel(id, { cancellation_reason: reason, ...EXPAND }, { idempotencyKey }),
    ),
  );
}

/** How an intent stands. @throws StripeOutcomeError */
export async function retrieveIntent(id: string, signal?: AbortSignal): Promise<Intent> {
  return asIntent(await readStripe((stripe) => stripe.paymentIntents.retrieve(id, EXPAND), signal));
}

/**
 * Looks for the intent of a payment of ours whose create was not answered, by its metadata: the list is
 * consistent at once, which Stripe's search is not.
 * @param since when the create was first tried, with room for clocks that differ
 * @returns null when there certainly is none
 * @throws StripeOutcomeError; Error when there are more intents since then than can be looked through
 */
export async function findIntentOfPayment(paymentId: string, since: Date): Promise<Intent | null> {
  const created = { gte: Math.floor(since.getTime() / 1000) - 600 };
  let after: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const list = await readStripe((stripe) =>
      stripe.paymentIntents.list({ created, limit: 100, ...(after ? { starting_after: after } : {}) }),
    );
    const found = list.data.find((intent) => intent.metadata["payment"] === paymentId);
    if (found) return retrieveIntent(found.id);
    after = list.data.at(-1)?.id;
    if (!list.has_more || after === undefined) return null;
  }
  throw new Error(`Whether payment ${paymentId} has an intent could not be told: too many intents since then.`);
}

/**
 * The part of a bank statement's text that names what was paid for: Latin capitals, digits, spaces, at least one
 * letter, short enough beside the account's own prefix (22 characters in all).
 * @returns undefined when the text has nothing that a bank could print
 */
export function statementSuffix(text: string): string | undefined {
  const printable = text
    .normalize("NFKD")
    .toUpperCase()
    .replaceAll(/[^A-Z0-9 ]/g, "")
    .replaceAll(/ +/g, " ")
    .trim()
    .slice(0, 12)
    .trim();
  return /[A-Z]/.test(printable) ? printable : undefined;
}

function asIntent(intent: Stripe.PaymentIntent): Intent {
  const charge = intent.latest_charge;
  if (typeof charge === "string")
    throw new TypeError("Stripe answered with a charge's id where the charge was asked for.");
  return intent as Intent;
}

/**
 * The card behind what a donor pays with, as a fingerprint that is the same for one card wherever it is entered.
 * @returns undefined when it cannot be told: it is wanted for a limit, and a pledge does not fail for it
 */
export async function readCardFingerprint(paidWith: PaidWith): Promise<string | undefined> {
  const signal = AbortSignal.timeout(FINGERPRINT_MS);
  try {
    if ("paymentMethod" in paidWith) {
      const method = await readStripe((stripe) => stripe.paymentMethods.retrieve(paidWith.paymentMethod), signal);
      return method.card?.fingerprint ?? undefined;
    }
    const token = await readStripe((stripe) => stripe.confirmationTokens.retrieve(paidWith.confirmationToken), signal);
    return token.payment_method_preview?.card?.fingerprint ?? undefined;
  } catch (error) {
    if (error instanceof StripeOutcomeError) return undefined;
    throw error;
  }
}
