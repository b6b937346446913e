import type Stripe from "stripe";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { permutations } from "../../support/giving.ts";
import { forgetDeclines, gift, given, useGiving } from "./giving-harness.ts";
import { KILLING } from "./killing.ts";
import { eventsOf, fresh, pledged, send, type Paid } from "./webhook-events.ts";

vi.mock("next/headers", async () => (await import("../accounts/request-scope.ts")).nextHeaders());
vi.mock("next/server", async (original) => (await import("../accounts/request-scope.ts")).nextServer(original));

const giving = useGiving();
let campaign: string;
beforeAll(async () => {
  campaign = await giving.campaign();
  await giving.stripe.control("POST", "settings", { webhooks: "manual" });
});

/** A payment that our row knows as pending, while its donor's bank has answered already. */
async function challenged(passed: boolean): Promise<Paid> {
  const { pledge, payment } = given(
    await giving.give(gift(campaign, { paymentMethod: "pm_card_threeDSecure2Required" })),
  );
  const intentId = String(payment.nextAction?.clientSecret).split("_secret_")[0] ?? "";
  await giving.stripe.control("POST", `payment_intents/${intentId}/authenticate`, { passed });
  return { pledgeId: pledge.id, paymentId: payment.id, intentId };
}
const captured = async (paid: Paid): Promise<Paid> => {
  await giving.stripe.client.paymentIntents.capture(paid.intentId);
  return paid;
};
const refunded = async (paid: Paid, amount: number): Promise<string> =>
  (await giving.stripe.client.refunds.create({ payment_intent: paid.intentId, amount })).id;

interface Story {
  /** Makes the payment and has it happen at Stripe. */
  readonly happens: () => Promise<Paid>;
  readonly events: readonly string[];
  readonly end: object;
}

const END = { state: "completed", status: "completed", captured: 2500, refunded: 0, disputed: 0, lost: 0 };
const STORIES: Readonly<Record<string, Story>> = {
  "a gift that is taken": {
    happens: async () => captured(await challenged(true)),
    events: [
      "payment_intent.created",
      "charge.succeeded",
      "payment_intent.amount_capturable_updated",
      "charge.captured",
      "payment_intent.succeeded",
    ],
    end: END,
  },
  "a hold that is let go": {
    happens: async () => {
      const paid = await challenged(true);
      await giving.stripe.client.paymentIntents.cancel(paid.intentId);
      return paid;
    },
    events: ["charge.succeeded", "payment_intent.amount_capturable_updated", "payment_intent.canceled"],
    end: { ...END, state: "canceled", status: "canceled", captured: 0 },
  },
  "a challenge that fails": {
    happens: () => challenged(false),
    events: ["payment_intent.created", "payment_intent.requires_action", "payment_intent.payment_failed"],
    end: { ...END, state: "failed", status: "failed", captured: 0 },
  },
  "two refunds of one amount": {
    happens: async () => {
      const paid = await captured(await challenged(true));
      await refunded(paid, 700);
      await refunded(paid, 700);
      return paid;
    },
    events: ["payment_intent.succeeded", "refund.created", "refund.created", "charge.refunded"],
    end: { ...END, refunded: 1400 },
  },
  "a refund that fails later": {
    happens: async () => {
      const paid = await captured(await challenged(true));
      const id = await refunded(paid, 1000);
      await giving.stripe.control("POST", `refunds/${id}`, {
        status: "failed",
        failureReason: "expired_or_canceled_card",
      });
      return paid;
    },
    events: ["payment_intent.succeeded", "refund.created", "refund.updated", "refund.failed"],
    end: END,
  },
  "a dispute that is lost": {
    happens: async () => {
      const paid = await captured(await pledged(giving, campaign));
      const { latest_charge: charge } = await giving.stripe.client.paymentIntents.retrieve(paid.intentId);
      await giving.stripe.control("POST", `charges/${String(charge)}/dispute`, { kind: "fraudulent" });
      const [dispute] = (await giving.stripe.client.disputes.list({ payment_intent: paid.intentId })).data;
      await giving.stripe.control("POST", `disputes/${dispute?.id}`, { action: "lose" });
      return paid;
    },
    events: [
      "payment_intent.succeeded",
      "charge.dispute.created",
      "charge.dispute.funds_withdrawn",
      "charge.dispute.closed",
    ],
    end: { ...END, lost: 2500 },
  },
};

/** One event of each of these types, in this order; a type that stands twice is two events. */
function chosen(all: readonly Stripe.Event[], types: readonly string[]): Stripe.Event[] {
  const left = [...all];
  return types.map((type) => {
    const at = left.findIndex((event) => event.type === type);
    if (at < 0) throw new Error(`There is no ${type} among ${all.map((event) => event.type).join(", ")}.`);
    return left.splice(at, 1)[0] as Stripe.Event;
  });
}

/** What stands in the end, of the payment, its pledge and its ledger. */
async function standing({ paymentId }: Paid): Promise<string> {
  const { sql } = giving.supabase;
  const [row] = await sql`
    select p.state, g.status, p.captured_minor::int as captured, p.refunded_minor::int as refunded,
      p.disputed_minor::int as disputed, p.lost_minor::int as lost
    from public.payments p join public.pledges g on g.id = p.pledge_id where p.id = ${paymentId}`;
  const ledger = await sql`
    select a.kind::text, sum(e.amount_minor)::int as amount from private.ledger_transactions t
    join private.ledger_entries e on e.transaction_id = t.id join private.ledger_accounts a on a.id = e.account_id
    where t.payment_id = ${paymentId} group by a.kind having sum(e.amount_minor) <> 0 order by a.kind`;
  const left = await sql`
    select 1 from private.payment_transition_rejections where payment_id = ${paymentId}`;
  return JSON.stringify({ row, ledger: [...ledger], rejections: left.length });
}

const AT_ONCE = 6;

describe("all orders of a payment's webhooks, each twice and under a second id, come to one end", () => {
  it.each(Object.entries(STORIES))("%s", KILLING, async (_, { happens, events: types, end }) => {
    await forgetDeclines(giving);
    const orders = permutations(types.map((__, index) => index));
    const ends = new Map<string, number[]>();
    const one = async (order: readonly number[]): Promise<void> => {
      const paid = await happens();
      const events = chosen(await eventsOf(giving, paid), types);
      const deliver = async (event: Stripe.Event | undefined): Promise<void> => {
        const { status } = await send(giving, event ?? {});
        expect([order, event?.type, status]).toEqual([order, event?.type, 200]);
      };
      for (const index of order) {
        const event = events[index] as Stripe.Event;
        await Promise.all([deliver(event), deliver(event)]);
        await deliver(fresh(event));
      }
      for (const index of order.toReversed()) await deliver(events[index]);
      const waiting = await giving.supabase.sql`
        select id, state, outcome, error from private.webhook_events where id = any(${events.map(({ id }) => id)})
          and state <> 'processed'`;
      expect([...waiting]).toEqual([]);
      ends.set(await standing(paid), [...order]);
    };
    const left = [...orders];
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (let order = left.pop(); order; order = left.pop()) await one(order);
      }),
    );
    expect([...ends.keys()].map((text) => (JSON.parse(text) as { row: object; rejections: number }).row)).toEqual([
      end,
    ]);
    expect([...ends.keys()][0]).toContain('"rejections":0');
  });
});
