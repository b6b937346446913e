import Stripe from "stripe";
import { expect, test } from "vitest";
import { useStripe } from "../../support/stripe.ts";

const stripe = useStripe();

const intent = (extra: Partial<Stripe.PaymentIntentCreateParams> = {}) =>
  stripe.client.paymentIntents.create({
    amount: 2_500,
    currency: "eur",
    capture_method: "manual",
    allowed_payment_method_types: ["card"],
    metadata: { pledge: "p1" },
    ...extra,
  });
const confirm = (id: string, payment_method = "pm_card_visa") =>
  stripe.client.paymentIntents.confirm(id, {
    payment_method,
    return_url: "https://example.org/back",
    use_stripe_sdk: true,
  });
const types = async (): Promise<string[]> =>
  (await stripe.client.events.list({ limit: 100 })).data.map((event) => event.type).toReversed();

async function refused(work: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  const error: unknown = await work.then(
    () => "no error",
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Stripe.errors.StripeError);
  return error as Stripe.errors.StripeError;
}

test("a payment is authorised, then captured", async () => {
  await stripe.control("POST", "reset");
  const created = await intent();
  expect(created).toMatchObject({ status: "requires_payment_method", amount: 2_500, payment_method_types: ["card"] });
  const held = await confirm(created.id);
  expect(held).toMatchObject({ status: "requires_capture", amount_capturable: 2_500, amount_received: 0 });
  const charge = await stripe.client.charges.retrieve(String(held.latest_charge), { expand: ["payment_intent"] });
  expect(charge).toMatchObject({ captured: false, paid: true, outcome: { risk_level: "normal" } });
  expect(charge.payment_method_details?.card?.capture_before).toBe(charge.created + 7 * 86_400);
  const paid = await stripe.client.paymentIntents.capture(held.id, { expand: ["latest_charge.balance_transaction"] });
  expect(paid).toMatchObject({ status: "succeeded", amount_received: 2_500, amount_capturable: 0 });
  expect((paid.latest_charge as Stripe.Charge).balance_transaction).toMatchObject({
    amount: 2_500,
    fee: 63,
    net: 2_437,
  });
  expect(await types()).toEqual([
    "payment_intent.created",
    "charge.succeeded",
    "payment_intent.amount_capturable_updated",
    "charge.captured",
    "payment_intent.succeeded",
  ]);
});

test("a declined card leaves a failed charge and the intent open", async () => {
  const created = await intent();
  const error = await refused(confirm(created.id, "pm_card_visa_chargeDeclinedInsufficientFunds"));
  expect(error).toMatchObject({ statusCode: 402, code: "card_declined", decline_code: "insufficient_funds" });
  const after = await stripe.client.paymentIntents.retrieve(created.id);
  expect(after).toMatchObject({ status: "requires_payment_method", payment_method: null });
  expect(after.last_payment_error).toMatchObject({ code: "card_declined", decline_code: "insufficient_funds" });
});

test.each([
  ["pm_card_visa_chargeDeclined", "card_declined", "generic_decline"],
  ["pm_card_visa_chargeDeclinedLostCard", "card_declined", "lost_card"],
  ["pm_card_visa_chargeDeclinedStolenCard", "card_declined", "stolen_card"],
  ["pm_card_chargeDeclinedExpiredCard", "expired_card", "expired_card"],
  ["pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", "incorrect_cvc"],
  ["pm_card_chargeDeclinedProcessingError", "processing_error", "processing_error"],
  ["pm_card_visa_chargeDeclinedVelocityLimitExceeded", "card_declined", "card_velocity_exceeded"],
  ["pm_card_radarBlock", "card_declined", "fraudulent"],
])("%s is declined with %s / %s", async (card, code, declineCode) => {
  const error = await refused(confirm((await intent()).id, card));
  expect(error).toMatchObject({ statusCode: 402, rawType: "card_error", code, decline_code: declineCode });
  const charge = await stripe.client.charges.retrieve(String(error.charge));
  expect(charge).toMatchObject({ status: "failed", paid: false, failure_code: code });
});

