import { randomUUID } from "node:crypto";
import type Stripe from "stripe";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { capturePayment } from "@/lib/giving/payment/capture-payment";
import { sweepPayments } from "@/lib/giving/payment/sweep-payments";
import { endCancelledCampaigns } from "@/lib/giving/refund/end-cancelled-campaigns";
import { sendRefunds } from "@/lib/giving/refund/send-refunds";
import { projectLostEvents, projectTotals } from "@/lib/giving/totals/project-totals";
import { driveInbox } from "@/lib/giving/webhook/drive-inbox";
import { storeEvent } from "@/lib/giving/webhook/store";
import { stripOldKeys } from "@/lib/platform/idempotency/store";
import { drainOutbox } from "@/lib/platform/outbox/outbox";
import { pruneOutbox } from "@/lib/platform/outbox/store";
import { giving as moneyOf } from "../../support/giving.ts";
import { type FakeInngest, startFakeInngest } from "../platform/fake-inngest.ts";
import { moveCampaign, useGiving } from "./giving-harness.ts";
import { eventsOf, inbox, pledged, type Paid } from "./webhook-events.ts";

vi.mock("next/headers", async () => (await import("../accounts/request-scope.ts")).nextHeaders());
vi.mock("next/server", async (original) => (await import("../accounts/request-scope.ts")).nextServer(original));

let inngest: FakeInngest;
beforeAll(async () => {
  inngest = await startFakeInngest();
});
afterAll(() => inngest.close());
const giving = useGiving({ further: () => ({ INNGEST_BASE_URL: inngest.url }) });
const money = moneyOf(() => giving.supabase.sql);
let campaign: string;
beforeAll(async () => {
  campaign = await giving.campaign();
  await giving.stripe.control("POST", "settings", { webhooks: "manual" });
});

const sql = () => giving.supabase.sql;
const stripe = () => giving.stripe.client;

/** All that a sweeper may change of money, with us and at the provider. */
async function world(): Promise<object> {
  const [ours] = await sql()`
    select
      (select jsonb_agg(jsonb_build_array(p.id, p.state, p.captured_minor, p.refunded_minor, p.disputed_minor, p.lost_minor) order by p.id)
        from public.payments p) as payments,
      (select jsonb_agg(jsonb_build_array(g.id, g.status) order by g.id) from public.pledges g) as pledges,
      (select jsonb_agg(jsonb_build_array(r.id, r.status, r.refund_id) order by r.id) from public.refunds r) as refunds,
      (select jsonb_agg(to_jsonb(t) order by t.campaign_id) from public.campaign_totals t) as totals,
      (select count(*)::int from private.payment_transitions) as steps,
      (select count(*)::int from private.money_back_transitions) as money_back,
      (select count(*)::int from private.ledger_entries) as entries,
      (select jsonb_agg(o.id order by o.id) from private.outbox o) as told`;
  const refunds = (await stripe().refunds.list({ limit: 100 })).data.map(({ id, status }) => [id, status]);
  return { ours, money: await giving.moneyAtStripe(), refunds };
}

async function captured(to = campaign): Promise<Paid> {
  const paid = await pledged(giving, to);
  await capturePayment(paid.paymentId, "workflow");
  return paid;
}

/** What the route does first; its process dies before it has done more. */
const stored = (event: Stripe.Event) =>
  storeEvent({
    id: event.id,
    type: event.type,
    objectId: (event.data.object as { id: string }).id,
    livemode: event.livemode,
    apiVersion: event.api_version ?? null,
    created: new Date(event.created * 1000),
    payload: event,
  });

