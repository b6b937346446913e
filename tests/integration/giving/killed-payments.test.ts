import type Stripe from "stripe";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { capturePayment } from "@/lib/giving/payment/capture-payment";
import { sweepPayments } from "@/lib/giving/payment/sweep-payments";
import { driveInbox } from "@/lib/giving/webhook/drive-inbox";
import { receiveEvent } from "@/lib/giving/webhook/receive-event";
import { forgetDeclines, gift, given, useGiving } from "./giving-harness.ts";
import { KILLING, useKilling, type Killed } from "./killing.ts";
import { eventsOf, named, pledged, type Paid } from "./webhook-events.ts";

vi.mock("next/headers", async () => (await import("../accounts/request-scope.ts")).nextHeaders());
vi.mock("next/server", async (original) => (await import("../accounts/request-scope.ts")).nextServer(original));

const giving = useGiving();
const killing = useKilling(giving);
let campaign: string;
beforeAll(async () => {
  campaign = await giving.campaign();
  await giving.stripe.control("POST", "settings", { webhooks: "manual" });
});

const standing = async ({ paymentId }: Paid) =>
  (
    await giving.supabase.sql`
      select p.state, g.status, p.captured_minor::int as captured, p.refunded_minor::int as refunded, p.lost_minor::int as lost
      from public.payments p join public.pledges g on g.id = p.pledge_id where p.id = ${paymentId}`
  )[0];
const COMPLETED = { state: "completed", status: "completed", captured: 2500, refunded: 0, lost: 0 };
const RETURNED = { state: "completed", status: "canceled", captured: 2500, refunded: 2500, lost: 0 };
const sweep = async ({ paymentId }: Paid) => {
  await giving.supabase
    .sql`update public.payments set check_at = now() where id = ${paymentId} and check_at is not null`;
  await sweepPayments();
};
const cancel = ({ pledgeId }: Paid) => giving.supabase.sql`select public.cancel_pledge(${pledgeId}, 'donor', null, '')`;
const refundsAtStripe = async ({ intentId }: Paid) =>
  (await giving.stripe.client.refunds.list({ payment_intent: intentId })).data.map(({ amount }) => amount);

describe("capture, killed after each of its calls", () => {
  it.each<[string, (paid: Paid) => Promise<unknown>]>([
    ["workflow's next try", ({ paymentId }) => capturePayment(paymentId, "workflow")],
    ["sweeper", sweep],
  ])("the %s takes the money once", KILLING, async (_, again) => {
    const calls = await killing.afterEachCall(async (): Promise<Killed> => {
      const paid = await pledged(giving, campaign);
      return {
        work: { do: "capture", paymentId: paid.paymentId },
        goesOn: async () => {
          await again(paid);
          expect(await standing(paid)).toEqual(COMPLETED);
          expect(await giving.chargesOf(paid.pledgeId)).toBe(1);
        },
      };
    });
    expect(calls).toBeGreaterThanOrEqual(6);
  });
});

describe("settling, killed after each of its calls: the next look ends it", () => {
  it("a hold of a cancelled pledge is let go", KILLING, async () => {
    const calls = await killing.afterEachCall(async (): Promise<Killed> => {
      const paid = await pledged(giving, campaign);
      await cancel(paid);
      return {
        work: { do: "settle", paymentId: paid.paymentId },
        goesOn: async () => {
          await sweep(paid);
          expect(await standing(paid)).toMatchObject({ state: "canceled", status: "canceled", captured: 0 });
          expect((await giving.stripe.client.paymentIntents.retrieve(paid.intentId)).status).toBe("canceled");
        },
      };
    });
    expect(calls).toBeGreaterThanOrEqual(6);
  });

  it("money that was taken too late is refunded once", KILLING, async () => {
    const calls = await killing.afterEachCall(async (): Promise<Killed> => {
      const paid = await pledged(giving, campaign);
      await giving.stripe.client.paymentIntents.capture(paid.intentId);
      await cancel(paid);
      return {
        work: { do: "settle", paymentId: paid.paymentId },
        goesOn: async () => {
          await sweep(paid);
          expect(await refundsAtStripe(paid)).toEqual([2500]);
          expect(await standing(paid)).toEqual(RETURNED);
        },
      };
    });
    expect(calls).toBeGreaterThanOrEqual(7);
  });
});

interface Story {
  readonly type: string;
  readonly calls: number;
  readonly paymentMethod?: string;
  /** What happened at Stripe that the event tells of. */
  readonly happened: (paid: Paid) => Promise<unknown>;
  readonly end: object;
  readonly refunds?: readonly number[];
}