test("the risk level of a card is Radar's", async () => {
  for (const [card, level] of [
    ["pm_card_riskLevelElevated", "elevated"],
    ["pm_card_riskLevelHighest", "highest"],
  ] as const) {
    const held = await confirm((await intent()).id, card);
    const charge = await stripe.client.charges.retrieve(String(held.latest_charge));
    expect(charge.outcome).toMatchObject({ risk_level: level, network_status: "approved_by_network" });
  }
});

test("the fingerprint is the card's, whatever the payment method", async () => {
  const prints = new Set<string>();
  for (const card of ["pm_card_visa", "pm_card_visa", "pm_card_mastercard"]) {
    const held = await confirm((await intent()).id, card);
    const charge = await stripe.client.charges.retrieve(String(held.latest_charge));
    prints.add(String(charge.payment_method_details?.card?.fingerprint));
  }
  expect(prints.size).toBe(2);
});

test("a partial capture releases the rest and makes no refund", async () => {
  const held = await confirm((await intent()).id);
  const error = await refused(stripe.client.paymentIntents.capture(held.id, { amount_to_capture: 2_501 }));
  expect(error).toMatchObject({ statusCode: 400, code: "amount_too_large", param: "amount_to_capture" });
  const paid = await stripe.client.paymentIntents.capture(held.id, { amount_to_capture: 1_000 });
  expect(paid).toMatchObject({ status: "succeeded", amount: 2_500, amount_received: 1_000, amount_capturable: 0 });
  const charge = await stripe.client.charges.retrieve(String(paid.latest_charge), { expand: ["refunds"] });
  expect(charge).toMatchObject({ amount: 2_500, amount_captured: 1_000, amount_refunded: 0, refunded: false });
  expect(charge.refunds?.data).toEqual([]);
  expect(await refused(stripe.client.paymentIntents.capture(held.id))).toMatchObject({
    statusCode: 400,
    code: "payment_intent_unexpected_state",
  });
});

test("a void makes neither a refund nor charge.refunded", async () => {
  await stripe.control("POST", "reset");
  const held = await confirm((await intent()).id);
  const gone = await stripe.client.paymentIntents.cancel(held.id, { cancellation_reason: "requested_by_customer" });
  expect(gone).toMatchObject({
    status: "canceled",
    amount_capturable: 0,
    cancellation_reason: "requested_by_customer",
  });
  expect((await types()).slice(3)).toEqual(["payment_intent.canceled"]);
  expect((await stripe.client.refunds.list()).data).toEqual([]);
  expect(await refused(stripe.client.paymentIntents.cancel(held.id))).toMatchObject({
    code: "payment_intent_unexpected_state",
    payment_intent: expect.objectContaining({ status: "canceled" }) as unknown,
  });
  expect(await refused(stripe.client.refunds.create({ payment_intent: held.id }))).toMatchObject({ statusCode: 400 });
});

test("a hold that nobody captures expires after seven days", async () => {
  await stripe.control("POST", "reset");
  const held = await confirm((await intent()).id);
  await stripe.control("POST", "clock", { advanceMs: 7 * 86_400_000 - 60_000 });
  expect((await stripe.client.paymentIntents.retrieve(held.id)).status).toBe("requires_capture");
  await stripe.control("POST", "clock", { advanceMs: 120_000 });
  expect(await stripe.client.paymentIntents.retrieve(held.id)).toMatchObject({
    status: "canceled",
    cancellation_reason: "expired",
  });
  expect((await types()).slice(3)).toEqual(["charge.expired", "payment_intent.canceled"]);
});

