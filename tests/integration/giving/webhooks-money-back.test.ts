import { beforeAll, describe, expect, it, vi } from "vitest";
import { capturePayment } from "@/lib/giving/payment/capture-payment";
import { gift, given, useGiving } from "./giving-harness.ts";
import { eventsOf, fresh, named, pledged, send, state, type Paid } from "./webhook-events.ts";

vi.mock("next/headers", async () => (await import("../accounts/request-scope.ts")).nextHeaders());
vi.mock("next/server", async (original) => (await import("../accounts/request-scope.ts")).nextServer(original));

const giving = useGiving();
let campaign: string;
beforeAll(async () => {
  campaign = await giving.campaign();
  await giving.stripe.control("POST", "settings", { webhooks: "manual" });
});

const sent = (...[event, how]: [Parameters<typeof send>[1], Parameters<typeof send>[2]?]) => send(giving, event, how);
const pay = (paymentMethod?: string) => pledged(giving, campaign, paymentMethod);

describe("refunds and disputes", () => {
  const completed = async (paymentMethod?: string): Promise<Paid> => {
    const paid = await pay(paymentMethod);
    await capturePayment(paid.paymentId, "workflow");
    expect(await state(giving, paid)).toBe("completed");
    return paid;
  };
  const deliver = async (paid: Paid, pattern: RegExp): Promise<void> => {
    for (const event of (await eventsOf(giving, paid)).filter(({ type }) => pattern.test(type)))
      expect((await sent(event)).status).toBe(200);
  };
  const money = async (paid: Paid) =>
    (
      await giving.supabase.sql`
        select captured_minor::int as captured, refunded_minor::int as refunded, disputed_minor::int as disputed, lost_minor::int as lost
        from public.payments where id = ${paid.paymentId}`
    )[0];

  it("two partial refunds of one amount are two facts; money is their sum, whatever comes first and however often", async () => {
    const paid = await completed();
    for (let times = 0; times < 2; times += 1)
      await giving.stripe.client.refunds.create({ payment_intent: paid.intentId, amount: 700 });
    const events = (await eventsOf(giving, paid)).filter(({ type }) => /refund/.test(type));
    for (const event of [...events.toReversed(), ...events, ...events.map(fresh)])
      expect((await sent(event)).status).toBe(200);
    expect(await money(paid)).toEqual({ captured: 2500, refunded: 1400, disputed: 0, lost: 0 });
    expect(await giving.supabase.sql`select 1 from public.refunds where payment_id = ${paid.paymentId}`).toHaveLength(
      2,
    );
  });

  it("a refund that succeeded and fails later gives the money back to the campaign", async () => {
    const paid = await completed();
    const refund = await giving.stripe.client.refunds.create({ payment_intent: paid.intentId, amount: 1000 });
    await deliver(paid, /refund/);
    expect(await money(paid)).toMatchObject({ refunded: 1000 });
    await giving.stripe.control("POST", `refunds/${refund.id}`, {
      status: "failed",
      failureReason: "expired_or_canceled_card",
    });
    await deliver(paid, /refund/);
    expect(await money(paid)).toMatchObject({ refunded: 0 });
  });

  it("an appeal opens a dispute once more, whether it was won or lost", async () => {
    const paid = await completed();
    const charge = (await giving.stripe.client.paymentIntents.retrieve(paid.intentId)).latest_charge;
    await giving.stripe.control("POST", `charges/${String(charge)}/dispute`, { kind: "fraudulent" });
    const [dispute] = (await giving.stripe.client.disputes.list({ payment_intent: paid.intentId })).data;
    const decide = async (action: string) => {
      await giving.stripe.control("POST", `disputes/${dispute?.id}`, { action });
      await deliver(paid, /dispute/);
      return await money(paid);
    };
    expect(await decide("lose")).toMatchObject({ disputed: 0, lost: 2500 });
    expect(await decide("appeal")).toMatchObject({ disputed: 2500, lost: 0 });
    expect(await decide("win")).toMatchObject({ disputed: 0, lost: 0 });
    expect(await decide("appeal")).toMatchObject({ disputed: 2500, lost: 0 });
    expect(await decide("lose")).toMatchObject({ disputed: 0, lost: 2500 });
  });

  it.each(["in order", "reversed"])("a dispute's created and closed, %s", async (order) => {
    const paid = await completed();
    const { latest_charge: charge } = await giving.stripe.client.paymentIntents.retrieve(paid.intentId);
    await giving.stripe.control("POST", `charges/${String(charge)}/dispute`, { kind: "fraudulent" });
    const [dispute] = (await giving.stripe.client.disputes.list({ payment_intent: paid.intentId })).data;
    await giving.stripe.control("POST", `disputes/${dispute?.id}`, { action: "lose" });
    const events = (await eventsOf(giving, paid)).filter(({ type }) => /dispute/.test(type));
    expect(events.length).toBeGreaterThan(1);
    for (const event of order === "reversed" ? events.toReversed() : events)
      expect((await sent(event)).status).toBe(200);
    expect(await money(paid)).toMatchObject({ disputed: 0, lost: 2500 });
  });

  it("an inquiry moves no money", async () => {
    const paid = await completed();
    const { latest_charge: charge } = await giving.stripe.client.paymentIntents.retrieve(paid.intentId);
    await giving.stripe.control("POST", `charges/${String(charge)}/dispute`, { kind: "inquiry" });
    await deliver(paid, /dispute/);
    expect(await money(paid)).toMatchObject({ disputed: 0, lost: 0 });
  });
});

describe("too late", () => {
  it("an authorisation of a cancelled pledge is voided", async () => {
    const { pledge } = given(await giving.give(gift(campaign, { paymentMethod: "pm_card_threeDSecure2Required" })));
    const [row] = await giving.supabase.sql`select id, intent_id from public.payments where pledge_id = ${pledge.id}`;
    const paid = { pledgeId: pledge.id, paymentId: String(row?.["id"]), intentId: String(row?.["intent_id"]) };
    await giving.stripe.control("POST", `payment_intents/${paid.intentId}/authenticate`, { passed: true });
    await giving.supabase.sql`select public.cancel_pledge(${pledge.id}, 'donor', null, '')`;
    await sent(named(await eventsOf(giving, paid), "payment_intent.amount_capturable_updated"));
    expect(await state(giving, paid)).toBe("canceled");
    expect((await giving.stripe.client.paymentIntents.retrieve(paid.intentId)).status).toBe("canceled");
  });

  it("a capture after the pledge was cancelled is recorded, then refunded; the pledge stays cancelled", async () => {
    const paid = await pay();
    await giving.stripe.client.paymentIntents.capture(paid.intentId);
    await giving.supabase.sql`select public.cancel_pledge(${paid.pledgeId}, 'donor', null, '')`;
    await sent(named(await eventsOf(giving, paid), "payment_intent.succeeded"));
    const [row] = await giving.supabase.sql`
      select p.state, p.captured_minor::int as captured, p.refunded_minor::int as refunded, g.status
      from public.payments p join public.pledges g on g.id = p.pledge_id where p.id = ${paid.paymentId}`;
    expect(row).toEqual({ state: "completed", captured: 2500, refunded: 2500, status: "canceled" });
    const refunds = await giving.stripe.client.refunds.list({ payment_intent: paid.intentId });
    expect(refunds.data.map((refund) => refund.amount)).toEqual([2500]);
  });
});
