import type Stripe from "stripe";
import type { Card } from "../cards.ts";
import { ApiError, type ErrorBody, invalid, unexpectedState } from "../errors.ts";
import type { World } from "../world.ts";
import { attemptCharge, captureAtOnce } from "./charges.ts";
import { useConfirmationToken } from "./confirmation-tokens.ts";
import {
  behaviourOf,
  type CardSecret,
  createPaymentMethod,
  paymentMethodNamed,
  type PaymentMethodData,
} from "./payment-methods.ts";

type Intent = Stripe.PaymentIntent;

/** What the emulator keeps of an intent beside what it shows. */
export interface IntentSecret {
  /** Asked for when confirming: where the donor's browser goes after 3-D Secure. */
  readonly returnUrl?: string | null;
  readonly useStripeSdk?: boolean;
  /** The card's issuer has been satisfied by 3-D Secure in this attempt. */
  readonly authenticated?: boolean;
}

export interface Confirmation {
  readonly capture_method?: "automatic" | "automatic_async" | "manual";
  readonly confirmation_token?: string;
  readonly error_on_requires_action?: boolean;
  readonly off_session?: boolean;
  readonly payment_method?: string;
  readonly payment_method_data?: PaymentMethodData;
  readonly payment_method_options?: {
    readonly card?: { readonly request_three_d_secure?: "any" | "automatic" | "challenge" };
  };
  readonly receipt_email?: string | null;
  readonly return_url?: string;
  readonly use_stripe_sdk?: boolean;
}

const CONFIRMABLE = new Set<string>(["requires_payment_method", "requires_confirmation", "requires_action"]);

/**
 * Confirms an intent: asks for 3-D Secure where the card wants it, else asks the issuer.
 * @throws ApiError 402 when the card is declined; the failed charge and the intent's state stay
 */
export function confirmIntent(world: World, intent: Intent, given: Confirmation): Intent {
  if (!CONFIRMABLE.has(intent.status)) throw unexpectedState(cannotConfirm(intent), intent);
  const sources = [given.confirmation_token, given.payment_method, given.payment_method_data].filter(
    (each) => each !== undefined,
  );
  if (sources.length > 1)
    throw invalid(
      "You may only specify one of these parameters: confirmation_token, payment_method, payment_method_data.",
      { code: "parameters_exclusive", param: "payment_method" },
    );
  const method = chosenMethod(world, intent, given);
  const secret: IntentSecret = {
    returnUrl: given.return_url ?? null,
    useStripeSdk: given.use_stripe_sdk ?? false,
  };
  if (
    intent.automatic_payment_methods?.enabled &&
    intent.automatic_payment_methods.allow_redirects !== "never" &&
    !secret.returnUrl &&
    !given.error_on_requires_action &&
    !secret.useStripeSdk
  )
    throw invalid(
      "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because some of these payment methods might redirect your customer off of your page, you must provide a `return_url`. If you don't want to accept redirect-based payment methods, set `automatic_payment_methods[enabled]` to `true` and `automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and Payment Intents.",
    );
  const card = behaviourOf(world.store.hidden<CardSecret>(method.id));
  const request =
    given.payment_method_options?.card?.request_three_d_secure ??
    intent.payment_method_options?.card?.request_three_d_secure ??
    "automatic";
  const current: Intent = {
    ...intent,
    capture_method: given.capture_method ?? intent.capture_method,
    last_payment_error: null,
    next_action: null,
    payment_method: method.id,
    receipt_email: given.receipt_email === undefined ? intent.receipt_email : given.receipt_email,
  };
  const wanted = card.authentication === "required" || (card.authentication === "optional" && request !== "automatic");
  if (!wanted) return askIssuer(world, current, method, card, false);
  if (given.off_session || given.error_on_requires_action)
    return askIssuer(world, current, method, { ...card, decline: AUTHENTICATION_REQUIRED }, false);
  return askDonor(world, current, method, secret);
}

const AUTHENTICATION_REQUIRED: NonNullable<Card["decline"]> = {
  code: "card_declined",
  decline_code: "authentication_required",
  message: "Your card was declined. This transaction requires authentication.",
  advice_code: "try_again_later",
  network_decline_code: "1A",
};

function cannotConfirm(intent: Intent): string {
  if (intent.status === "succeeded")
    return "You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed.";
  return `You cannot confirm this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be confirmed: requires_confirmation, requires_action, requires_payment_method.`;
}

