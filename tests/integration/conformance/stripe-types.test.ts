import Stripe from "stripe";
import { beforeAll, describe, expect, test } from "vitest";
import { cardNamed, passesLuhn, publishedNames } from "../../../devstack/stripe/cards.ts";
import { ROUTES } from "../../../devstack/stripe/routes.ts";
import { API_VERSION } from "../../../devstack/stripe/world.ts";
import fixtures from "../../support/stripe-fixtures.json" with { type: "json" };
import { conformance, type StripeSchemas, stripeSchemas } from "../../support/stripe-schemas.ts";
import { useStripe } from "../../support/stripe.ts";

const seen = conformance();
const stripe = useStripe({ observe: seen.observe });
let schemas: StripeSchemas;

/** What tests/support/stripe-types.ts has schemas for. */
const EVENTS = [
  "charge.captured",
  "charge.dispute.closed",
  "charge.dispute.created",
  "charge.dispute.funds_reinstated",
  "charge.dispute.funds_withdrawn",
  "charge.dispute.updated",
  "charge.expired",
  "charge.failed",
  "charge.refund.updated",
  "charge.refunded",
  "charge.succeeded",
  "charge.updated",
  "payment_intent.amount_capturable_updated",
  "payment_intent.canceled",
  "payment_intent.created",
  "payment_intent.payment_failed",
  "payment_intent.requires_action",
  "payment_intent.succeeded",
  "payout.created",
  "payout.paid",
  "payout.reconciliation_completed",
  "payout.updated",
  "refund.created",
  "refund.failed",
  "refund.updated",
];

beforeAll(async () => {
  schemas = await stripeSchemas();
}, 300_000);

const held = async (payment_method = "pm_card_visa"): Promise<Stripe.PaymentIntent> => {
  const { paymentIntents } = stripe.client;
  const created = await paymentIntents.create({
    amount: 4_200,
    currency: "usd",
    capture_method: "manual",
    allowed_payment_method_types: ["card"],
    metadata: { pledge: "p", payment: "q" },
    statement_descriptor_suffix: "Clean water",
    receipt_email: "dana@example.org",
  });
  return paymentIntents.confirm(created.id, {
    payment_method,
    return_url: "https://example.org",
    use_stripe_sdk: true,
  });
};
const paid = async (payment_method?: string) => stripe.client.paymentIntents.capture((await held(payment_method)).id);
const advance = (days: number) => stripe.control("POST", "clock", { advanceMs: days * 86_400_000 });

