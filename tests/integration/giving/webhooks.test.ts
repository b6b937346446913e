import { randomUUID } from "node:crypto";
import type Stripe from "stripe";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { driveInbox } from "@/lib/giving/webhook/drive-inbox";
import { useGiving } from "./giving-harness.ts";
import { eventsOf, fresh, inbox, named, pledged, send, signer, state } from "./webhook-events.ts";

vi.mock("next/headers", async () => (await import("../accounts/request-scope.ts")).nextHeaders());
vi.mock("next/server", async (original) => (await import("../accounts/request-scope.ts")).nextServer(original));

const OLD_SECRET = "whsec_about_to_be_rolled";
const giving = useGiving({
  further: () => ({ STRIPE_WEBHOOK_SECRETS: `${OLD_SECRET}, ${giving.stripe.webhookSecret}` }),
});
let campaign: string;
beforeAll(async () => {
  campaign = await giving.campaign();
  await giving.stripe.control("POST", "settings", { webhooks: "manual" });
});
afterEach(() => giving.stripe.control("DELETE", "faults"));

const sent = (...[event, how]: [Parameters<typeof send>[1], Parameters<typeof send>[2]?]) => send(giving, event, how);
const pay = (paymentMethod?: string) => pledged(giving, campaign, paymentMethod);

describe("what is not Stripe's", () => {
  it.each<[string, Parameters<typeof send>[2]]>([
    ["no signature", { signature: null }],
    ["nonsense", { signature: "t=1,v1=00" }],
    ["another secret", { secret: "whsec_forged" }],
    ["six minutes old", { timestamp: Math.floor(Date.now() / 1000) - 360 }],
  ])("%s: 400, nothing stored", async (_, how) => {
    const [event] = await eventsOf(giving, await pay());
    const forged = fresh(event as Stripe.Event);
    expect((await sent(forged, how)).status).toBe(400);
    expect(await inbox(giving, forged.id)).toBeUndefined();
  });

  it("a body that was changed after it was signed: 400", async () => {
    const event = fresh(named(await eventsOf(giving, await pay()), "charge.succeeded"));
    const signature = signer.generateTestHeaderString({
      payload: JSON.stringify(event),
      secret: giving.stripe.webhookSecret,
    });
    expect((await sent({ ...event, created: 1 }, { signature })).status).toBe(400);
  });

  it("live events on a test account: 400, nothing stored", async () => {
    const event = { ...fresh(named(await eventsOf(giving, await pay()), "charge.succeeded")), livemode: true };
    expect((await sent(event)).status).toBe(400);
    expect(await inbox(giving, event.id)).toBeUndefined();
  });

  it("more than a megabyte: 400, nothing stored", async () => {
    const event = {
      ...fresh(named(await eventsOf(giving, await pay()), "charge.succeeded")),
      padding: "x".repeat(1024 * 1024),
    };
    expect(await sent(event)).toMatchObject({ status: 400, code: "invalid_request" });
    expect(await inbox(giving, event.id)).toBeUndefined();
  });

  it("signed with the secret that is being rolled out or in: 200", async () => {
    const event = named(await eventsOf(giving, await pay()), "charge.succeeded");
    expect((await sent(fresh(event), { secret: OLD_SECRET })).status).toBe(200);
    expect((await sent(fresh(event))).status).toBe(200);
  });
});

