import type Stripe from "stripe";
import type { Card } from "../cards.ts";
import { missing } from "../errors.ts";
import {
  email,
  hash,
  integer,
  list,
  metadata,
  oneOf,
  range,
  string,
  unsupported,
  unsupportedAll,
} from "../parameters.ts";
import { idOf, type World } from "../world.ts";
import { book, chargeFee } from "./balance.ts";

export const chargeList = {
  created: range(),
  ending_before: string(),
  expand: list(string()),
  limit: integer(),
  payment_intent: string(),
  starting_after: string(),
  ...unsupportedAll(["customer", "transfer_group"]),
};
export const chargeUpdate = {
  customer: unsupported(),
  description: string(1_000),
  expand: list(string()),
  fraud_details: hash({ user_report: oneOf(["fraudulent", "safe"]) }),
  metadata: metadata(),
  receipt_email: email(),
  shipping: unsupported(),
  transfer_group: string(),
};

/** How long an issuer holds money for a card that nobody captures. */
const HOLD_SECONDS = 7 * 86_400;

/** What the emulator keeps of a charge beside what it shows. */
export interface ChargeSecret {
  readonly dispute?: Card["dispute"];
  readonly refund?: Card["refund"];
  readonly available?: boolean;
}

const PREFIX = "CAREFORALL";

const RISK = {
  normal: { score: 21, words: "Payment complete." },
  elevated: { score: 65, words: "Stripe evaluated this payment as having elevated risk." },
  highest: { score: 92, words: "Stripe evaluated this payment as having the highest risk." },
} as const;

function outcome(card: Card): Stripe.Charge.Outcome {
  const level = card.risk ?? "normal";
  const risk = { risk_level: level, risk_score: RISK[level].score };
  if (!card.decline)
    return {
      advice_code: null,
      network_advice_code: null,
      network_decline_code: null,
      network_status: "approved_by_network",
      reason: card.risk ? `${card.risk}_risk_level` : null,
      ...risk,
      seller_message: RISK[level].words,
      type: card.risk ? "manual_review" : "authorized",
    };
  if (card.decline.blocked)
    return {
      advice_code: null,
      network_advice_code: null,
      network_decline_code: null,
      network_status: "not_sent_to_network",
      reason: "highest_risk_level",
      ...risk,
      seller_message: "Stripe blocked this payment as too risky.",
      type: "blocked",
    };
  return {
    advice_code: card.decline.advice_code,
    network_advice_code: card.decline.advice_code === "do_not_try_again" ? "03" : "02",
    network_decline_code: card.decline.network_decline_code,
    network_status: "declined_by_network",
    reason: card.decline.decline_code,
    ...risk,
    seller_message: `The bank returned the decline code \`${card.decline.decline_code}\`.`,
    type: "issuer_declined",
  };
}

function cardDetails(
  world: World,
  method: Stripe.PaymentMethod,
  card: Card,
  attempt: { amount: number; manual: boolean; authenticated: boolean },
): Stripe.Charge.PaymentMethodDetails.Card {
  const shown = method.card;
  if (!shown) throw new Error(`The emulator's payment method ${method.id} has no card.`);
  const accepted = !card.decline;
  const postal = method.billing_details.address?.postal_code;
  const line1 = method.billing_details.address?.line1;
  return {
    amount_authorized: accepted ? attempt.amount : null,
    authorization_code: accepted ? String(100_000 + (world.clock.seconds() % 900_000)) : null,
    brand: shown.brand,
    ...(accepted && attempt.manual ? { capture_before: world.clock.seconds() + HOLD_SECONDS } : {}),
    checks: {
      address_line1_check: line1 ? (card.addressCheck ?? "pass") : null,
      address_postal_code_check: postal ? (card.postalCodeCheck ?? "pass") : null,
      cvc_check: shown.checks?.cvc_check ? (card.cvcCheck ?? "pass") : null,
    },
    country: shown.country,
    electronic_commerce_indicator: attempt.authenticated ? "05" : null,
    exp_month: shown.exp_month,
    exp_year: shown.exp_year,
    extended_authorization: { status: "disabled" },
    fingerprint: shown.fingerprint ?? null,
    funding: shown.funding,
    incremental_authorization: { status: "unavailable" },
    installments: null,
    last4: shown.last4,
    mandate: null,
    multicapture: { status: "unavailable" },
    network: shown.networks?.available[0] ?? shown.brand,
    network_token: { used: false },
    network_transaction_id: accepted ? world.ids.next("x", 15).slice(2).toUpperCase() : null,
    overcapture: { maximum_amount_capturable: attempt.amount, status: "unavailable" },
    regulated_status: "unregulated",
    three_d_secure: attempt.authenticated
      ? {
          authentication_flow: "challenge",
          electronic_commerce_indicator: "05",
          exemption_indicator: null,
          result: "authenticated",
          result_reason: null,
          transaction_id: world.ids.next("x", 28).slice(2),
          version: "2.2.0",
        }
      : null,
    transaction_link_id: null,
    wallet: null,
  };
}

