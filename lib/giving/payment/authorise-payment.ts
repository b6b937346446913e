import "server-only";
import { appLink } from "@/lib/platform/mail/app-link";
import {
  confirmIntent,
  createIntent,
  retrieveIntent,
  statementSuffix,
  type Intent,
  type PaidWith,
} from "@/lib/platform/stripe/intents";
import { StripeOutcomeError } from "@/lib/platform/stripe/outcome";
import { log } from "@/lib/platform/telemetry/log";
import { applyAndSettle, applyIntent } from "./apply-intent";
import { endPayment } from "./end-payment";
import { declineOf } from "./intent-fact";
import { callForIntent } from "./provider-call";
import type { CancelReason, PledgeView } from "./schemas";
import { noteDecline } from "./settle-payment";
import {
  beginConfirm,
  markUnknown,
  markWaiting,
  recordAttempt,
  recordIntent,
  type BegunCall,
  type Settling,
} from "./store";

/** How a payment stands after its donor's try. */
export type Authorisation =
  /** Authorised or further; or at rest (`failed`, `canceled`) since an earlier try. */
  | {
      readonly kind: "settled";
      readonly view: PledgeView;
      /** When its key was settled in the transaction that brought it here; otherwise that is still to be done. */
      readonly keySettledAt?: Date | undefined;
    }
  | { readonly kind: "challenge"; readonly view: PledgeView; readonly intent: Intent }
  | { readonly kind: "declined"; readonly view: PledgeView }
  | { readonly kind: "unusable"; readonly view: PledgeView }
  /** The provider may have acted; a read will tell. */
  | { readonly kind: "unknown"; readonly view: PledgeView }
  /** The provider has certainly not acted. */
  | { readonly kind: "unavailable"; readonly view: PledgeView; readonly retryAfterSeconds: number };

interface Try {
  readonly paidWith: PaidWith;
  /** W3C trace id of the donor's request, for Stripe's dashboard. */
  readonly traceId: string;
  /** Who tried, for the limits against card testing. */
  readonly ipHash: string;
  /** Called between two calls that may take long: the key's lease must outlive each. */
  readonly renew: () => Promise<void>;
  /** When the transaction before it has noted that the intent is created now. */
  readonly begun?: BegunCall | undefined;
  /** The donor's key, and what a `settled` payment answers under it. */
  readonly settling: Settling;
}

/**
 * Goes on with a payment from wherever an earlier try left it: the intent is created unconfirmed, its id committed,
 * then it is confirmed once. Whatever cannot be known now is said to be unknown, and resolved by reading.
 * @throws AppError `database_unavailable`: the next try with the same key goes on from what is at Stripe
 */
export async function authorisePayment(view: PledgeView, how: Try): Promise<Authorisation> {
  const resting = atRest(view);
  if (resting) return resting;
  try {
    if (view.payment.cancelReason) return await end(view, view.payment.cancelReason as CancelReason);
    const known = view.payment.intentId;
    const intent = known ? await retrieveIntent(known) : await create(view, how);
    if (!isUnconfirmed(intent))
      return await interpret(known ? view : await recordIntent(view.payment.id, intent.id), intent, how);
    const { call, ...recorded } = known ? { ...view, call: undefined } : await beginConfirm(view.payment.id, intent.id);
    return await interpret(recorded, await confirm(recorded, intent.id, how, call), how);
  } catch (error) {
    if (!(error instanceof StripeOutcomeError)) throw error;
    return failed(view, error, how);
  }
}

/** A payment that nobody works on any more. */
function atRest(view: PledgeView): Authorisation | undefined {
  const { state, cancelReason } = view.payment;
  if (state === "pending") return undefined;
  if (state === "failed") return { kind: cancelReason === "payment_method_unusable" ? "unusable" : "declined", view };
  return { kind: "settled", view };
}

async function create(view: PledgeView, how: Try): Promise<Intent> {
  const { pledge, payment } = view;
  return callForIntent({
    paymentId: payment.id,
    operation: "create",
    intentId: null,
    begun: how.begun,
    call: (key) =>
      createIntent(
        {
          amountMinor: payment.totalMinor,
          currency: payment.currency,
          metadata: { pledge: pledge.id, payment: payment.id, trace: how.traceId },
          description: `Gift to ${pledge.campaignTitle}`.slice(0, 200),
          statementSuffix: statementSuffix(pledge.campaignTitle),
        },
        key,
      ),
    done: () => true,
  });
}

