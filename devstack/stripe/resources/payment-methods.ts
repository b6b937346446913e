import type Stripe from "stripe";
import { type Card, cardNamed, cardNumbered, fingerprintOf, passesLuhn } from "../cards.ts";
import { ApiError, invalid, missing } from "../errors.ts";
import {
  email,
  emptyable,
  hash,
  integer,
  list,
  metadata,
  oneOf,
  required,
  string,
  unsupported,
  type Values,
} from "../parameters.ts";
import type { World } from "../world.ts";

const address = hash({
  city: emptyable(string()),
  country: emptyable(string(2)),
  line1: emptyable(string()),
  line2: emptyable(string()),
  postal_code: emptyable(string()),
  state: emptyable(string()),
});
const billingDetails = hash({
  address: emptyable(address),
  email: emptyable(email()),
  name: emptyable(string()),
  phone: emptyable(string()),
  tax_id: unsupported(),
});

/** `payment_method_data`, and with a card's number also what Stripe.js sends. */
export const paymentMethodData = {
  type: required(oneOf(["card"])),
  allow_redisplay: oneOf(["always", "limited", "unspecified"]),
  billing_details: billingDetails,
  card: hash({
    number: required(string(40)),
    exp_month: required(integer()),
    exp_year: required(integer()),
    cvc: string(4),
    networks: unsupported(),
    token: unsupported(),
  }),
  metadata: metadata(),
  radar_options: hash({ session: string() }),
};
export const paymentMethodCreate = {
  ...paymentMethodData,
  expand: list(string()),
  customer: unsupported(),
  payment_method: unsupported(),
};
export type PaymentMethodData = Values<typeof paymentMethodData>;

/** What the emulator knows of a payment method's card, beside what it shows. */
export interface CardSecret {
  readonly number: string;
  readonly cvcGiven: boolean;
}

const NO_ADDRESS: Stripe.Address = {
  city: null,
  country: null,
  line1: null,
  line2: null,
  postal_code: null,
  state: null,
};

const cardError = (code: string, param: string, message: string): ApiError =>
  new ApiError(402, { type: "card_error", code, param, message });

/**
 * Reads a card as it is typed.
 * @throws ApiError 402 in the words that Stripe has for a number, date or code that cannot be
 */
export function readCard(world: World, typed: NonNullable<PaymentMethodData["card"]>): CardSecret & { card: Card } {
  const number = typed.number.replaceAll(/[\s-]/g, "");
  if (!/^\d{12,19}$/.test(number)) throw cardError("invalid_number", "number", "Your card number is invalid.");
  if (!passesLuhn(number)) throw cardError("incorrect_number", "number", "Your card number is incorrect.");
  if (typed.exp_month < 1 || typed.exp_month > 12)
    throw cardError("invalid_expiry_month", "exp_month", "Your card's expiration month is invalid.");
  const year = typed.exp_year < 100 ? 2_000 + typed.exp_year : typed.exp_year;
  const today = new Date(world.clock.now());
  const past =
    year < today.getUTCFullYear() || (year === today.getUTCFullYear() && typed.exp_month < today.getUTCMonth() + 1);
  if (past || year > today.getUTCFullYear() + 50)
    throw cardError("invalid_expiry_year", "exp_year", "Your card's expiration year is invalid.");
  const card = cardNumbered(number) ?? notPublished(number);
  if (typed.cvc !== undefined && !(card.brand === "amex" ? /^\d{3,4}$/ : /^\d{3}$/).test(typed.cvc))
    throw cardError("invalid_cvc", "cvc", "Your card's security code is invalid.");
  return { number, cvcGiven: typed.cvc !== undefined, card };
}

/** A number that may be someone's real card: taken here, declined when it is to pay, as in Stripe's test mode. */
function notPublished(number: string): Card {
  return {
    number,
    brand: number.startsWith("5") ? "mastercard" : number.startsWith("3") ? "amex" : "visa",
    funding: "credit",
    country: "US",
    decline: {
      code: "card_declined",
      decline_code: "test_mode_live_card",
      message:
        "Your card was declined. Your request was in test mode, but used a non test card. For a list of valid test cards, visit: https://stripe.com/docs/testing.",
      advice_code: "do_not_try_again",
      network_decline_code: null,
    },
  };
}

