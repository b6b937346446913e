import type Stripe from "stripe";
import { cardNamed } from "../cards.ts";
import { invalid, missing } from "../errors.ts";
import { hash, list, oneOf, string, unsupported, url, type Values } from "../parameters.ts";
import type { World } from "../world.ts";
import {
  billing,
  type CardSecret,
  describeCard,
  insertPaymentMethod,
  paymentMethodData,
  publishedCard,
  readCard,
} from "./payment-methods.ts";

export const confirmationTokenCreate = {
  payment_method: string(),
  payment_method_data: hash(paymentMethodData),
  payment_method_options: unsupported(),
  return_url: url(),
  setup_future_usage: oneOf(["off_session", "on_session"]),
  shipping: unsupported(),
  expand: list(string()),
};

const LIFE_SECONDS = 12 * 3_600;

/** Makes a ConfirmationToken: what the card form hands out, or the test helper's. */
export function createConfirmationToken(
  world: World,
  given: Values<typeof confirmationTokenCreate>,
): Stripe.ConfirmationToken {
  const { card, secret, details } = source(world, given);
  const created = world.clock.seconds();
  const token: Stripe.ConfirmationToken = {
    id: world.ids.next("ctoken"),
    object: "confirmation_token",
    created,
    expires_at: created + LIFE_SECONDS,
    livemode: false,
    mandate_data: null,
    metadata: {},
    payment_intent: null,
    payment_method_options: { card: { cvc_token: null } },
    payment_method_preview: {
      allow_redisplay: given.payment_method_data?.allow_redisplay ?? "unspecified",
      billing_details: details,
      card,
      customer: null,
      customer_account: null,
      type: "card",
    },
    return_url: given.return_url ?? null,
    setup_future_usage: given.setup_future_usage ?? null,
    setup_intent: null,
    shipping: null,
    use_stripe_sdk: true,
  };
  world.store.insert(token, secret);
  return token;
}

function source(
  world: World,
  given: Values<typeof confirmationTokenCreate>,
): { card: Stripe.PaymentMethod.Card; secret: CardSecret; details: Stripe.PaymentMethod.BillingDetails } {
  if (given.payment_method !== undefined) {
    const published = cardNamed(given.payment_method);
    if (published) return { ...publishedCard(world, published), details: billing(undefined) };
    const found = world.store.find<Stripe.PaymentMethod>("payment_method", given.payment_method);
    if (!found?.card) throw missing("PaymentMethod", given.payment_method, "payment_method");
    return {
      card: found.card,
      secret: world.store.hidden<CardSecret>(found.id),
      details: found.billing_details,
    };
  }
  const typed = given.payment_method_data?.card;
  if (!typed)
    throw invalid("You must provide one of payment_method or payment_method_data with a card.", {
      code: "parameter_missing",
      param: "payment_method_data",
    });
  const { card, ...secret } = readCard(world, typed);
  return {
    card: describeCard(card, { month: typed.exp_month, year: typed.exp_year }, secret.cvcGiven),
    secret,
    details: billing(given.payment_method_data?.billing_details),
  };
}

/**
 * Turns a token into a payment method for an intent; a token works once.
 * @throws ApiError when it is unknown, used or older than twelve hours
 */
export function useConfirmationToken(world: World, id: string, intentId: string): Stripe.PaymentMethod {
  const token = world.store.find<Stripe.ConfirmationToken>("confirmation_token", id);
  if (!token) throw missing("confirmation_token", id, "confirmation_token");
  if (token.payment_intent !== null)
    throw invalid(
      `The ConfirmationToken ${id} has already been used to confirm a PaymentIntent (${token.payment_intent}). Create another ConfirmationToken.`,
      { code: "token_already_used", param: "confirmation_token" },
    );
  if ((token.expires_at ?? 0) <= world.clock.seconds())
    throw invalid(`The ConfirmationToken ${id} has expired. Create another ConfirmationToken.`, {
      code: "payment_intent_invalid_parameter",
      param: "confirmation_token",
    });
  const preview = token.payment_method_preview;
  if (!preview?.card) throw new Error(`The emulator's ConfirmationToken ${id} has no card.`);
  world.store.save({ ...token, payment_intent: intentId });
  return insertPaymentMethod(world, {
    card: preview.card,
    secret: world.store.hidden<CardSecret>(id),
    billing: preview.billing_details,
    ...(preview.allow_redisplay && { allowRedisplay: preview.allow_redisplay }),
  });
}
