import { randomUUID } from "node:crypto";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { POST as refresh } from "@/app/api/v1/pledges/[id]/refresh/route";
import { assessPayment, capturePayment } from "@/lib/giving/payment/capture-payment";
import { sweepPayments } from "@/lib/giving/payment/sweep-payments";
import { eventually } from "../../support/eventually.ts";
import { call } from "../accounts/calls.ts";
import { gift, given, useGiving } from "./giving-harness.ts";
import { eventsOf, named, pledged, send, state, type Paid } from "./webhook-events.ts";

vi.mock("next/headers", async () => (await import("../accounts/request-scope.ts")).nextHeaders());
vi.mock("next/server", async (original) => (await import("../accounts/request-scope.ts")).nextServer(original));
// The same policy with shorter times: what is tried is what happens after them.
vi.mock("@/lib/platform/resilience/policies", async (original) => {
  const real = await original<typeof import("@/lib/platform/resilience/policies")>();
  const stripe = {
    ...real.POLICIES.stripe,
    timeoutMs: 1_500,
    firstDelayMs: 20,
    breaker: { failures: 8, openMs: 1_000, successes: 1 },
  };
  return { ...real, POLICIES: { ...real.POLICIES, stripe } };
});

const giving = useGiving();
let campaign: string;
beforeAll(async () => {
  campaign = await giving.campaign();
  await giving.stripe.control("POST", "settings", { webhooks: "manual" });
});
afterEach(async () => {
  await giving.stripe.control("DELETE", "faults");
  await healed();
});

const REFUND = { method: "POST", path: "/v1/refunds" };
const fault = (order: object) => giving.stripe.control("POST", "faults", { on: "api", ...order });
/** Waits until a fresh gift goes through: the breaker may still be open after what a test did. */
const healed = () => eventually(async () => expect((await giving.give(gift(campaign))).status).toBe(201));
const cancel = ({ pledgeId }: Paid) => giving.supabase.sql`select public.cancel_pledge(${pledgeId}, 'donor', null, '')`;
const sweep = async ({ paymentId }: Paid) => {
  await giving.supabase
    .sql`update public.payments set check_at = now() where id = ${paymentId} and check_at is not null`;
  await sweepPayments();
};
const standing = async ({ paymentId }: Paid) =>
  (
    await giving.supabase.sql`
      select p.state, g.status, p.captured_minor::int as captured, p.refunded_minor::int as refunded
      from public.payments p join public.pledges g on g.id = p.pledge_id where p.id = ${paymentId}`
  )[0];
const RETURNED = { state: "completed", status: "canceled", captured: 2500, refunded: 2500 };
const refundsOf = async ({ intentId }: Paid) =>
  (await giving.stripe.client.refunds.list({ payment_intent: intentId })).data.map(({ amount }) => amount);
const intentStatus = async ({ intentId }: Paid) =>
  (await giving.stripe.client.paymentIntents.retrieve(intentId)).status;

/** Taken at Stripe in the moment in which its donor cancelled; Stripe's event of it has come. */
async function takenTooLate(): Promise<Paid> {
  const paid = await pledged(giving, campaign);
  await giving.stripe.client.paymentIntents.capture(paid.intentId);
  await cancel(paid);
  expect((await send(giving, named(await eventsOf(giving, paid), "payment_intent.succeeded"))).status).toBe(200);
  return paid;
}

describe("the refund of a late capture", () => {
  it.each([
    ["its answer is lost after it was made", { kind: "timeout", when: "after" }],
    ["its answer is lost before it was made", { kind: "timeout", when: "before" }],
    ["the connection is cut", { kind: "reset", when: "after" }],
    ["a 500 that is saved under its key", { kind: "error", status: 500, when: "before", saved: true }],
    ["a 500 after it was made", { kind: "error", status: 500, when: "after" }],
    ["the provider is away for it", { kind: "error", status: 503, when: "before", count: null }],
  ])("%s: one refund, and the pledge stays cancelled", async (_, order) => {
    await fault({ ...REFUND, ...order });
    const paid = await takenTooLate();
    await giving.stripe.control("DELETE", "faults");
    await healed();
    await eventually(async () => {
      await sweep(paid);
      expect(await standing(paid)).toEqual(RETURNED);
    });
    expect(await refundsOf(paid)).toEqual([2500]);
    const rows = await giving.supabase.sql`
      select reason, status from public.refunds where payment_id = ${paid.paymentId}`;
    expect([...rows]).toEqual([{ reason: "late_capture", status: "succeeded" }]);
  });

  it("whose key Stripe may have forgotten is looked for, not made again", async () => {
    await fault({ ...REFUND, kind: "timeout", when: "after" });
    await fault({ method: "GET", path: "/v1/refunds", kind: "timeout", when: "before", count: null });
    const paid = await takenTooLate();
    await giving.stripe.control("DELETE", "faults");
    await healed();
    expect(await standing(paid)).toEqual({ ...RETURNED, refunded: 0 });
    await giving.stripe.control("POST", "clock", { advanceMs: 25 * 3_600_000 });
    await giving.supabase.sql`
      update private.provider_calls c set first_tried_at = now() - interval '25 hours'
      from public.refunds r where r.id = c.subject_id and r.payment_id = ${paid.paymentId}`;
    await sweep(paid);
    expect([await standing(paid), await refundsOf(paid)]).toEqual([RETURNED, [2500]]);
  });

  it("once it is back nobody looks any more, and nobody is alarmed; should it fail, it is made again", async () => {
    const paid = await takenTooLate();
    expect(await standing(paid)).toEqual(RETURNED);
    for (let looks = 0; looks < 9; looks += 1) await sweep(paid);
    const [row] = await giving.supabase.sql`select check_at from public.payments where id = ${paid.paymentId}`;
    expect(row).toEqual({ check_at: null });
    expect(
      await giving.supabase.sql`select 1 from private.dead_letters where subject_id = ${paid.paymentId}`,
    ).toHaveLength(0);
    const [refund] = (await giving.stripe.client.refunds.list({ payment_intent: paid.intentId })).data;
    await giving.stripe.control("POST", `refunds/${refund?.id}`, {
      status: "failed",
      failureReason: "lost_or_stolen_card",
    });
    expect((await send(giving, named(await eventsOf(giving, paid), "refund.failed"))).status).toBe(200);
    await sweep(paid);
    expect(await standing(paid)).toEqual(RETURNED);
    expect(await refundsOf(paid)).toEqual([2500, 2500]);
  });
});