describe("each event's effect", () => {
  it("authorized, captured, completed, each by its own event and once; repeated, reordered, twinned: the same end", async () => {
    const paid = await pay();
    await giving.stripe.client.paymentIntents.capture(paid.intentId);
    const events = await eventsOf(giving, paid);
    const moving = [
      "payment_intent.created",
      "charge.succeeded",
      "payment_intent.amount_capturable_updated",
      "charge.captured",
      "payment_intent.succeeded",
    ].map((type) => named(events, type));
    // The last first, then all of them twice in both directions, and a second id for each fact.
    for (const event of [...moving.toReversed(), ...moving, ...moving.map(fresh), ...moving.toReversed()]) {
      expect((await sent(event)).status).toBe(200);
    }
    expect(await state(giving, paid)).toBe("completed");
    const steps = await giving.supabase.sql`
      select from_state, to_state from private.payment_transitions where payment_id = ${paid.paymentId} order by seq`;
    expect(steps.map((step) => step["to_state"])).toEqual(["authorized", "captured", "completed"]);
    const ledger = await giving.supabase.sql`
      select count(*)::int as n from private.ledger_transactions where payment_id = ${paid.paymentId}`;
    expect(ledger).toEqual([{ n: 1 }]);
  });

  it.each([
    [["charge.captured"], "captured"],
    [["payment_intent.succeeded"], "completed"],
    [["charge.succeeded"], "authorized"],
    [["payment_intent.amount_capturable_updated"], "authorized"],
    [["payment_intent.created", "payment_intent.requires_action"], "authorized"],
  ])("%j leads an authorised payment to %s", async (types, to) => {
    const paid = await pay();
    await giving.stripe.client.paymentIntents.capture(paid.intentId);
    const events = await eventsOf(giving, paid);
    for (const type of types) {
      const event = events.find((one) => one.type === type);
      if (event) expect((await sent(event)).status).toBe(200);
    }
    expect(await state(giving, paid)).toBe(to);
  });

  it("payment_failed is not final: an attempt, once for each event, and no step", async () => {
    const paid = await pay();
    const events = await eventsOf(giving, paid);
    const intent = named(events, "payment_intent.amount_capturable_updated").data.object as Stripe.PaymentIntent;
    const failed = {
      ...fresh(named(events, "payment_intent.created")),
      type: "payment_intent.payment_failed",
      data: {
        object: {
          ...intent,
          status: "requires_payment_method",
          last_payment_error: {
            type: "card_error",
            code: "card_declined",
            decline_code: "generic_decline",
            charge: `ch_${randomUUID().slice(0, 8)}`,
          },
        },
      },
    };
    for (let times = 0; times < 3; times += 1) expect((await sent(failed)).status).toBe(200);
    expect(await state(giving, paid)).toBe("authorized");
    const attempts = await giving.supabase.sql`
      select outcome, decline_code from private.payment_attempts where payment_id = ${paid.paymentId} and outcome = 'declined'`;
    expect(attempts).toEqual([{ outcome: "declined", decline_code: "generic_decline" }]);
    expect((await sent(named(events, "payment_intent.amount_capturable_updated"))).status).toBe(200);
  });

  it("a hold that ends by itself: charge.expired lowers nothing, the payment is canceled", async () => {
    const paid = await pay();
    await giving.stripe.control("POST", "clock", { advanceMs: 8 * 24 * 3_600_000 });
    const events = await eventsOf(giving, paid);
    for (const event of events.filter(({ type }) =>
      ["charge.expired", "payment_intent.canceled", "charge.refunded"].includes(type),
    ))
      expect((await sent(event)).status).toBe(200);
    expect(await state(giving, paid)).toBe("canceled");
    expect(
      await giving.supabase.sql`select 1 from private.ledger_transactions where payment_id = ${paid.paymentId}`,
    ).toHaveLength(0);
  });

  it("a refund event on an uncaptured charge (older versions tell of a void so) lowers nothing", async () => {
    const paid = await pay();
    const charge = named(await eventsOf(giving, paid), "charge.succeeded");
    const refunded = {
      ...fresh(charge),
      type: "charge.refunded",
      data: { object: { ...(charge.data.object as Stripe.Charge), refunded: true, amount_refunded: 2500 } },
    };
    expect(await sent(refunded)).toMatchObject({ status: 200, outcome: "noted" });
    expect(await state(giving, paid)).toBe("authorized");
    expect(await giving.supabase.sql`select 1 from public.refunds where payment_id = ${paid.paymentId}`).toHaveLength(
      0,
    );
  });

  it("an event about an object without an id, or without an API version: stored, 200, nothing", async () => {
    for (const object of [{ object: "balance" }, {}]) {
      const id = `evt_${randomUUID().replaceAll("-", "")}`;
      const event = { id, object: "event", type: "balance.available", created: 1, livemode: false, data: { object } };
      expect(await sent(event)).toMatchObject({ status: 200, outcome: "noted" });
      expect(await inbox(giving, id)).toBe("processed");
    }
  });

  it("an unknown type: stored, 200, nothing", async () => {
    const event = {
      ...fresh(named(await eventsOf(giving, await pay()), "payment_intent.created")),
      type: "customer.created",
    };
    expect(await sent(event)).toMatchObject({ status: 200, outcome: "noted" });
    expect(await inbox(giving, event.id)).toBe("processed");
  });
});

