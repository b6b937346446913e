import { randomUUID } from "node:crypto";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { POST as refresh } from "@/app/api/v1/pledges/[id]/refresh/route";
import { sweepPayments } from "@/lib/giving/payment/sweep-payments";
import { startOutageRecords } from "@/lib/platform/resilience/start";
import { eventually } from "../../support/eventually.ts";
import { call } from "../accounts/calls.ts";
import { gift, given, useGiving } from "./giving-harness.ts";

vi.mock("next/headers", async () => (await import("../accounts/request-scope.ts")).nextHeaders());
vi.mock("next/server", async (original) => (await import("../accounts/request-scope.ts")).nextServer(original));
// The same policy with shorter times: what is tried is what happens after them.
vi.mock("@/lib/platform/resilience/policies", async (original) => {
  const real = await original<typeof import("@/lib/platform/resilience/policies")>();
  const stripe = {
    ...real.POLICIES.stripe,
    timeoutMs: 1_500,
    firstDelayMs: 20,
    breaker: { failures: 5, openMs: 1_500, successes: 1 },
  };
  return { ...real, POLICIES: { ...real.POLICIES, stripe } };
});

const giving = useGiving();
let campaign: string;
beforeAll(async () => {
  campaign = await giving.campaign();
  startOutageRecords();
});
afterEach(async () => {
  await giving.stripe.control("DELETE", "faults");
  await healed();
});

const CREATE = { method: "POST", path: "/v1/payment_intents" };
const CONFIRM = { method: "POST", path: "/v1/payment_intents/*/confirm" };
const fault = (order: object) => giving.stripe.control("POST", "faults", { on: "api", ...order });

/** Waits until a fresh gift goes through: the breaker may still be open after what a test did. */
const healed = () => eventually(async () => expect((await giving.give(gift(campaign))).status).toBe(201));

const look = (id: string, token: string) =>
  call(refresh, {
    method: "POST",
    path: `/api/v1/pledges/${id}/refresh`,
    params: { id },
    headers: { "x-status-token": token },
  });

/** As if time had passed for this payment. */
const due = (id: string) =>
  giving.supabase.sql`update public.payments set check_at = now(), waiting_until = now() - interval '1 second'
    where pledge_id = ${id} and waiting_for is not null`;