describe("a capture whose answer is lost, of a pledge that is cancelled meanwhile", () => {
  it.each(["webhook", "sweeper", "workflow"] as const)("the %s records and refunds it", async (by) => {
    const paid = await pledged(giving, campaign);
    await fault({ method: "POST", path: "/v1/payment_intents/*/capture", kind: "timeout", when: "after" });
    await fault({ method: "GET", path: "/v1/payment_intents/*", kind: "timeout", when: "before", count: null });
    await expect(capturePayment(paid.paymentId, "workflow")).rejects.toMatchObject({ outcome: "unknown" });
    await giving.stripe.control("DELETE", "faults");
    await healed();
    expect(await state(giving, paid)).toBe("authorized");
    await cancel(paid);
    if (by === "webhook") await send(giving, named(await eventsOf(giving, paid), "charge.captured"));
    if (by === "workflow") {
      expect(await assessPayment(paid.paymentId)).toBe("void");
      const { settlePaymentById } = await import("@/lib/giving/payment/settle-payment");
      await settlePaymentById(paid.paymentId, "workflow");
    }
    await sweep(paid);
    await sweep(paid);
    expect(await standing(paid)).toEqual(RETURNED);
    expect(await refundsOf(paid)).toEqual([2500]);
  });
});

describe("an authorisation that nobody knew of, of a pledge that is cancelled meanwhile", () => {
  /** The confirm took effect; its answer did not come, and Stripe could not be asked. */
  async function unknown(): Promise<Paid & { statusToken: string; again: () => Promise<unknown> }> {
    await fault({ method: "POST", path: "/v1/payment_intents/*/confirm", kind: "timeout", when: "after" });
    await fault({ method: "GET", path: "/v1/payment_intents/*", kind: "timeout", when: "before", count: null });
    const key = randomUUID();
    const body = gift(campaign);
    const reply = await giving.give(body, { key });
    expect(reply.status).toBe(202);
    await giving.stripe.control("DELETE", "faults");
    await healed();
    const { pledge, payment, statusToken } = given(reply);
    const [row] = await giving.supabase.sql`select intent_id from public.payments where id = ${payment.id}`;
    const paid = { pledgeId: pledge.id, paymentId: payment.id, intentId: String(row?.["intent_id"]) };
    await cancel(paid);
    return { ...paid, statusToken, again: () => giving.give(body, { key }) };
  }

  it.each(["webhook", "sweeper", "look", "donor's retry"] as const)("the %s voids it", async (by) => {
    const paid = await unknown();
    expect(await intentStatus(paid)).toBe("requires_capture");
    if (by === "webhook") await send(giving, named(await eventsOf(giving, paid), "charge.succeeded"));
    else if (by === "sweeper") await sweep(paid);
    else if (by === "look")
      await call(refresh, {
        method: "POST",
        path: `/api/v1/pledges/${paid.pledgeId}/refresh`,
        params: { id: paid.pledgeId },
        headers: { "x-status-token": paid.statusToken },
      });
    else expect(await paid.again()).toMatchObject({ body: { payment: { state: "canceled" } } });
    expect(await intentStatus(paid)).toBe("canceled");
    expect(await standing(paid)).toMatchObject({ state: "canceled", status: "canceled", captured: 0 });
    // Stripe's other events of it come late, and change nothing.
    for (const event of await eventsOf(giving, paid)) expect((await send(giving, event)).status).toBe(200);
    expect(await standing(paid)).toMatchObject({ state: "canceled", status: "canceled", captured: 0 });
  });
});
