import { randomUUID } from "node:crypto";
import { beforeAll, expect, it, vi } from "vitest";
import { capturePayment } from "@/lib/giving/payment/capture-payment";
import { sweepPayments } from "@/lib/giving/payment/sweep-payments";
import { sendDisputeAnswers } from "@/lib/giving/dispute/send-answers";
import { askRefund } from "@/lib/giving/refund/ask-refund";
import { endCancelledCampaigns } from "@/lib/giving/refund/end-cancelled-campaigns";
import { sendRefunds } from "@/lib/giving/refund/send-refunds";
import { moveCampaign, useGiving } from "./giving-harness.ts";
import { KILLING, useKilling, type Killed } from "./killing.ts";
import { eventsOf, pledged, send, type Paid } from "./webhook-events.ts";

vi.mock("next/headers", async () => (await import("../accounts/request-scope.ts")).nextHeaders());
vi.mock("next/server", async (original) => (await import("../accounts/request-scope.ts")).nextServer(original));

const giving = useGiving();
const killing = useKilling(giving);
let campaign: string;
beforeAll(async () => {
  campaign = await giving.campaign();
  await giving.stripe.control("POST", "settings", { webhooks: "manual" });
});

async function taken(to: string): Promise<Paid> {
  const paid = await pledged(giving, to);
  await capturePayment(paid.paymentId, "workflow");
  return paid;
}
/** The next run, after the dead process's lease. */
const nextRun = async (): Promise<void> => {
  await giving.supabase.sql`update public.refunds set due_at = now() where due_at is not null`;
  expect(await sendRefunds()).toMatchObject({ failed: 0 });
};
const rows = ({ paymentId }: Paid) => giving.supabase.sql`
  select amount_minor::int as amount, status::text, failure_reason as why from public.refunds where payment_id = ${paymentId}`;
const atStripe = async ({ intentId }: Paid): Promise<number[]> =>
  (await giving.stripe.client.refunds.list({ payment_intent: intentId })).data.map(({ amount }) => amount);
const ask = ({ paymentId }: Paid, amountMinor: number) => giving.supabase.sql`
  select public.request_refund(${giving.owner.id}, ${paymentId}, ${amountMinor}, 'requested_by_customer', '', 1000000)`;
const returned = async (paid: Paid, amount: number): Promise<void> => {
  expect(await atStripe(paid)).toEqual([amount]);
  expect(await rows(paid)).toEqual([{ amount, status: "succeeded", why: null }]);
};

it("asking for a refund: the same key goes on to one refund", KILLING, async () => {
  const body = { amountMinor: 600, reason: "requested_by_customer" } as const;
  const calls = await killing.afterEachCall(async (): Promise<Killed> => {
    const paid = await taken(campaign);
    const key = randomUUID();
    return {
      work: { do: "ask_refund", actorId: giving.owner.id, paymentId: paid.paymentId, body, key },
      goesOn: async () => {
        await giving.supabase.sql`
          update private.idempotency_keys set lease_until = now() where key = ${key} and state = 'running'`;
        expect([200, 201]).toContain((await askRefund(giving.owner.id, paid.paymentId, body, key)).status);
        await nextRun();
        await returned(paid, 600);
      },
    };
  });
  expect(calls).toBeGreaterThanOrEqual(3);
});

it("sending a refund: the next run makes it once", KILLING, async () => {
  const calls = await killing.afterEachCall(async (): Promise<Killed> => {
    const paid = await taken(campaign);
    await ask(paid, 600);
    return {
      work: { do: "send_refunds" },
      goesOn: async () => {
        await nextRun();
        await returned(paid, 600);
      },
    };
  });
  // Claim, note the try, Stripe, write down.
  expect(calls).toBeGreaterThanOrEqual(4);
});

it("sending a refund that Stripe will never do: the next run ends it as failed", KILLING, async () => {
  const calls = await killing.afterEachCall(async (): Promise<Killed> => {
    const paid = await taken(campaign);
    // Returned in Stripe's dashboard, of which we have not heard.
    await giving.stripe.client.refunds.create({ payment_intent: paid.intentId });
    await ask(paid, 600);
    return {
      work: { do: "send_refunds" },
      goesOn: async () => {
        await nextRun();
        expect(await rows(paid)).toEqual([{ amount: 600, status: "failed", why: "charge_already_refunded" }]);
        expect(await atStripe(paid)).toEqual([2500]);
      },
    };
  });
  expect(calls).toBeGreaterThanOrEqual(5);
});

it("ending a cancelled campaign: the next run lets each hold go and returns each gift once", KILLING, async () => {
  const calls = await killing.afterEachCall(async (): Promise<Killed> => {
    const closing = await giving.campaign();
    const [hold, paid] = [await pledged(giving, closing), await taken(closing)];
    await moveCampaign(giving, closing, "cancelled");
    return {
      work: { do: "end_campaign", campaignId: closing },
      goesOn: async () => {
        await endCancelledCampaigns(closing);
        await nextRun();
        await returned(paid, 2500);
        // As the workflow of a cancelled pledge would; it has tests of its own.
        await giving.supabase.sql`
          update public.payments set check_at = now() where id = ${hold.paymentId} and check_at is not null`;
        await sweepPayments();
        expect((await giving.stripe.client.paymentIntents.retrieve(hold.intentId)).status).toBe("canceled");
        expect(await endCancelledCampaigns(closing)).toEqual({ canceled: 0, refunded: 0 });
      },
    };
  });
  expect(calls).toBeGreaterThanOrEqual(7);
});

it("sending evidence to a bank: the next run goes on, and it is submitted once", KILLING, async () => {
  const calls = await killing.afterEachCall(async (): Promise<Killed> => {
    const paid = await taken(campaign);
    const { latest_charge: charge } = await giving.stripe.client.paymentIntents.retrieve(paid.intentId);
    const { id } = await giving.stripe.control<{ id: string }>("POST", `charges/${String(charge)}/dispute`, {});
    const event = (await eventsOf(giving, paid)).find(({ type }) => type === "charge.dispute.created");
    expect((await send(giving, event ?? "")).status).toBe(200);
    await giving.supabase.sql`
      select public.answer_dispute(${giving.owner.id}, d.id, 'submit', '{"uncategorized_text": "True"}')
      from public.disputes d where d.dispute_id = ${id}`;
    return {
      work: { do: "send_answers" },
      goesOn: async () => {
        await giving.supabase.sql`update private.dispute_answers set due_at = now() where due_at is not null`;
        expect(await sendDisputeAnswers()).toMatchObject({ failed: 0 });
        expect(await giving.stripe.client.disputes.retrieve(id)).toMatchObject({
          status: "under_review",
          evidence_details: { submission_count: 1 },
        });
        const [row] = await giving.supabase.sql`
          select d.status, a.sent_at is not null as sent from public.disputes d
          join private.dispute_answers a on a.dispute_id = d.id where d.dispute_id = ${id}`;
        expect(row).toEqual({ status: "under_review", sent: true });
      },
    };
  });
  // Claim, note the try, Stripe, read, write down, settle.
  expect(calls).toBeGreaterThanOrEqual(6);
});