test("3-D Secure: passed it is asked for, failed it is an error of the intent", async () => {
  const passing = await confirm((await intent()).id, "pm_card_threeDSecure2Required");
  expect(passing).toMatchObject({ status: "requires_action", next_action: { type: "use_stripe_sdk" } });
  await stripe.control("POST", `payment_intents/${passing.id}/authenticate`, { passed: true });
  const held = await stripe.client.paymentIntents.retrieve(passing.id, { expand: ["latest_charge"] });
  expect(held.status).toBe("requires_capture");
  expect((held.latest_charge as Stripe.Charge).payment_method_details?.card?.three_d_secure?.result).toBe(
    "authenticated",
  );
  const failing = await confirm((await intent()).id, "pm_card_threeDSecure2Required");
  await stripe.control("POST", `payment_intents/${failing.id}/authenticate`, { passed: false });
  expect(await stripe.client.paymentIntents.retrieve(failing.id)).toMatchObject({
    status: "requires_payment_method",
    last_payment_error: { code: "payment_intent_authentication_failure" },
  });
  const declined = await confirm((await intent()).id, "pm_card_threeDSecureRequiredChargeDeclined");
  await stripe.control("POST", `payment_intents/${declined.id}/authenticate`, { passed: true });
  expect(await stripe.client.paymentIntents.retrieve(declined.id)).toMatchObject({
    status: "requires_payment_method",
    last_payment_error: { code: "card_declined" },
  });
  expect(
    await refused(
      stripe.client.paymentIntents.confirm((await intent()).id, {
        payment_method: "pm_card_authenticationRequired",
        error_on_requires_action: true,
      }),
    ),
  ).toMatchObject({ statusCode: 402, decline_code: "authentication_required" });
});

test("a confirmation token works once, and not after twelve hours", async () => {
  const token = await stripe.client.testHelpers.confirmationTokens.create({ payment_method: "pm_card_visa" });
  const first = await intent();
  const second = await intent();
  const by = (id: string, confirmation_token: string) =>
    stripe.client.paymentIntents.confirm(id, { confirmation_token, return_url: "https://example.org" });
  expect((await by(first.id, token.id)).status).toBe("requires_capture");
  expect((await stripe.client.confirmationTokens.retrieve(token.id)).payment_intent).toBe(first.id);
  expect(await refused(by(second.id, token.id))).toMatchObject({ statusCode: 400, param: "confirmation_token" });
  expect(await refused(by(second.id, "ctoken_nothing"))).toMatchObject({ statusCode: 400, code: "resource_missing" });
  const old = await stripe.client.testHelpers.confirmationTokens.create({ payment_method: "pm_card_visa" });
  await stripe.control("POST", "clock", { advanceMs: 12 * 3_600_000 + 1_000 });
  expect(await refused(by(second.id, old.id))).toMatchObject({ statusCode: 400, param: "confirmation_token" });
  expect((await stripe.client.paymentIntents.retrieve(second.id)).status).toBe("requires_payment_method");
});

test.each([
  [{ amount: 49 }, "amount_too_small", "amount"],
  [{ amount: 100_000_000 }, "amount_too_large", "amount"],
  [{ amount: 49, currency: "jpy" }, "amount_too_small", "amount"],
  [{ amount: 1_005, currency: "kwd" }, "invalid_charge_amount", "amount"],
  [{ amount: -5 }, "parameter_invalid_integer", "amount"],
  [{ currency: "xyz" }, undefined, "currency"],
  [{ statement_descriptor: "CareForAll" }, undefined, "statement_descriptor"],
  [{ statement_descriptor_suffix: "a*b" }, "invalid_characters", "statement_descriptor_suffix"],
  [{ return_url: "https://example.org" }, undefined, "return_url"],
  [{ metadata: { ["k".repeat(41)]: "v" } }, undefined, "metadata"],
])("an intent with %o is refused", async (wrong, code, param) => {
  expect(await refused(intent(wrong))).toMatchObject({ statusCode: 400, code, param });
});