async function confirm(view: PledgeView, intentId: string, how: Try, begun: BegunCall | undefined): Promise<Intent> {
  await how.renew();
  return callForIntent({
    paymentId: view.payment.id,
    operation: "confirm",
    intentId,
    begun,
    call: (key) => confirmIntent(intentId, how.paidWith, appLink(`/pledges/${view.pledge.id}`), key),
    done: (seen) => !isUnconfirmed(seen),
  });
}

/** Nobody has tried to pay with it yet. */
const isUnconfirmed = (intent: Intent): boolean =>
  ["requires_payment_method", "requires_confirmation"].includes(intent.status) && !intent.last_payment_error;

async function interpret(view: PledgeView, intent: Intent, how: Try): Promise<Authorisation> {
  if (declineOf(intent)) {
    await noteDecline(view, intent, how.ipHash);
    return end(view, "declined");
  }
  if (intent.status !== "requires_action" && intent.status !== "processing") {
    const { view: ended, settledAt } = await applyAndSettle(intent, view.payment.id, how.ipHash, how.settling);
    if (ended.payment.voidDue) return end(ended, "pledge_canceled");
    return { kind: "settled", view: ended, keySettledAt: settledAt };
  }
  const applied = await applyIntent(intent, view.payment.id, "request", how.ipHash);
  if (applied.payment.voidDue) return end(applied, "pledge_canceled");
  return intent.status === "requires_action"
    ? { kind: "challenge", view: await markWaiting(applied.payment.id, "challenge"), intent }
    : { kind: "unknown", view: await markUnknown(applied.payment.id, "confirm", "processing") };
}

/** What a failed call says; {@link StripeOutcomeError}. */
async function failed(before: PledgeView, error: StripeOutcomeError, how: Try): Promise<Authorisation> {
  const { id: paymentId } = before.payment;
  switch (error.outcome) {
    case "declined": {
      const charge = error.intent?.latest_charge;
      await recordAttempt({
        paymentId,
        outcome: "declined",
        code: error.code,
        declineCode: error.declineCode,
        message: error.cause instanceof Error ? error.cause.message : undefined,
        chargeId: error.chargeId ?? (typeof charge === "string" ? charge : charge?.id),
        card: cardOf(error.intent),
        ipHash: how.ipHash,
      });
      return end(before, "declined");
    }
    case "refused":
      if (!isAboutMeans(error)) throw error;
      await recordAttempt({ paymentId, outcome: "error", code: error.code, ipHash: how.ipHash });
      return end(before, "payment_method_unusable");
    case "unavailable":
      return {
        kind: "unavailable",
        view: await markWaiting(paymentId, "provider"),
        retryAfterSeconds: error.retryAfterSeconds ?? 60,
      };
    default: {
      const marked = await markUnknown(paymentId, "confirm", error.message);
      // A webhook may have told us meanwhile.
      return atRest(marked) ?? { kind: "unknown", view: marked };
    }
  }
}

/** Whether Stripe would not take what the donor pays with: expired, used, or not known. */
function isAboutMeans({ code, param, cause }: StripeOutcomeError): boolean {
  const named = param?.startsWith("payment_method") || param?.startsWith("confirmation_token");
  const status = typeof cause === "object" && cause !== null && "statusCode" in cause ? cause.statusCode : undefined;
  if (code === "payment_intent_unexpected_state" || code === "parameter_unknown") return false;
  return (
    Boolean(named) ||
    /^(?:confirmation_token|payment_method|token|resource_already_exists|setup_)/.test(code ?? "") ||
    (code === "resource_missing" && status === 404)
  );
}

function cardOf(intent: StripeOutcomeError["intent"]): object | undefined {
  const card = intent?.last_payment_error?.payment_method?.card;
  return card
    ? { fingerprint: card.fingerprint, brand: card.brand, last4: card.last4, country: card.country }
    : undefined;
}

/** Cancels at Stripe. Should that not be reached, the donor's answer is the same and the sweeper carries it out. */
async function end(view: PledgeView, reason: CancelReason): Promise<Authorisation> {
  let ended = view;
  try {
    ended = await endPayment(view, reason, "request");
  } catch (error) {
    if (!(error instanceof StripeOutcomeError)) throw error;
    log.warn({ error, paymentId: view.payment.id }, "an intent could not be cancelled yet; the sweeper will");
  }
  // Somebody else went on with it meanwhile, and the money is held or taken.
  if (!["pending", "failed", "canceled"].includes(ended.payment.state)) return { kind: "settled", view: ended };
  if (reason === "declined") return { kind: "declined", view: ended };
  if (reason === "payment_method_unusable") return { kind: "unusable", view: ended };
  return { kind: "settled", view: ended };
}