describe("an outcome that nobody knows", () => {
  it.each([
    ["confirmed, but the answer never came", { ...CONFIRM, kind: "timeout", when: "after" }, "authorized"],
    ["cut off after the confirm", { ...CONFIRM, kind: "reset", when: "after" }, "authorized"],
  ])("%s: found by reading, one charge", async (_, order, state) => {
    await fault(order);
    const key = randomUUID();
    const body = gift(campaign);
    const first = await giving.give(body, { key });
    expect([201, 202]).toContain(first.status);
    expect(given(first).payment.state).toBe(first.status === 202 ? "pending" : state);
    await giving.stripe.control("DELETE", "faults");
    const again = await eventually(async () => {
      const reply = await giving.give(body, { key });
      expect([200, 201]).toContain(reply.status);
      return reply;
    });
    expect(given(again).payment.state).toBe(state);
    expect(await giving.chargesOf(given(first).pledge.id)).toBe(1);
  });

  it("nothing can be read either: 202, pending; refresh, the same key and the sweeper all find the one charge", async () => {
    await giving.stripe.control("POST", "settings", { webhooks: "manual" });
    await fault({ ...CONFIRM, kind: "timeout", when: "after" });
    await fault({ method: "GET", path: "/v1/payment_intents/*", kind: "timeout", when: "before", count: null });
    const key = randomUUID();
    const body = gift(campaign);
    const first = await giving.give(body, { key });
    const { pledge, payment, statusToken } = given(first);
    expect([first.status, payment.state]).toEqual([202, "pending"]);
    expect(statusToken).toEqual(expect.any(String));
    await giving.stripe.control("DELETE", "faults");
    await healed();
    expect(given(await look(pledge.id, statusToken)).payment.state).toBe("authorized");
    await giving.stripe.control("POST", "settings", { webhooks: "auto" });
    const again = await giving.give(body, { key });
    expect([again.status, given(again).payment.state]).toEqual([201, "authorized"]);
    expect(await giving.chargesOf(pledge.id)).toBe(1);
  });

  it("a create that was not answered is found by its metadata; the sweeper confirms nothing", async () => {
    await fault({ ...CREATE, kind: "timeout", when: "after" });
    await fault({ method: "GET", path: "/v1/payment_intents", kind: "timeout", when: "before", count: null });
    const key = randomUUID();
    const body = gift(campaign);
    const first = await giving.give(body, { key });
    expect(first.status).toBe(202);
    const { pledge } = given(first);
    await giving.stripe.control("DELETE", "faults");
    await healed();
    await giving.supabase.sql`update public.payments set check_at = now() where pledge_id = ${pledge.id}`;
    await sweepPayments();
    const [swept] = await giving.supabase
      .sql`select state, intent_id from public.payments where pledge_id = ${pledge.id}`;
    expect(swept).toMatchObject({ state: "pending", intent_id: expect.stringMatching(/^pi_/) as string });
    expect(await giving.chargesOf(pledge.id)).toBe(0);
    const again = await giving.give(body, { key });
    expect([again.status, given(again).payment.state]).toEqual([201, "authorized"]);
    const intents = await giving.stripe.client.paymentIntents.list({ limit: 100 });
    expect(intents.data.filter((intent) => intent.metadata["pledge"] === pledge.id)).toHaveLength(1);
  });

  it("a saved 500 is not replayed for ever: read, no effect, the next n; with effect, no second one", async () => {
    await fault({ ...CONFIRM, kind: "error", status: 500, when: "before", saved: true });
    const first = await giving.give(gift(campaign));
    expect([first.status, given(first).payment.state]).toEqual([201, "authorized"]);
    const [calls] = await giving.supabase.sql`
      select n from private.provider_calls where subject_id = ${given(first).payment.id} and operation = 'confirm'`;
    expect(calls).toMatchObject({ n: 2 });
    await fault({ ...CONFIRM, kind: "error", status: 500, when: "after" });
    const second = await giving.give(gift(campaign));
    expect([second.status, given(second).payment.state]).toEqual([201, "authorized"]);
    expect(await giving.chargesOf(given(second).pledge.id)).toBe(1);
  });

  it("a create older than 23 hours is looked for, never repeated under its key", async () => {
    await fault({ ...CREATE, kind: "timeout", when: "after" });
    await fault({ method: "GET", path: "/v1/payment_intents", kind: "timeout", when: "before", count: null });
    const key = randomUUID();
    const body = gift(campaign);
    const first = await giving.give(body, { key });
    const { payment, pledge } = given(first);
    await giving.stripe.control("DELETE", "faults");
    await healed();
    await giving.supabase.sql`update private.provider_calls set first_tried_at = now() - interval '24 hours'
      where subject_id = ${payment.id}`;
    await giving.stripe.control("POST", "clock", { advanceMs: 0 });
    const again = await giving.give(body, { key });
    expect([again.status, given(again).payment.state]).toEqual([201, "authorized"]);
    const intents = await giving.stripe.client.paymentIntents.list({ limit: 100 });
    expect(intents.data.filter((intent) => intent.metadata["pledge"] === pledge.id)).toHaveLength(1);
  });
});