const captured = ({ intentId }: Paid) => giving.stripe.client.paymentIntents.capture(intentId);
const refunded = async (paid: Paid, amount: number) =>
  giving.stripe.client.refunds.create({ payment_intent: paid.intentId, amount });

const STORIES: Readonly<Record<string, Story>> = {
  "the money is taken": { type: "payment_intent.succeeded", calls: 3, happened: captured, end: COMPLETED },
  "the hold is let go": {
    type: "payment_intent.canceled",
    calls: 3,
    happened: ({ intentId }) => giving.stripe.client.paymentIntents.cancel(intentId),
    end: { state: "canceled", status: "canceled" },
  },
  "a refund, before we know of the capture": {
    type: "refund.created",
    calls: 6,
    happened: async (paid) => {
      await captured(paid);
      await refunded(paid, 500);
    },
    end: { ...COMPLETED, refunded: 500 },
    refunds: [500],
  },
  "refunds of a charge, before we know of the capture": {
    type: "charge.refunded",
    calls: 7,
    happened: async (paid) => {
      await captured(paid);
      await refunded(paid, 500);
      await refunded(paid, 300);
    },
    end: { ...COMPLETED, refunded: 800 },
    refunds: [300, 500],
  },
  "a dispute, before we know of the capture": {
    type: "charge.dispute.created",
    calls: 6,
    happened: async (paid) => {
      const charge = await captured(paid);
      await giving.stripe.control("POST", `charges/${String(charge.latest_charge)}/dispute`, { kind: "fraudulent" });
    },
    end: COMPLETED,
  },
  "a capture of a cancelled pledge": {
    type: "payment_intent.succeeded",
    calls: 9,
    happened: async (paid) => {
      await captured(paid);
      await cancel(paid);
    },
    end: RETURNED,
    refunds: [2500],
  },
};

describe("webhook, killed after each of its calls", () => {
  const cases = Object.entries(STORIES).flatMap(([name, story]) =>
    (["next delivery", "sweeper"] as const).map((by) => ({ name, by, story })),
  );
  it.each(cases)("$name: the $by ends it", KILLING, async ({ by, story }) => {
    const calls = await killing.afterEachCall(async (): Promise<Killed> => {
      const paid = await pledged(giving, campaign, story.paymentMethod);
      await story.happened(paid);
      const event: Stripe.Event = named(await eventsOf(giving, paid), story.type);
      return {
        work: { do: "webhook", event },
        goesOn: async () => {
          if (by === "next delivery") await receiveEvent(event);
          else {
            await giving.supabase.sql`
              update private.webhook_events set next_attempt_at = now() where id = ${event.id} and state in ('stored', 'parked')`;
            await driveInbox();
          }
          // What the event made due, and the dead process did not get to.
          await sweep(paid);
          expect(await standing(paid)).toMatchObject(story.end);
          expect(await refundsAtStripe(paid)).toEqual(story.refunds ?? []);
          const [inbox] = await giving.supabase.sql`select state from private.webhook_events where id = ${event.id}`;
          expect(inbox).toEqual({ state: "processed" });
        },
      };
    });
    expect(calls).toBeGreaterThanOrEqual(story.calls);
  });

  it("a decline that the donor's bank says late: counted once", KILLING, async () => {
    const calls = await killing.afterEachCall(async (): Promise<Killed> => {
      await forgetDeclines(giving);
      const { pledge, payment } = given(
        await giving.give(gift(campaign, { paymentMethod: "pm_card_threeDSecure2Required" })),
      );
      const intentId = String(payment.nextAction?.clientSecret).split("_secret_")[0] ?? "";
      const paid = { pledgeId: pledge.id, paymentId: payment.id, intentId };
      await giving.stripe.control("POST", `payment_intents/${intentId}/authenticate`, { passed: false });
      const event = named(await eventsOf(giving, paid), "payment_intent.payment_failed");
      return {
        work: { do: "webhook", event },
        goesOn: async () => {
          await receiveEvent(event);
          await sweep(paid);
          expect(await standing(paid)).toMatchObject({ state: "failed", status: "failed" });
          const attempts = await giving.supabase.sql`
            select outcome from private.payment_attempts where payment_id = ${payment.id} and outcome = 'declined'`;
          expect(attempts).toHaveLength(1);
        },
      };
    });
    expect(calls).toBeGreaterThanOrEqual(3);
  });
});
