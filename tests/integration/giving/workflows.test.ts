import { randomUUID } from "node:crypto";
import { RealtimeClient } from "@supabase/realtime-js";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { GET as getTotals } from "@/app/api/v1/campaigns/[id]/totals/route";
import { POST as retry } from "@/app/api/v1/pledges/[id]/payments/route";
import { capturePaymentFunction } from "@/inngest/giving/capture-payment";
import { endCanceledPledgeFunction } from "@/inngest/giving/end-canceled-pledge";
import { mailFailureFunction } from "@/inngest/giving/gift-mails";
import { projectTotalsFunction } from "@/inngest/giving/project-totals";
import { drainOutbox } from "@/lib/platform/outbox/outbox";
import { eventually } from "../../support/eventually.ts";
import { call } from "../accounts/calls.ts";
import { useExecutor } from "./executor.ts";
import { gift, given, useGiving } from "./giving-harness.ts";

vi.mock("next/headers", async () => (await import("../accounts/request-scope.ts")).nextHeaders());
vi.mock("next/server", async (original) => (await import("../accounts/request-scope.ts")).nextServer(original));

const giving = useGiving();
useExecutor(giving, [capturePaymentFunction, endCanceledPledgeFunction, mailFailureFunction, projectTotalsFunction]);

let campaign: string;
beforeAll(async () => {
  campaign = await giving.campaign();
});

const totals = async (id = campaign) =>
  (await call(getTotals, { params: { id }, path: `/api/v1/campaigns/${id}/totals` })).body;
const payment = async (pledgeId: string) =>
  (
    await giving.supabase.sql<{ state: string; review: string | null; id: string }[]>`
      select id, state, review from public.payments where pledge_id = ${pledgeId} order by number desc limit 1`
  )[0];
const until = (pledgeId: string, to: string) =>
  eventually(async () => {
    await drainOutbox();
    expect((await payment(pledgeId))?.state).toBe(to);
  });

describe("from a pledge to a total", () => {
  it("is captured by its workflow, counted once, and everybody who looks is told", async () => {
    const own = await giving.campaign();
    expect(await totals(own)).toMatchObject({ raisedMinor: 0, pledgeCount: 0, stale: false });
    const heard: { type: string; version: number; data: Record<string, unknown> }[] = [];
    const realtime = new RealtimeClient(`${giving.supabase.url.replace("http", "ws")}/realtime/v1`, {
      params: { apikey: giving.supabase.publishableKey },
    });
    const channel = realtime.channel(`campaign:${own}`);
    for (const event of ["totals", "donation"])
      channel.on("broadcast", { event }, ({ payload }) => heard.push(payload as (typeof heard)[number]));
    await new Promise<void>((resolve) => channel.subscribe((status) => status === "SUBSCRIBED" && resolve()));
    const shown = given(await giving.give(gift(own, { coverFees: true })));
    const hidden = given(
      await giving.give(
        gift(own, {
          amountMinor: 1000,
          donor: { name: "Secret Name", email: "s@devmentor.test", anonymous: true, message: "hush" },
        }),
      ),
    );
    await until(shown.pledge.id, "completed");
    await until(hidden.pledge.id, "completed");
    await eventually(async () => {
      await drainOutbox();
      expect(await totals(own)).toMatchObject({
        currency: "EUR",
        raisedMinor: 3500,
        pendingMinor: 0,
        donorCount: 2,
        pledgeCount: 2,
        completedCount: 2,
        stale: false,
      });
    });
    await eventually(() => {
      const gifts = heard.filter(({ type }) => type === "donation");
      expect(new Map(gifts.map(({ data }) => [data["pledgeId"], data["name"]]))).toEqual(
        new Map([
          [shown.pledge.id, "Ann Donor"],
          [hidden.pledge.id, null],
        ]),
      );
      expect(
        Math.max(...heard.filter(({ type }) => type === "totals").map(({ data }) => Number(data["raisedMinor"]))),
      ).toBe(3500);
    });
    expect(JSON.stringify(heard)).not.toMatch(/Secret Name|hush|devmentor\.test/);
    expect(new Set(["memory", "redis", "database"])).toContain((await totals(own))["source"]);
    expect((await totals(own))["source"]).toBe("memory");
    await channel.unsubscribe();
    await realtime.disconnect();
  });

  it("an event that comes twice, or a projector that runs twice, counts once", async () => {
    const { pledge } = given(await giving.give(gift(campaign)));
    await until(pledge.id, "completed");
    await giving.supabase
      .sql`update private.outbox set published_at = null, next_attempt_at = now() where aggregate_id = ${pledge.id}`;
    await drainOutbox();
    const { projectTotals } = await import("@/lib/giving/totals/project-totals");
    const ids = await giving.supabase.sql<
      { id: string }[]
    >`select id from private.outbox where aggregate_id = ${pledge.id}`;
    await Promise.all([1, 2, 3].map(() => projectTotals(ids.map(({ id }) => id))));
    await eventually(async () => {
      await drainOutbox();
      const broken = await giving.supabase.sql`select * from private.check_invariants(true) where invariant = 8`;
      expect(broken).toEqual([]);
    });
    expect(await giving.chargesOf(pledge.id)).toBe(1);
  });
});