/** Everything that the API can do, once, by the official SDK. */
async function everything(): Promise<void> {
  const { client } = stripe;
  const first = await paid();
  const charge = String(first.latest_charge);
  await client.paymentIntents.update(first.id, { metadata: { note: "x", payment: "" }, description: "A gift" });
  await client.paymentIntents.retrieve(first.id, { expand: ["latest_charge.balance_transaction", "payment_method"] });
  await client.paymentIntents.list({ limit: 3, created: { gte: 1 } });
  await client.charges.retrieve(charge, { expand: ["refunds", "payment_intent", "balance_transaction"] });
  await client.charges.update(charge, {
    description: "Gift",
    metadata: { a: "b" },
    fraud_details: { user_report: "safe" },
  });
  await client.charges.list({ payment_intent: first.id });
  const refund = await client.refunds.create({
    charge,
    amount: 1_000,
    reason: "requested_by_customer",
    metadata: { r: "1" },
  });
  await client.refunds.update(refund.id, { metadata: { r: "2" } });
  await client.refunds.retrieve(refund.id, { expand: ["charge", "balance_transaction"] });
  await client.refunds.list({ payment_intent: first.id });
  await stripe.control("POST", `refunds/${refund.id}`, { status: "failed" });
  const waiting = await stripe.control<{ id: string }>("POST", `charges/${charge}/refund`, {
    amount: 500,
    status: "requires_action",
  });
  await client.refunds.cancel(waiting.id);
  const pending = await client.refunds.create({ payment_intent: (await paid("pm_card_pendingRefund")).id });
  expect(pending.status).toBe("pending");
  await client.refunds.create({ payment_intent: (await paid("pm_card_refundFail")).id });

  const voided = await held();
  await client.paymentIntents.cancel(voided.id, { cancellation_reason: "abandoned" });
  await held("pm_card_riskLevelElevated");
  await held("pm_card_visa_chargeDeclined").catch(() => {});
  await held("pm_card_radarBlock").catch(() => {});
  const challenged = await held("pm_card_threeDSecure2Required");
  await stripe.control("POST", `payment_intents/${challenged.id}/authenticate`, { passed: true });
  const failed = await held("pm_card_threeDSecure2Required");
  await stripe.control("POST", `payment_intents/${failed.id}/authenticate`, { passed: false });
  const redirected = await client.paymentIntents.create({
    amount: 900,
    currency: "usd",
    confirm: true,
    payment_method: "pm_card_threeDSecure2Required",
    return_url: "https://example.org/back",
    automatic_payment_methods: { enabled: true },
  });
  expect(redirected.next_action?.type).toBe("redirect_to_url");
  const token = await client.testHelpers.confirmationTokens.create({ payment_method: "pm_card_mastercard" });
  await client.paymentIntents.create({
    amount: 700,
    currency: "gbp",
    confirm: true,
    confirmation_token: token.id,
    return_url: "https://example.org/back",
  });
  await client.confirmationTokens.retrieve(token.id);
  const method = await client.paymentMethods.create({
    type: "card",
    card: { number: "4242424242424242", exp_month: 12, exp_year: 2040, cvc: "123" },
    billing_details: { name: "Dana Donor", address: { postal_code: "94103", line1: "1 Street" } },
  });
  await client.paymentMethods.retrieve(method.id);

  for (const card of [
    "pm_card_createDispute",
    "pm_card_createDisputeProductNotReceived",
    "pm_card_createDisputeInquiry",
  ])
    await paid(card);
  await advance(1);
  const disputes = await client.disputes.list({ limit: 10 });
  expect(disputes.data).toHaveLength(3);
  const [inquiry, goods, fraud] = disputes.data.map((each) => each.id) as [string, string, string];
  await client.disputes.update(fraud, { evidence: { product_description: "A gift" }, submit: false });
  await client.disputes.update(fraud, { evidence: { uncategorized_text: "winning_evidence" }, submit: true });
  await client.disputes.update(inquiry, { evidence: { uncategorized_text: "escalate_inquiry_evidence" } });
  await client.disputes.close(goods);
  await stripe.control("POST", `disputes/${goods}`, { action: "appeal" });
  await stripe.control("POST", `charges/${charge}/dispute`, { kind: "prevented" });
  await advance(3);
  expect((await client.disputes.retrieve(fraud, { expand: ["charge", "payment_intent"] })).status).toBe("won");

  await client.balance.retrieve();
  await paid("pm_card_bypassPending");
  await client.payouts.create({ amount: 100, currency: "usd", description: "By hand" });
  await advance(9);
  const payouts = await client.payouts.list({ status: "paid" });
  const automatic = payouts.data.find((each) => each.automatic);
  await client.payouts.retrieve(automatic?.id ?? "");
  await client.payouts.update(automatic?.id ?? "", { metadata: { seen: "yes" } });
  const inside = await client.balanceTransactions.list({
    payout: automatic?.id ?? "",
    limit: 100,
    expand: ["data.source"],
  });
  await client.balanceTransactions.retrieve(inside.data[0]?.id ?? "");
  await client.paymentIntents.search({ query: `metadata["pledge"]:"p" AND status:"succeeded"` });
  await client.charges.search({ query: "amount>100" });
  const events = await client.events.list({ limit: 100, types: ["payment_intent.succeeded", "charge.refunded"] });
  await client.events.retrieve(events.data[0]?.id ?? "");
}

test("speaks the version that the SDK pins", () => {
  expect(Stripe.API_VERSION).toBe(API_VERSION);
});

test("every request and every object conforms to the installed package's types", { timeout: 240_000 }, async () => {
  await everything();
  const { problems, calls, objects, events } = seen.judge(schemas);
  expect([...new Set(problems)]).toEqual([]);
  expect(calls).toBeGreaterThan(60);
  expect(objects).toBeGreaterThan(80);
  expect(events).toBeGreaterThan(80);
});