describe("a provider that is down", () => {
  it("503 with Retry-After, the pledge kept; one outage, one event; the donor's own retry goes on", async () => {
    await giving.stripe.stop();
    const key = randomUUID();
    const body = gift(campaign);
    const first = await giving.give(body, { key });
    expect([first.status, first.body.code]).toEqual([503, "payment_unavailable"]);
    expect(Number(first.headers.get("retry-after"))).toBeGreaterThan(0);
    const { pledge, statusToken } = first.body as unknown as { pledge: { id: string }; statusToken: string };
    expect(statusToken).toEqual(expect.any(String));
    for (let index = 0; index < 4; index += 1) expect((await giving.give(gift(campaign))).status).toBe(503);
    const events = (name: string) => giving.supabase.sql`select id from private.outbox where name = ${name}`;
    await eventually(async () => expect(await events("giving/payment.service-unavailable")).toHaveLength(1));
    // Looking does not help while it is away, and does not harm.
    expect(given(await look(pledge.id, statusToken)).payment.state).toBe("pending");
    await sweepPayments();
    await giving.stripe.start();
    await healed();
    await eventually(async () => expect(await events("giving/payment.recovered")).toHaveLength(1));
    expect(await events("giving/payment.service-unavailable")).toHaveLength(1);
    await giving.supabase.sql`update public.payments set check_at = now() where pledge_id = ${pledge.id}`;
    await sweepPayments();
    expect(given(await look(pledge.id, statusToken)).payment.state).toBe("pending");
    const again = await giving.give(body, { key });
    expect([again.status, given(again).pledge.id, given(again).payment.state]).toEqual([201, pledge.id, "authorized"]);
    expect(await giving.chargesOf(pledge.id)).toBe(1);
  });

  it("cancelled after an hour; the donor's retry then says so, and charges nothing", async () => {
    await fault({ ...CREATE, kind: "error", status: 503, when: "before", count: null });
    const key = randomUUID();
    const body = gift(campaign);
    const first = await giving.give(body, { key });
    expect(first.status).toBe(503);
    const { pledge } = first.body as unknown as { pledge: { id: string } };
    await giving.stripe.control("DELETE", "faults");
    await healed();
    await due(pledge.id);
    await sweepPayments();
    const [row] = await giving.supabase.sql`
      select p.state, g.status from public.payments p join public.pledges g on g.id = p.pledge_id where g.id = ${pledge.id}`;
    expect(row).toEqual({ state: "canceled", status: "canceled" });
    const again = await giving.give(body, { key });
    expect([again.status, given(again).payment.state]).toEqual([201, "canceled"]);
    expect(await giving.chargesOf(pledge.id)).toBe(0);
  });

  it("a decline whose cancel cannot be sent is answered all the same, and cancelled by the sweeper", async () => {
    await fault({
      method: "POST",
      path: "/v1/payment_intents/*/cancel",
      kind: "error",
      status: 503,
      when: "before",
      count: null,
    });
    const reply = await giving.give(gift(campaign, { paymentMethod: "pm_card_visa_chargeDeclined" }));
    expect(reply.status).toBe(402);
    const { pledge } = reply.body as unknown as { pledge: { id: string } };
    await giving.stripe.control("DELETE", "faults");
    await healed();
    await giving.supabase.sql`update public.payments set check_at = now() where pledge_id = ${pledge.id}`;
    await sweepPayments();
    const [row] = await giving.supabase.sql`select state from public.payments where pledge_id = ${pledge.id}`;
    expect(row).toEqual({ state: "failed" });
  });
});

describe("a challenge left open", () => {
  it("is cancelled after 30 minutes by a look or by the sweeper", async () => {
    for (const by of ["look", "sweeper"] as const) {
      const { pledge, statusToken } = given(
        await giving.give(gift(campaign, { paymentMethod: "pm_card_threeDSecure2Required" })),
      );
      await due(pledge.id);
      if (by === "look") await look(pledge.id, statusToken);
      else await sweepPayments();
      const [row] = await giving.supabase
        .sql`select state, cancel_reason, intent_id from public.payments where pledge_id = ${pledge.id}`;
      expect(row).toMatchObject({ state: "canceled", cancel_reason: "challenge_expired" });
      expect((await giving.stripe.client.paymentIntents.retrieve(String(row?.["intent_id"]))).status).toBe("canceled");
    }
  });
});