test("what Stripe does not know is refused by name, and what it needs is asked for", async () => {
  const call = async (body: string, path = "payment_intents") => {
    const response = await fetch(`${stripe.url}/v1/${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${stripe.secretKey}` },
      body: new URLSearchParams(body),
    });
    return { status: response.status, id: response.headers.get("request-id"), body: (await response.json()) as object };
  };
  const unknown = await call("amount=500&currency=eur&payment_method_types[]=card");
  expect(unknown).toMatchObject({
    status: 400,
    id: expect.stringMatching(/^req_/) as unknown,
    body: { error: { type: "invalid_request_error", code: "parameter_unknown", param: "payment_method_types" } },
  });
  expect(await call("amount=500&currency=eur&payment_method_options[card][nonsense]=1")).toMatchObject({
    body: { error: { code: "parameter_unknown", param: "payment_method_options[card][nonsense]" } },
  });
  expect(await call("currency=eur")).toMatchObject({ body: { error: { code: "parameter_missing", param: "amount" } } });
  expect(await call("amount=5.5&currency=eur")).toMatchObject({
    body: { error: { code: "parameter_invalid_integer" } },
  });
  expect(await call("amount=&currency=eur")).toMatchObject({ body: { error: { code: "parameter_invalid_empty" } } });
  expect(await call("amount=500&currency=eur&customer=cus_1")).toMatchObject({
    status: 400,
    body: { error: { param: "customer" } },
  });
  expect(await call("", "nonsense")).toMatchObject({ status: 404 });
});

test("keys: none, a wrong one, and a publishable one where a secret one is due", async () => {
  const call = (path: string, key?: string) =>
    fetch(`${stripe.url}/v1/${path}`, key ? { headers: { authorization: `Bearer ${key}` } } : {});
  expect((await call("balance")).status).toBe(401);
  expect((await call("balance", "sk_test_wrong")).status).toBe(401);
  expect((await call("balance", stripe.publishableKey)).status).toBe(403);
  const created = await intent();
  const path = `payment_intents/${created.id}`;
  expect((await call(path, stripe.publishableKey)).status).toBe(401);
  expect((await call(`${path}?client_secret=${created.id}_secret_wrong`, stripe.publishableKey)).status).toBe(400);
  const seen = await call(`${path}?client_secret=${created.client_secret}`, stripe.publishableKey);
  expect(seen.status).toBe(200);
  expect(await seen.json()).not.toHaveProperty("metadata");
});

test("lists go from newest to oldest, page by page, both ways", async () => {
  await stripe.control("POST", "reset");
  const made: string[] = [];
  for (let count = 0; count < 7; count += 1) made.unshift((await intent()).id);
  const ids = (list: { data: { id: string }[] }) => list.data.map((each) => each.id);
  const { paymentIntents } = stripe.client;
  const first = await paymentIntents.list({ limit: 3 });
  expect([ids(first), first.has_more]).toEqual([made.slice(0, 3), true]);
  const next = await paymentIntents.list({ limit: 4, starting_after: made[2] ?? "" });
  expect([ids(next), next.has_more]).toEqual([made.slice(3), false]);
  const back = await paymentIntents.list({ limit: 2, ending_before: made[4] ?? "" });
  expect([ids(back), back.has_more]).toEqual([made.slice(2, 4), true]);
  expect((await paymentIntents.list({ limit: 2 }).autoPagingToArray({ limit: 100 })).map((each) => each.id)).toEqual(
    made,
  );
  expect(await refused(paymentIntents.list({ starting_after: "pi_none" }))).toMatchObject({ code: "resource_missing" });
  expect(await refused(paymentIntents.list({ limit: 101 }))).toMatchObject({ param: "limit" });
  const now = await stripe.control<{ now: number }>("GET", "clock");
  const later = { gt: Math.floor(now.now / 1_000) + 5 };
  expect(ids(await paymentIntents.list({ created: later }))).toEqual([]);
});

test("search finds by metadata, but not what is younger than a minute", async () => {
  await stripe.control("POST", "reset");
  const wanted = await intent({ metadata: { pledge: "wanted" } });
  await intent({ metadata: { pledge: "other" } });
  const query = `metadata["pledge"]:"wanted"`;
  expect((await stripe.client.paymentIntents.search({ query })).data).toEqual([]);
  await stripe.control("POST", "clock", { advanceMs: 61_000 });
  expect((await stripe.client.paymentIntents.search({ query })).data.map((each) => each.id)).toEqual([wanted.id]);
  expect((await stripe.client.paymentIntents.search({ query: `-${query}` })).data).toHaveLength(1);
  expect(await refused(stripe.client.paymentIntents.search({ query: "nonsense" }))).toMatchObject({ param: "query" });
});