/** Asks the issuer: makes the charge that an attempt leaves behind, accepted or declined. */
export function attemptCharge(
  world: World,
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod,
  card: Card,
  authenticated: boolean,
): Stripe.Charge {
  const manual = intent.capture_method === "manual";
  const accepted = !card.decline;
  const id = world.ids.next("ch");
  const suffix = intent.statement_descriptor_suffix;
  const charge: Stripe.Charge = {
    id,
    object: "charge",
    amount: intent.amount,
    amount_captured: 0,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: null,
    billing_details: method.billing_details,
    calculated_statement_descriptor: (suffix ? `${PREFIX}* ${suffix.toUpperCase()}` : PREFIX).slice(0, 22),
    captured: false,
    created: world.clock.seconds(),
    currency: intent.currency,
    customer: null,
    description: intent.description,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: card.decline?.code ?? null,
    failure_message: card.decline?.message ?? null,
    fraud_details: {},
    livemode: false,
    metadata: intent.metadata,
    on_behalf_of: null,
    outcome: outcome(card),
    paid: accepted,
    payment_intent: intent.id,
    payment_method: method.id,
    payment_method_details: {
      card: cardDetails(world, method, card, { amount: intent.amount, manual, authenticated }),
      type: "card",
    },
    radar_options: {},
    receipt_email: intent.receipt_email,
    receipt_number: null,
    receipt_url: accepted ? `${world.origin}/dashboard/payments/${intent.id}` : null,
    refunded: false,
    review: null,
    shipping: null,
    source: null,
    source_transfer: null,
    statement_descriptor: null,
    statement_descriptor_suffix: suffix,
    status: accepted ? "succeeded" : "failed",
    transfer_data: null,
    transfer_group: intent.transfer_group,
  };
  const secret: ChargeSecret = {
    ...(card.dispute && { dispute: card.dispute }),
    ...(card.refund && { refund: card.refund }),
    ...(card.available && { available: true }),
  };
  world.store.insert(charge, secret);
  if (accepted && manual) world.later(HOLD_SECONDS * 1_000, "hold.expire", intent.id);
  return charge;
}

/** Books captured money: the rest of a partial capture is released without a refund (since 2025-03-31). */
function bookCapture(world: World, charge: Stripe.Charge, amount: number): Stripe.Charge {
  const secret = world.store.hidden<ChargeSecret>(charge.id);
  const entry = book(world, {
    amount,
    fee: chargeFee(amount, charge.currency),
    currency: charge.currency,
    source: charge.id,
    type: "charge",
    category: "charge",
    description: charge.description,
    atOnce: secret.available === true,
  });
  const captured = { ...charge, amount_captured: amount, captured: true, balance_transaction: entry.id };
  world.store.save(captured);
  if (secret.dispute) {
    world.later(world.delay("dispute"), "dispute.open", charge.id);
    if (secret.dispute === "twice") world.later(world.delay("dispute") + 1_000, "dispute.open", charge.id);
  }
  return captured;
}

/** A payment that is captured by itself. */
export function captureAtOnce(world: World, intent: Stripe.PaymentIntent, charge: Stripe.Charge): Stripe.PaymentIntent {
  const captured = bookCapture(world, charge, charge.amount);
  const paid: Stripe.PaymentIntent = {
    ...intent,
    amount_received: charge.amount,
    latest_charge: charge.id,
    status: "succeeded",
  };
  world.store.save(paid);
  world.emit("charge.succeeded", captured);
  world.emit("payment_intent.succeeded", paid);
  return paid;
}

/** Takes the money that was held, once, all or part of it. */
export function settleCapture(world: World, intent: Stripe.PaymentIntent, amount: number): Stripe.PaymentIntent {
  const charge = world.store.get<Stripe.Charge>("charge", idOf(intent.latest_charge) ?? "");
  world.never("hold.expire", intent.id);
  const captured = bookCapture(world, charge, amount);
  const paid: Stripe.PaymentIntent = {
    ...intent,
    amount_capturable: 0,
    amount_received: amount,
    status: "succeeded",
  };
  world.store.save(paid);
  world.emit("charge.captured", captured);
  world.emit("payment_intent.succeeded", paid);
  return paid;
}

/** Lets go of held money: neither a Refund nor `charge.refunded` comes of it (since 2025-03-31). */
export function releaseHold(world: World, intent: Stripe.PaymentIntent, expired: boolean): void {
  const charge = world.store.get<Stripe.Charge>("charge", idOf(intent.latest_charge) ?? "");
  world.never("hold.expire", intent.id);
  if (expired) world.emit("charge.expired", charge);
}

/** @throws ApiError 404, or 400 when a parameter names it */
export function findCharge(world: World, id: string, param?: string): Stripe.Charge {
  const found = world.store.find<Stripe.Charge>("charge", id);
  if (!found) throw missing("charge", id, param ?? "id", param === undefined ? 404 : 400);
  return found;
}