describe("the checks before a capture", () => {
  it.each(["pm_card_riskLevelElevated", "pm_card_riskLevelHighest"])(
    "%s is held; an admin releases or refuses it",
    async (card) => {
      for (const decision of ["release", "refuse"] as const) {
        const reply = await giving.give(gift(campaign, { paymentMethod: card }));
        if (reply.status === 402) continue; // Radar blocks some by itself.
        const { pledge } = given(reply);
        await eventually(async () => {
          await drainOutbox();
          expect(await payment(pledge.id)).toMatchObject({ state: "authorized", review: "held" });
        });
        const held = await payment(pledge.id);
        await giving.supabase
          .sql`select public.review_payment(${giving.owner.id}, ${held?.id ?? ""}, ${decision}, 'looked at')`;
        await until(pledge.id, decision === "release" ? "completed" : "canceled");
      }
    },
  );

  it("whom an operator has shut out is voided, not captured", async () => {
    const email = `shut-out-${randomUUID().slice(0, 6)}@devmentor.test`;
    const { pledge } = given(await giving.give(gift(campaign, { donor: { email, anonymous: true } })));
    await giving.supabase.sql`
      insert into private.blocks (kind, subject, reason, created_by, expires_at)
      values ('email', private.email_hash(${email}), 'card testing', ${giving.owner.id}, now() + interval '1 hour')`;
    await until(pledge.id, "canceled");
    expect(await giving.chargesOf(pledge.id)).toBe(0);
  });

  it("a pledge that is cancelled while it is authorised has its hold let go", async () => {
    const { pledge } = given(await giving.give(gift(campaign)));
    await giving.supabase.sql`select public.cancel_pledge(${pledge.id}, 'donor', null, '')`;
    await until(pledge.id, "canceled");
    expect(await giving.chargesOf(pledge.id)).toBe(0);
  });

  it("a saved 500 and a lost answer at the capture: taken once", async () => {
    for (const order of [
      { kind: "error", status: 500, when: "before", saved: true },
      { kind: "error", status: 500, when: "after" },
      { kind: "reset", when: "after" },
    ]) {
      await giving.stripe.control("POST", "faults", {
        on: "api",
        method: "POST",
        path: "/v1/payment_intents/*/capture",
        ...order,
      });
      const { pledge } = given(await giving.give(gift(campaign)));
      await until(pledge.id, "completed");
      expect(await giving.chargesOf(pledge.id)).toBe(1);
    }
  });
});

describe("the mail that a gift did not go through", () => {
  const step = async (paymentId: string, name: string) =>
    (
      await giving.supabase.sql<{ status: string; data: unknown; minutes: number | null }[]>`
        select s.status, s.data, round(extract(epoch from s.due_at - now()) / 60)::int as minutes
        from devstack_inngest.steps s join devstack_inngest.runs r on r.id = s.run_id
        where r.function_id like '%mail-failure' and s.name = ${name} and exists (
          select from devstack_inngest.events e where e.id = any (r.event_ids) and e.payload::text like ${`%${paymentId}%`})`
    )[0];
  const mailed = (pledgeId: string) =>
    giving.supabase.sql`select 1 from private.giving_mails where pledge_id = ${pledgeId} and kind = 'failure'`;
  /** A declined gift whose mail waits. */
  const waiting = async () => {
    const reply = await giving.give(gift(campaign, { paymentMethod: "pm_card_visa_chargeDeclinedInsufficientFunds" }));
    expect(reply.status).toBe(402);
    const { pledge, statusToken } = given(reply);
    const { id: paymentId } = (await payment(pledge.id)) ?? { id: "" };
    await eventually(async () => {
      await drainOutbox();
      expect(await step(paymentId, "another-card")).toMatchObject({ status: "pending" });
    });
    return { pledgeId: pledge.id, paymentId, statusToken };
  };
  /** The minutes go by; anything that is sent wakes the executor. */
  const wait = async () => {
    await giving.supabase
      .sql`update devstack_inngest.steps set due_at = now() where name = 'another-card' and status = 'pending'`;
    await giving.give(gift(campaign));
    await drainOutbox();
  };

  it("waits some minutes for another card, then goes", async () => {
    const { pledgeId, paymentId } = await waiting();
    expect((await step(paymentId, "another-card"))?.minutes).toBeGreaterThan(5);
    expect(await mailed(pledgeId)).toHaveLength(0);
    await wait();
    await eventually(async () => expect(await mailed(pledgeId)).toHaveLength(1));
  });

  it("does not go to who has paid with another card meanwhile", async () => {
    const { pledgeId, paymentId, statusToken } = await waiting();
    const again = await call(retry, {
      method: "POST",
      path: `/api/v1/pledges/${pledgeId}/payments`,
      params: { id: pledgeId },
      json: { paymentMethod: "pm_card_visa" },
      headers: { "idempotency-key": randomUUID(), "x-status-token": statusToken },
    });
    expect(again.status).toBe(201);
    await wait();
    await eventually(async () =>
      expect(await step(paymentId, "mail")).toMatchObject({ status: "completed", data: false }),
    );
    expect(await mailed(pledgeId)).toHaveLength(0);
  });
});
