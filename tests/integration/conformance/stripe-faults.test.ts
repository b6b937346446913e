import Stripe from "stripe";
import { expect, test } from "vitest";
import { stripeClient, useStripe } from "../../support/stripe.ts";

const stripe = useStripe();

const create = (client: Stripe = stripe.client, key?: string) =>
  client.paymentIntents.create(
    { amount: 700, currency: "eur", capture_method: "manual" },
    key ? { idempotencyKey: key } : {},
  );
const count = async () => (await stripe.client.paymentIntents.list({ limit: 100 })).data.length;
const order = (fault: object) => stripe.control<{ id: string }>("POST", "faults", fault);
const reset = () => stripe.control("POST", "reset");
/** Gives up soon, as a caller with a time-out does. */
const impatient = () => {
  const { hostname, port } = new URL(stripe.url);
  return new Stripe(stripe.secretKey, { host: hostname, port, protocol: "http", timeout: 300, maxNetworkRetries: 0 });
};

test("a time-out before the effect leaves nothing; after it, everything", async () => {
  await reset();
  await order({ on: "api", kind: "timeout", when: "before", method: "POST" });
  await expect(create(impatient(), "before")).rejects.toBeInstanceOf(Stripe.errors.StripeConnectionError);
  expect(await count()).toBe(0);
  await create(stripe.client, "before");
  expect(await count()).toBe(1);
  await order({ on: "api", kind: "timeout", when: "after", method: "POST" });
  await expect(create(impatient(), "after")).rejects.toBeInstanceOf(Stripe.errors.StripeConnectionError);
  expect(await count()).toBe(2);
  const replayed = await create(stripe.client, "after");
  expect(replayed.lastResponse.headers["idempotent-replayed"]).toBe("true");
  expect(await count()).toBe(2);
});

test("a connection is cut before the effect, or after it", async () => {
  await reset();
  for (const [when, there] of [
    ["before", 0],
    ["after", 1],
  ] as const) {
    await order({ on: "api", kind: "reset", when, method: "POST" });
    // Not by the SDK, which sends a call whose connection was cut once more, whatever maxNetworkRetries says.
    const call = fetch(`${stripe.url}/v1/payment_intents`, {
      method: "POST",
      headers: { authorization: `Bearer ${stripe.secretKey}` },
      body: new URLSearchParams({ amount: "700", currency: "eur" }),
    });
    await expect(call).rejects.toThrow("fetch failed");
    expect(await count()).toBe(there);
  }
});

test("an error has the status that was ordered, on the path that was ordered, as often as ordered", async () => {
  await reset();
  await order({ on: "api", kind: "error", status: 429, path: "/v1/payment_intents", method: "POST", count: 2 });
  await expect(create()).rejects.toBeInstanceOf(Stripe.errors.StripeRateLimitError);
  await expect(stripe.client.balance.retrieve()).resolves.toBeDefined();
  await expect(create()).rejects.toMatchObject({ statusCode: 429, code: "rate_limit" });
  await expect(create()).resolves.toBeDefined();
});

test("an outage keeps a repeated call from its saved answer too", async () => {
  await reset();
  const first = await create(stripe.client, "kept");
  await order({ on: "api", kind: "error", status: 503, count: null });
  await expect(create(stripe.client, "kept")).rejects.toMatchObject({ statusCode: 503 });
  await stripe.control("DELETE", "faults");
  expect((await create(stripe.client, "kept")).id).toBe(first.id);
});

test("a fault without end lasts until it is taken back", async () => {
  await reset();
  const { id } = await order({ on: "api", kind: "error", status: 503, count: null });
  for (let round = 0; round < 3; round += 1) await expect(create()).rejects.toMatchObject({ statusCode: 503 });
  expect(await stripe.control("DELETE", `faults/${id}`)).toEqual({ removed: 1 });
  await expect(create()).resolves.toBeDefined();
});

test("the same seed strikes the same calls", async () => {
  const outcomes = async (seed: number) => {
    await reset();
    await order({ on: "api", kind: "error", count: null, probability: 0.5, seed });
    const struck: boolean[] = [];
    for (let call = 0; call < 24; call += 1)
      struck.push(
        await create().then(
          () => false,
          () => true,
        ),
      );
    return struck;
  };
  const first = await outcomes(7);
  expect(await outcomes(7)).toEqual(first);
  expect(await outcomes(8)).not.toEqual(first);
  expect(new Set(first)).toEqual(new Set([true, false]));
});

test("what cannot be ordered is refused with a reason", async () => {
  const send = async (body: unknown) => {
    const response = await fetch(`${stripe.url}/_emulator/faults`, { method: "POST", body: JSON.stringify(body) });
    return { status: response.status, body: (await response.json()) as { error: string } };
  };
  expect((await send({ on: "api", kind: "earthquake" })).status).toBe(400);
  expect((await send({ on: "webhook", kind: "delay" })).status).toBe(400);
  expect((await fetch(`${stripe.url}/_emulator/nothing`)).status).toBe(404);
  const foreign = await fetch(`${stripe.url}/_emulator/reset`, {
    method: "POST",
    headers: { origin: "https://evil.example" },
  });
  expect(foreign.status).toBe(403);
});

test("an outage refuses connections, and what was acknowledged is there afterwards", async () => {
  await reset();
  const before = await create();
  await stripe.stop();
  await expect(create(stripeClient("http://127.0.0.1:9", stripe.secretKey))).rejects.toBeInstanceOf(
    Stripe.errors.StripeConnectionError,
  );
  await stripe.start();
  expect((await stripe.client.paymentIntents.retrieve(before.id)).status).toBe("requires_payment_method");
});