describe("what a sweeper does twice in a row it does once, while there is something to do", () => {
  it("the inbox: events whose process died, and one that is ahead of us", async () => {
    const [hold, gift] = [await pledged(giving, campaign), await captured()];
    await stripe().paymentIntents.capture(hold.intentId);
    await stripe().refunds.create({ payment_intent: gift.intentId, amount: 700 });
    const events = [...(await eventsOf(giving, hold)), ...(await eventsOf(giving, gift))];
    for (const event of events) await stored(event);
    const taken = events.find(({ type }) => type === "payment_intent.succeeded");
    if (!taken) throw new Error("Nothing tells that the hold was captured.");
    const ahead = structuredClone(taken);
    Object.assign(ahead, { id: `evt_${randomUUID().replaceAll("-", "")}` });
    Object.assign(ahead.data.object, { id: "pi_not_ours_yet", metadata: {} });
    await stored(ahead);
    const due = () =>
      sql()`update private.webhook_events set next_attempt_at = now() where next_attempt_at is not null`;
    await due();

    expect(await driveInbox()).toBe(events.length + 1);
    const [row] = await sql()`
      select (select state from public.payments where id = ${hold.paymentId}) as taken,
        (select refunded_minor::int from public.payments where id = ${gift.paymentId}) as refunded`;
    expect(row).toEqual({ taken: "completed", refunded: 700 });
    expect(await inbox(giving, ahead.id)).toBe("parked");
    const after = await world();

    // One still waits, and its time has not come.
    expect(await driveInbox()).toBe(0);
    expect(await inbox(giving, ahead.id)).toBe("parked");
    expect(await world()).toEqual(after);
    // Its time has come: it is looked at, and waits on.
    await due();
    expect(await driveInbox()).toBe(1);
    expect(await inbox(giving, ahead.id)).toBe("parked");
    expect(await world()).toEqual(after);
    // Each was done, and its process died before it could say so.
    await sql()`
      update private.webhook_events set state = 'stored', outcome = null, settled_at = null, next_attempt_at = now() where state = 'processed'`;
    expect(await driveInbox()).toBe(events.length);
    expect(await world()).toEqual(after);
  });

  it("the outbox: each event goes out once; published ones are removed after a fortnight, others stay", async () => {
    await drainOutbox();
    inngest.reset();
    await money.completed(campaign);
    await money.completed(campaign);
    const waiting = await sql()<{ id: string }[]>`select id from private.outbox where published_at is null`;
    expect(waiting.length).toBeGreaterThan(3);
    expect(await drainOutbox()).toMatchObject({ published: waiting.length, retried: 0, dead: 0 });
    const sent = () => inngest.accepted.map(({ id }) => id).toSorted();
    expect(sent()).toEqual(waiting.map(({ id }) => id).toSorted());
    expect(await drainOutbox()).toMatchObject({ published: 0, retried: 0, dead: 0 });
    expect(sent()).toHaveLength(waiting.length);

    await money.completed(campaign);
    const old = waiting.slice(0, 3).map(({ id }) => id);
    await sql()`update private.outbox set published_at = now() - interval '15 days' where id = any (${old})`;
    const left = () => sql()<{ id: string }[]>`select id from private.outbox order by id`;
    const before = (await left()).map(({ id }) => id);
    expect(await pruneOutbox(10_000)).toBe(3);
    const kept = before.filter((id) => !old.includes(id));
    expect((await left()).map(({ id }) => id)).toEqual(kept);
    expect(await pruneOutbox(10_000)).toBe(0);
    expect((await left()).map(({ id }) => id)).toEqual(kept);
  });

  it("keys: answers that are too old are emptied, others stay, and no key is free again", async () => {
    await pledged(giving, campaign);
    await pledged(giving, campaign);
    const [oldest] = await sql()<{ id: string }[]>`
      update private.idempotency_keys set created_at = now() - interval '73 hours', settled_at = now() - interval '73 hours'
      where id = (select k.id from private.idempotency_keys k where k.answer is not null order by k.created_at limit 1) returning id`;
    const keys = () => sql()<{ id: string; answered: boolean; state: string }[]>`
      select id, answer is not null as answered, state::text from private.idempotency_keys order by id`;
    const before = await keys();
    expect(before.filter(({ answered }) => answered).length).toBeGreaterThan(1);
    expect(await stripOldKeys(10_000)).toBe(1);
    const after = before.map((key) => (key.id === oldest?.id ? { ...key, answered: false } : key));
    expect(await keys()).toEqual(after);
    expect(await stripOldKeys(10_000)).toBe(0);
    expect(await keys()).toEqual(after);
  });

  it("refunds: what may go is sent, what waits for a second pair of eyes waits on", async () => {
    const paid = await captured();
    const ask = (amountMinor: number) =>
      money.call<{ id: string }>(
        "request_refund",
        giving.owner.id,
        paid.paymentId,
        amountMinor,
        "requested_by_customer",
        "",
        500,
      );
    const [small, large] = [await ask(300), await ask(900)];
    expect(await sendRefunds()).toEqual({ sent: 1, failed: 0 });
    const standing = () => sql()`
      select id, status, refund_id is not null as sent from public.refunds where payment_id = ${paid.paymentId} order by amount_minor`;
    const once = [
      { id: small.id, status: "succeeded", sent: true },
      { id: large.id, status: "pending", sent: false },
    ];
    expect(await standing()).toEqual(once);
    const after = await world();
    expect(await sendRefunds()).toEqual({ sent: 0, failed: 0 });
    expect(await standing()).toEqual(once);
    expect(await world()).toEqual(after);
  });

  it("a cancelled campaign: its holds are let go and its gifts go back", async () => {
    const ended = await giving.campaign();
    const [hold, gift] = [await pledged(giving, ended), await captured(ended)];
    await moveCampaign(giving, ended, "cancelled");
    expect(await endCancelledCampaigns()).toEqual({ canceled: 1, refunded: 1 });
    await sql()`update public.payments set check_at = now() where id = ${hold.paymentId}`;
    await sweepPayments();
    const states = () => sql()`
      select state, refunded_minor::int as refunded from public.payments where id in ${sql()([hold.paymentId, gift.paymentId])} order by state::text`;
    expect(await states()).toEqual([
      { state: "canceled", refunded: 0 },
      { state: "completed", refunded: 2500 },
    ]);
    const after = await world();
    expect(await endCancelledCampaigns()).toEqual({ canceled: 0, refunded: 0 });
    await sweepPayments();
    expect(await world()).toEqual(after);
  });

  it("totals: events that no workflow took are folded once, however often they come", async () => {
    await drainOutbox();
    await projectLostEvents();
    await money.completed(campaign);
    await drainOutbox();
    const lost = await sql()<{ id: string }[]>`
      update private.outbox o set published_at = now() - interval '2 minutes'
      where o.aggregate_type = 'pledge' and o.name like 'giving/%'
        and not exists (select from private.processed_events e where e.consumer = 'totals' and e.event_id = o.id)
      returning o.id`;
    expect(lost.length).toBeGreaterThan(1);
    expect(await projectLostEvents()).toBe(lost.length);
    const after = await world();
    expect(await projectLostEvents()).toBe(0);
    await projectTotals(lost.map(({ id }) => id));
    expect(await world()).toEqual(after);
  });
});