describe("what cannot be applied at once", () => {
  it("ahead of our own commit: parked, 200, and driven on once we know the payment", async () => {
    const paid = await pay();
    await giving.stripe.client.paymentIntents.capture(paid.intentId);
    const event = named(await eventsOf(giving, paid), "payment_intent.succeeded");
    await giving.supabase.sql`alter table public.payments disable trigger user`;
    await giving.supabase.sql`update public.payments set intent_id = null where id = ${paid.paymentId}`;
    expect(await sent(event)).toMatchObject({ status: 200, outcome: "parked" });
    expect(await inbox(giving, event.id)).toBe("parked");
    await giving.supabase.sql`update public.payments set intent_id = ${paid.intentId} where id = ${paid.paymentId}`;
    await giving.supabase.sql`alter table public.payments enable trigger user`;
    await giving.supabase.sql`update private.webhook_events set next_attempt_at = now() where id = ${event.id}`;
    expect(await driveInbox()).toBeGreaterThan(0);
    expect([await state(giving, paid), await inbox(giving, event.id)]).toEqual(["completed", "processed"]);
  });

  it("stored, and its process died: the same event is driven on, then known", async () => {
    const paid = await pay();
    await giving.stripe.client.paymentIntents.capture(paid.intentId);
    const event = named(await eventsOf(giving, paid), "payment_intent.succeeded");
    await giving.supabase.sql`
      insert into private.webhook_events (id, type, object_id, livemode, api_version, created, payload, attempts)
      values (${event.id}, ${event.type}, ${paid.intentId}, false, ${event.api_version}, now(), ${giving.supabase.sql.json(event as never)}, 1)`;
    expect(await sent(event)).toMatchObject({ status: 200, outcome: "applied" });
    expect(await state(giving, paid)).toBe("completed");
    expect(await sent(event)).toMatchObject({ status: 200, outcome: "duplicate" });
  });

  it("an amount or a currency that is not ours, still so when read again: 400 the first time, then 200; nothing is credited", async () => {
    for (const change of ["amount", "currency"] as const) {
      const paid = await pay();
      await giving.stripe.client.paymentIntents.capture(paid.intentId);
      const event = named(await eventsOf(giving, paid), "payment_intent.succeeded");
      // Our row asks for something else than what the intent took.
      await giving.supabase.sql`alter table public.payments disable trigger user`;
      if (change === "amount")
        await giving.supabase.sql`update public.payments set gift_minor = 9900 where id = ${paid.paymentId}`;
      else await giving.supabase.sql`update public.payments set currency = 'USD' where id = ${paid.paymentId}`;
      expect(await sent(event)).toMatchObject({ status: 400, code: "invalid_transition" });
      expect(await sent(event)).toMatchObject({ status: 200 });
      expect(await state(giving, paid)).toBe("authorized");
      const rejections = await giving.supabase.sql`
        select reason from private.payment_transition_rejections where payment_id = ${paid.paymentId}`;
      expect(rejections).toEqual([{ reason: `${change}_mismatch` }]);
      await giving.supabase
        .sql`update public.payments set gift_minor = 2500, currency = 'EUR' where id = ${paid.paymentId}`;
      await giving.supabase.sql`alter table public.payments enable trigger user`;
    }
  });

  it("an event with a wrong amount, while the object is right: the object counts", async () => {
    const paid = await pay();
    await giving.stripe.client.paymentIntents.capture(paid.intentId);
    const event = named(await eventsOf(giving, paid), "payment_intent.succeeded");
    const intent = event.data.object as Stripe.PaymentIntent;
    const lying = { ...fresh(event), data: { object: { ...intent, amount: 1, amount_received: 1 } } };
    expect(await sent(lying)).toMatchObject({ status: 200, outcome: "applied" });
    expect(await state(giving, paid)).toBe("completed");
    const [row] = await giving.supabase
      .sql`select captured_minor::int as captured from public.payments where id = ${paid.paymentId}`;
    expect(row).toEqual({ captured: 2500 });
  });

  it("a step that our row does not allow, still so when read again: 400 invalid_transition once, then 200", async () => {
    const paid = await pay();
    await giving.stripe.client.paymentIntents.capture(paid.intentId);
    const event = named(await eventsOf(giving, paid), "payment_intent.succeeded");
    await giving.supabase.sql`alter table public.payments disable trigger user`;
    await giving.supabase.sql`update public.payments set state = 'canceled' where id = ${paid.paymentId}`;
    expect(await sent(event)).toMatchObject({ status: 400, code: "invalid_transition" });
    expect(await sent(event)).toMatchObject({ status: 200 });
    const rejections = await giving.supabase.sql`
      select reason from private.payment_transition_rejections where payment_id = ${paid.paymentId}`;
    expect(rejections).toEqual([{ reason: "illegal_step" }]);
    await giving.supabase.sql`update public.payments set state = 'authorized' where id = ${paid.paymentId}`;
    await giving.supabase.sql`alter table public.payments enable trigger user`;
  });

  it("an event that its own object denies: the object counts", async () => {
    const paid = await pay();
    await giving.stripe.client.paymentIntents.cancel(paid.intentId);
    await sent(named(await eventsOf(giving, paid), "payment_intent.canceled"));
    expect(await state(giving, paid)).toBe("canceled");
    const other = await pay();
    await giving.stripe.client.paymentIntents.capture(other.intentId);
    const success = named(await eventsOf(giving, other), "charge.captured");
    const denied = { ...fresh(success), data: { object: { ...success.data.object, payment_intent: paid.intentId } } };
    expect((await sent(denied)).status).toBe(200);
    expect(await state(giving, paid)).toBe("canceled");
  });
});