/** How a card behaves, by its number. */
export const behaviourOf = (secret: CardSecret): Card => cardNumbered(secret.number) ?? notPublished(secret.number);

export function billing(given: PaymentMethodData["billing_details"]): Stripe.PaymentMethod.BillingDetails {
  return {
    address: { ...NO_ADDRESS, ...given?.address },
    email: given?.email ?? null,
    name: given?.name ?? null,
    phone: given?.phone ?? null,
    tax_id: null,
  };
}

/** The `card` of a payment method. */
export function describeCard(
  card: Card,
  expiry: { month: number; year: number },
  cvcGiven: boolean,
): Stripe.PaymentMethod.Card {
  return {
    brand: card.brand,
    checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: cvcGiven ? "unchecked" : null },
    country: card.country,
    display_brand: card.brand === "amex" ? "american_express" : card.brand,
    exp_month: expiry.month,
    exp_year: expiry.year < 100 ? 2_000 + expiry.year : expiry.year,
    fingerprint: fingerprintOf(card.number),
    funding: card.funding,
    generated_from: null,
    last4: card.number.slice(-4),
    networks: { available: [card.brand], preferred: null },
    regulated_status: "unregulated",
    three_d_secure_usage: { supported: card.authentication !== "unsupported" },
    wallet: null,
  };
}

/** A card as published names are made: a date far enough ahead, with a security code. */
export function publishedCard(world: World, card: Card): { card: Stripe.PaymentMethod.Card; secret: CardSecret } {
  const today = new Date(world.clock.now());
  const expiry = { month: today.getUTCMonth() + 1, year: today.getUTCFullYear() + 1 };
  return { card: describeCard(card, expiry, true), secret: { number: card.number, cvcGiven: true } };
}

export function insertPaymentMethod(
  world: World,
  parts: {
    card: Stripe.PaymentMethod.Card;
    secret: CardSecret;
    billing: Stripe.PaymentMethod.BillingDetails;
    metadata?: Record<string, string>;
    allowRedisplay?: Stripe.PaymentMethod.AllowRedisplay;
  },
): Stripe.PaymentMethod {
  const method: Stripe.PaymentMethod = {
    id: world.ids.next("pm"),
    object: "payment_method",
    allow_redisplay: parts.allowRedisplay ?? "unspecified",
    billing_details: parts.billing,
    card: parts.card,
    created: world.clock.seconds(),
    customer: null,
    customer_account: null,
    livemode: false,
    metadata: parts.metadata ?? {},
    type: "card",
  };
  world.store.insert(method, parts.secret);
  return method;
}

/** Makes a payment method out of a card's data. */
export function createPaymentMethod(world: World, given: PaymentMethodData): Stripe.PaymentMethod {
  if (!given.card) throw invalid("Missing required param: card.", { code: "parameter_missing", param: "card" });
  const { card, ...secret } = readCard(world, given.card);
  return insertPaymentMethod(world, {
    card: describeCard(card, { month: given.card.exp_month, year: given.card.exp_year }, secret.cvcGiven),
    secret,
    billing: billing(given.billing_details),
    metadata: given.metadata ?? {},
    ...(given.allow_redisplay && { allowRedisplay: given.allow_redisplay }),
  });
}

/**
 * The payment method that a parameter names: one of ours, or a published name, which makes a fresh one.
 * @throws ApiError `resource_missing`
 */
export function paymentMethodNamed(world: World, id: string, param: string): Stripe.PaymentMethod {
  const card = cardNamed(id);
  if (card) return insertPaymentMethod(world, { ...publishedCard(world, card), billing: billing(undefined) });
  const found = world.store.find<Stripe.PaymentMethod>("payment_method", id);
  if (!found) throw missing("PaymentMethod", id, param);
  return found;
}
