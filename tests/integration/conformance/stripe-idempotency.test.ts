import { expect, test } from "vitest";
import { useStripe } from "../../support/stripe.ts";

const stripe = useStripe();

interface Answered {
  readonly status: number;
  readonly replayed: boolean;
  readonly retry: string | null;
  readonly body: { id?: string; error?: { type: string; code?: string } };
}

async function post(path: string, key: string, form: Record<string, string>): Promise<Answered> {
  const response = await fetch(`${stripe.url}/v1/${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${stripe.secretKey}`, "idempotency-key": key },
    body: new URLSearchParams(form),
  });
  return {
    status: response.status,
    replayed: response.headers.get("idempotent-replayed") === "true",
    retry: response.headers.get("stripe-should-retry"),
    body: (await response.json()) as Answered["body"],
  };
}
const INTENT = { amount: "700", currency: "eur", capture_method: "manual" };
const count = async () => (await stripe.client.paymentIntents.list({ limit: 100 })).data.length;

test("a repeated key answers the same again, and does nothing", async () => {
  await stripe.control("POST", "reset");
  const first = await post("payment_intents", "same", INTENT);
  const again = await post("payment_intents", "same", { ...INTENT });
  expect(first).toMatchObject({ status: 200, replayed: false });
  expect(again).toEqual({ ...first, replayed: true });
  expect(await count()).toBe(1);
});

test("a declined card is replayed as declined, with one charge", async () => {
  const made = await post("payment_intents", "to-decline", INTENT);
  const confirm = { payment_method: "pm_card_visa_chargeDeclined", return_url: "https://example.org" };
  const path = `payment_intents/${made.body.id}/confirm`;
  const first = await post(path, "decline", confirm);
  expect(first).toMatchObject({ status: 402, body: { error: { code: "card_declined" } } });
  expect(await post(path, "decline", confirm)).toEqual({ ...first, replayed: true });
  const charges = await stripe.client.charges.list({ payment_intent: made.body.id ?? "" });
  expect(charges.data).toHaveLength(1);
});

test("other parameters under a key, or another endpoint, are refused", async () => {
  await post("payment_intents", "reused", INTENT);
  for (const answer of [
    await post("payment_intents", "reused", { ...INTENT, amount: "800" }),
    await post("refunds", "reused", INTENT),
  ])
    expect(answer).toMatchObject({ status: 400, body: { error: { type: "idempotency_error" } } });
});

test("while a key's request runs, another one with it is told so", async () => {
  await stripe.control("POST", "reset");
  await stripe.control("POST", "faults", {
    on: "api",
    kind: "latency",
    ms: 400,
    path: "/v1/payment_intents",
    count: 1,
  });
  const answers = await Promise.all(Array.from({ length: 20 }, () => post("payment_intents", "at-once", INTENT)));
  const statuses = answers.map((each) => each.status).toSorted();
  expect(statuses).toEqual([200, ...Array.from({ length: 19 }, () => 409)]);
  expect(answers.find((each) => each.status === 409)).toMatchObject({
    retry: "true",
    body: { error: { type: "idempotency_error", code: "idempotency_key_in_use" } },
  });
  expect(await post("payment_intents", "at-once", INTENT)).toMatchObject({ status: 200, replayed: true });
  expect(await count()).toBe(1);
});

test("what fails validation is not kept: the key may be used for the right request", async () => {
  const wrong = await post("payment_intents", "corrected", { ...INTENT, nonsense: "1" });
  expect(wrong).toMatchObject({ status: 400, body: { error: { code: "parameter_unknown" } } });
  expect(await post("payment_intents", "corrected", INTENT)).toMatchObject({ status: 200, replayed: false });
});

test("what the endpoint itself refused is kept", async () => {
  const made = await post("payment_intents", "to-capture", INTENT);
  const path = `payment_intents/${made.body.id}/capture`;
  const first = await post(path, "early", {});
  expect(first).toMatchObject({ status: 400, body: { error: { code: "payment_intent_unexpected_state" } } });
  expect(await post(path, "early", {})).toEqual({ ...first, replayed: true });
});

test("a saved 500 is replayed; one that was not saved is not", async () => {
  await stripe.control("POST", "reset");
  await stripe.control("POST", "faults", { on: "api", kind: "error", saved: true });
  const saved = await post("payment_intents", "saved", INTENT);
  expect(saved).toMatchObject({ status: 500, body: { error: { type: "api_error" } } });
  expect(await post("payment_intents", "saved", INTENT)).toMatchObject({ status: 500, replayed: true, retry: "false" });
  expect(await count()).toBe(0);
  await stripe.control("POST", "faults", { on: "api", kind: "error" });
  expect(await post("payment_intents", "lost", INTENT)).toMatchObject({ status: 500 });
  expect(await post("payment_intents", "lost", INTENT)).toMatchObject({ status: 200, replayed: false });
  // After its effect an error is always saved: the intent is there, the key says 500 for good.
  await stripe.control("POST", "faults", { on: "api", kind: "error", when: "after" });
  expect(await post("payment_intents", "both", INTENT)).toMatchObject({ status: 500 });
  expect(await post("payment_intents", "both", INTENT)).toMatchObject({ status: 500, replayed: true });
  expect(await count()).toBe(2);
});

test("a key is forgotten after a day", async () => {
  await stripe.control("POST", "reset");
  const first = await post("payment_intents", "old", INTENT);
  await stripe.control("POST", "clock", { advanceMs: 23 * 3_600_000 });
  expect(await post("payment_intents", "old", INTENT)).toMatchObject({ replayed: true, body: { id: first.body.id } });
  await stripe.control("POST", "clock", { advanceMs: 2 * 3_600_000 });
  expect(await post("payment_intents", "old", INTENT)).toMatchObject({ status: 200, replayed: false });
  expect(await count()).toBe(2);
});
