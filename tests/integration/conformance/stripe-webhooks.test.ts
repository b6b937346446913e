import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type Stripe from "stripe";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { eventually } from "../../support/eventually.ts";
import { useStripe } from "../../support/stripe.ts";

interface Received {
  readonly event: Stripe.Event;
  readonly raw: string;
  readonly signature: string;
}

const received: Received[] = [];
let answers: number[] = [];
let merchant: Server;
let url = "";

beforeAll(async () => {
  merchant = createServer((request, response) => {
    let raw = "";
    request.on("data", (chunk: Buffer) => (raw += chunk.toString("utf8")));
    request.on("end", () => {
      received.push({
        event: JSON.parse(raw) as Stripe.Event,
        raw,
        signature: String(request.headers["stripe-signature"]),
      });
      response.writeHead(answers.shift() ?? 200).end("ok");
    });
  });
  await new Promise<void>((resolve) => merchant.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(merchant.address() as AddressInfo).port}/api/webhooks/stripe`;
});
const stripe = useStripe({ webhookUrl: () => url });
afterAll(() => {
  merchant.close();
  merchant.closeAllConnections();
});
beforeEach(async () => {
  await stripe.settle();
  await stripe.control("POST", "reset");
  received.length = 0;
  answers = [];
});

const create = () => stripe.client.paymentIntents.create({ amount: 700, currency: "eur", capture_method: "manual" });
const order = (fault: object) => stripe.control("POST", "faults", { on: "webhook", ...fault });
const verify = (each: Received, secret = stripe.webhookSecret) =>
  stripe.client.webhooks.constructEvent(each.raw, each.signature, secret);

test("an event arrives signed, as the API shows it", async () => {
  const intent = await create();
  await eventually(() => expect(received).toHaveLength(1));
  const [first] = received as [Received];
  expect(verify(first)).toMatchObject({ type: "payment_intent.created", data: { object: { id: intent.id } } });
  expect(() => verify(first, "whsec_other")).toThrow("No signatures found");
  expect(() => verify({ ...first, raw: first.raw.replace("700", "701") })).toThrow("No signatures found");
  await stripe.settle();
  const shown = await stripe.client.events.retrieve(first.event.id);
  expect(shown).toMatchObject({ data: first.event.data, pending_webhooks: 0, api_version: "2026-10-28.endive" });
  expect(shown.request?.id).toMatch(/^req_/);
});

test("what is not taken is tried again, later and later, for three days", async () => {
  answers = [500, 302, 404, 500];
  await create();
  await eventually(() => expect(received).toHaveLength(1));
  await stripe.settle();
  for (const [tries, wait] of [
    [2, 10_000],
    [3, 60_000],
    [4, 300_000],
    [5, 1_800_000],
  ] as const) {
    await stripe.control("POST", "clock", { advanceMs: wait + 1 });
    await stripe.settle();
    expect(received).toHaveLength(tries);
  }
  const { deliveries } = await stripe.control<{ deliveries: object[] }>("GET", "deliveries");
  expect(deliveries).toMatchObject([{ state: "delivered", attempts: 5, last_status: 200 }]);
});

test("after three days it is given up, and a click sends it again", async () => {
  answers = Array.from({ length: 40 }, () => 500);
  await create();
  for (let half = 0; half < 10; half += 1) {
    await stripe.control("POST", "clock", { advanceMs: 12 * 3_600_000 });
    await stripe.settle();
  }
  expect(await stripe.control("GET", "deliveries")).toMatchObject({ deliveries: [{ state: "failed" }] });
  const [first] = received as [Received];
  answers = [];
  received.length = 0;
  await stripe.control("POST", `events/${first.event.id}/resend`);
  await eventually(() => expect(received).toHaveLength(1));
  expect(received[0]?.event.id).toBe(first.event.id);
});

test("a rolled secret signs beside the old one until that one ends", async () => {
  const { secret } = await stripe.control<{ secret: string }>("POST", "webhooks/roll", { keepOldMs: 3_600_000 });
  await create();
  await eventually(() => expect(received).toHaveLength(1));
  const [both] = received as [Received];
  expect(both.signature.match(/v1=/g)).toHaveLength(2);
  expect(verify(both).id).toBe(verify(both, secret).id);
  await stripe.control("POST", "clock", { advanceMs: 3_600_001 });
  await create();
  await eventually(() => expect(received).toHaveLength(2));
  const last = received[1] as Received;
  expect(verify(last, secret).type).toBe("payment_intent.created");
  expect(() => verify(last)).toThrow("No signatures found");
});

test("duplicated: one id several times; a twin: one fact under two ids", async () => {
  await order({ kind: "duplicate", times: 3 });
  await create();
  await eventually(() => expect(received).toHaveLength(4));
  expect(new Set(received.map((each) => each.event.id)).size).toBe(1);
  received.length = 0;
  await order({ kind: "twin" });
  await create();
  await eventually(() => expect(received).toHaveLength(2));
  expect(new Set(received.map((each) => each.event.id)).size).toBe(2);
  expect(received[0]?.event.data).toEqual(received[1]?.event.data);
});

test("dropped: never sent, but listed; delayed: sent when its time has come", async () => {
  await order({ kind: "drop" });
  await order({ kind: "delay", ms: 72 * 3_600_000, event: "charge.*" });
  const intent = await create();
  await stripe.client.paymentIntents.confirm(intent.id, {
    payment_method: "pm_card_visa",
    return_url: "https://example.org",
  });
  await stripe.settle();
  expect(received.map((each) => each.event.type)).toEqual(["payment_intent.amount_capturable_updated"]);
  expect((await stripe.client.events.list()).data).toHaveLength(3);
  await stripe.control("POST", "clock", { advanceMs: 72 * 3_600_000 });
  await stripe.settle();
  expect(received.map((each) => each.event.type)).toContain("charge.succeeded");
});

test("reordered by a seed, in an order of the emulator's time", async () => {
  await stripe.control("POST", "settings", { webhooks: "manual" });
  await order({ kind: "reorder", ms: 60_000, count: null, seed: 5 });
  for (let made = 0; made < 6; made += 1) await create();
  const { deliveries } = await stripe.control<{ deliveries: { id: number; due_at: number }[] }>("GET", "deliveries");
  const sent = deliveries.toSorted((a, b) => a.due_at - b.due_at).map((each) => each.id);
  expect(sent).not.toEqual(sent.toSorted((a, b) => a - b));
  await stripe.control("POST", "deliveries/send", { ids: sent });
  expect(received).toHaveLength(6);
});

test("signed by a wrong clock it is too old for the SDK", async () => {
  await order({ kind: "skew", ms: -600_000 });
  await create();
  await eventually(() => expect(received).toHaveLength(1));
  expect(() => verify(received[0] as Received)).toThrow("Timestamp outside the tolerance zone");
});

test("by hand: nothing goes out until it is sent, in any order", async () => {
  await stripe.control("POST", "settings", { webhooks: "manual" });
  const intent = await create();
  await stripe.client.paymentIntents.confirm(intent.id, {
    payment_method: "pm_card_visa",
    return_url: "https://example.org",
  });
  await stripe.settle();
  expect(received).toEqual([]);
  const { deliveries } = await stripe.control<{ deliveries: { id: number }[] }>("GET", "deliveries");
  await stripe.control("POST", "deliveries/send", { ids: deliveries.map((each) => each.id) });
  expect(received.map((each) => each.event.type)).toEqual([
    "payment_intent.amount_capturable_updated",
    "charge.succeeded",
    "payment_intent.created",
  ]);
});