function chosenMethod(world: World, intent: Intent, given: Confirmation): Stripe.PaymentMethod {
  if (given.confirmation_token !== undefined) return useConfirmationToken(world, given.confirmation_token, intent.id);
  if (given.payment_method_data !== undefined) return createPaymentMethod(world, given.payment_method_data);
  if (given.payment_method !== undefined) return paymentMethodNamed(world, given.payment_method, "payment_method");
  if (typeof intent.payment_method === "string")
    return world.store.get<Stripe.PaymentMethod>("payment_method", intent.payment_method);
  throw unexpectedState(
    "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment method or ConfirmationToken.",
    intent,
  );
}

/** Waits for the donor to satisfy the issuer: with Stripe.js in the page, or by a redirect. */
function askDonor(world: World, intent: Intent, method: Stripe.PaymentMethod, secret: IntentSecret): Intent {
  const page = `${world.origin}/3ds/${intent.id}?secret=${encodeURIComponent(intent.client_secret ?? "")}`;
  const waiting: Intent = {
    ...intent,
    status: "requires_action",
    next_action: secret.useStripeSdk
      ? {
          type: "use_stripe_sdk",
          use_stripe_sdk: { type: "three_d_secure_redirect", stripe_js: page, source: world.ids.next("payatt") },
        }
      : { type: "redirect_to_url", redirect_to_url: { return_url: secret.returnUrl ?? null, url: page } },
  };
  world.store.save(waiting, secret);
  world.emit("payment_intent.requires_action", waiting);
  return waiting;
}

function askIssuer(
  world: World,
  intent: Intent,
  method: Stripe.PaymentMethod,
  card: Card,
  authenticated: boolean,
): Intent {
  const charge = attemptCharge(world, intent, method, card, authenticated);
  if (card.decline) return declined(world, intent, method, charge, card.decline);
  if (intent.capture_method !== "manual") return captureAtOnce(world, { ...intent, next_action: null }, charge);
  const held: Intent = {
    ...intent,
    amount_capturable: intent.amount,
    latest_charge: charge.id,
    next_action: null,
    status: "requires_capture",
  };
  world.store.save(held);
  world.emit("charge.succeeded", charge);
  world.emit("payment_intent.amount_capturable_updated", held);
  return held;
}

function declined(
  world: World,
  intent: Intent,
  method: Stripe.PaymentMethod,
  charge: Stripe.Charge,
  why: NonNullable<Card["decline"]>,
): never {
  const error = {
    ...(why.advice_code && { advice_code: why.advice_code }),
    charge: charge.id,
    code: why.code,
    decline_code: why.decline_code,
    doc_url: `https://stripe.com/docs/error-codes/${why.code.replaceAll("_", "-")}`,
    message: why.message,
    ...(why.network_decline_code && { network_decline_code: why.network_decline_code }),
    ...(why.code === "incorrect_cvc" && { param: "cvc" }),
    payment_method: method,
    type: "card_error",
  } as const;
  const failed: Intent = {
    ...intent,
    last_payment_error: error,
    latest_charge: charge.id,
    next_action: null,
    payment_method: null,
    status: "requires_payment_method",
  };
  world.store.save(failed);
  world.emit("charge.failed", charge);
  world.emit("payment_intent.payment_failed", failed);
  const body: ErrorBody = { ...error, payment_intent: failed };
  throw new ApiError(402, body, true);
}

/**
 * What the donor did on the 3-D Secure page.
 * @returns the intent after the issuer was asked, or after the authentication failed
 */
export function authenticate(world: World, intent: Intent, passed: boolean): Intent {
  if (intent.status !== "requires_action")
    throw unexpectedState(
      `This PaymentIntent has a status of ${intent.status}: it asks for no authentication.`,
      intent,
    );
  const method = chosenMethod(world, intent, {});
  const card = behaviourOf(world.store.hidden<CardSecret>(method.id));
  if (passed) {
    try {
      return askIssuer(world, intent, method, card, true);
    } catch (error) {
      // The page of the challenge is not told of a decline; the intent says it.
      if (error instanceof ApiError && error.keepsEffects && error.body.payment_intent)
        return error.body.payment_intent;
      throw error;
    }
  }
  const failed: Intent = {
    ...intent,
    last_payment_error: {
      code: "payment_intent_authentication_failure",
      doc_url: "https://stripe.com/docs/error-codes/payment-intent-authentication-failure",
      message:
        "The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new PaymentMethod to attempt to fulfill this PaymentIntent again.",
      payment_method: method,
      type: "invalid_request_error",
    },
    next_action: null,
    payment_method: null,
    status: "requires_payment_method",
  };
  world.store.save(failed);
  world.emit("payment_intent.payment_failed", failed);
  return failed;
}