test("every kind of event that the types name here has been seen", async () => {
  const list = await stripe.client.events.list({ limit: 100 }).autoPagingToArray({ limit: 1_000 });
  const kinds = [...new Set(list.map((each) => each.type))].toSorted();
  expect(kinds).toEqual(EVENTS);
});

describe("parameters", () => {
  test.each(ROUTES.map((route) => [`${route.method} ${route.path}`, route] as const))(
    "%s knows exactly those that Stripe knows",
    (endpoint, route) => {
      const known = schemas.parametersOf(endpoint);
      if (known) expect(Object.keys(route.fields).toSorted()).toEqual(known);
      // Stripe.js's own call, the list of a charge's refunds and the long list of ways to pay have no such type.
      else
        expect(["GET /v1/charges/:id/refunds", "POST /v1/confirmation_tokens", "POST /v1/payment_methods"]).toContain(
          endpoint,
        );
    },
  );
});

test("a schema says no to what does not belong", async () => {
  const intent = await stripe.client.paymentIntents.list({ limit: 1 });
  const { lastResponse: _, ...rest } = intent.data[0] as unknown as Record<string, unknown>;
  expect(schemas.problemsOf("objects", "payment_intent", rest)).toEqual([]);
  expect(schemas.problemsOf("objects", "payment_intent", { ...rest, status: "nearly" })).not.toEqual([]);
  expect(schemas.problemsOf("objects", "payment_intent", { ...rest, charges: [] })).not.toEqual([]);
  expect(schemas.problemsOf("objects", "payment_intent", { ...rest, amount: "12" })).not.toEqual([]);
});

/** Paths that the published fixture has and ours lacks; where ours is null there is nothing inside to compare. */
function missingFrom(ours: unknown, fixture: unknown, at: string): string[] {
  if (typeof fixture !== "object" || fixture === null || Array.isArray(fixture)) return [];
  if (typeof ours !== "object" || ours === null) return [];
  return Object.entries(fixture).flatMap(([key, value]) =>
    key in ours ? missingFrom(Reflect.get(ours, key), value, `${at}.${key}`) : [`${at}.${key}`],
  );
}

test("objects carry every field of Stripe's published fixtures", async () => {
  const { client } = stripe;
  const { data } = await client.charges.list({ limit: 100, expand: ["data.refunds", "data.payment_intent"] });
  const charge = data.find((each) => each.captured);
  const entry = await client.balanceTransactions.list({ limit: 1 });
  const ours: Record<string, unknown> = {
    balance: await client.balance.retrieve(),
    balance_transaction: entry.data[0],
    charge,
    confirmation_token: await client.testHelpers.confirmationTokens.create({ payment_method: "pm_card_visa" }),
    dispute: (await client.disputes.list({ limit: 1 })).data[0],
    event: (await client.events.list({ limit: 1 })).data[0],
    payment_intent: charge?.payment_intent,
    payment_method: await client.paymentMethods.retrieve("pm_card_visa"),
    payout: (await client.payouts.list({ limit: 1 })).data[0],
    refund: (await client.refunds.list({ limit: 1 })).data[0],
  };
  const resources: Record<string, unknown> = fixtures.resources;
  expect(Object.keys(resources).toSorted()).toEqual(Object.keys(ours).toSorted());
  const lacking = Object.keys(ours).flatMap((name) => missingFrom(ours[name], resources[name], name));
  // The fixtures' own examples: a bank account for a token, a plan in an event, somebody's metadata.
  const examples = /^confirmation_token\.payment_method_preview\.us_bank_account|^event\.data\.object\.|\.metadata\./;
  expect(lacking.filter((each) => !examples.test(each))).toEqual([]);
});

test("every published card number passes the Luhn check, and every name is a card's", () => {
  for (const name of publishedNames()) {
    const card = cardNamed(name);
    expect([name, card && passesLuhn(card.number)]).toEqual([name, true]);
  }
  expect(publishedNames().length).toBeGreaterThan(60);
});
