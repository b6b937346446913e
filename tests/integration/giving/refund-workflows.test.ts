import { beforeAll, describe, expect, it, vi } from "vitest";
import { inngest } from "@/inngest/client";
import { endCanceledPledgeFunction } from "@/inngest/giving/end-canceled-pledge";
import { mailRefundFunction } from "@/inngest/giving/gift-mails";
import {
  endCancelledCampaignFunction,
  endCancelledCampaignsFunction,
  sendRefundsFunction,
} from "@/inngest/giving/send-refunds";
import { capturePayment } from "@/lib/giving/payment/capture-payment";
import { drainOutbox } from "@/lib/platform/outbox/outbox";
import { resendMail } from "@/lib/giving/mail/send-giving-mail";
import { eventually } from "../../support/eventually.ts";
import { useResend } from "../../support/resend.ts";
import { useExecutor } from "./executor.ts";
import { gift, given, moveCampaign, useGiving } from "./giving-harness.ts";

vi.mock("next/headers", async () => (await import("../accounts/request-scope.ts")).nextHeaders());
vi.mock("next/server", async (original) => (await import("../accounts/request-scope.ts")).nextServer(original));

const resend = useResend();
const giving = useGiving({ further: () => ({ RESEND_BASE_URL: resend.url }) });
const executor = useExecutor(giving, [
  sendRefundsFunction,
  endCancelledCampaignFunction,
  endCancelledCampaignsFunction,
  endCanceledPledgeFunction,
  mailRefundFunction,
]);
let campaign: string;
beforeAll(async () => {
  campaign = await giving.campaign();
  // What becomes of a refund is told by the answer to it alone.
  await giving.stripe.control("POST", "settings", { webhooks: "manual" });
});

interface Paid {
  readonly pledgeId: string;
  readonly paymentId: string;
}
async function held(to: string): Promise<Paid> {
  const { pledge, payment } = given(await giving.give(gift(to)));
  return { pledgeId: pledge.id, paymentId: payment.id };
}
async function taken(to: string): Promise<Paid> {
  const paid = await held(to);
  await capturePayment(paid.paymentId, "workflow");
  return paid;
}
/** As an organiser asks for it, but that no request is there to send it. */
const ask = ({ paymentId }: Paid, amountMinor: number, by = giving.owner.id) => giving.supabase.sql`
  select public.request_refund(${by}, ${paymentId}, ${amountMinor}, 'requested_by_customer', '', 1000000)`;
const refundsOf = ({ paymentId }: Paid) => giving.supabase.sql`
  select amount_minor::int as amount, status::text from public.refunds where payment_id = ${paymentId} order by created_at`;
const standing = async ({ paymentId }: Paid) =>
  (
    await giving.supabase.sql`
      select g.status::text, p.state::text, p.refunded_minor::int as refunded
      from public.payments p join public.pledges g on g.id = p.pledge_id where p.id = ${paymentId}`
  )[0];
const atStripe = async ({ paymentId }: Paid): Promise<number[]> => {
  const [row] = await giving.supabase.sql`select intent_id from public.payments where id = ${paymentId}`;
  const { data } = await giving.stripe.client.refunds.list({ payment_intent: String(row?.["intent_id"]) });
  return data.map(({ amount }) => amount);
};

describe("send-refunds, each minute", () => {
  it("sends what was asked for, once, however often its minute comes", async () => {
    const paid = await taken(campaign);
    await ask(paid, 900);
    await executor.tick("send-refunds");
    await eventually(async () => expect(await refundsOf(paid)).toEqual([{ amount: 900, status: "succeeded" }]));
    const before = (await executor.answersOf("send-refunds")).length;
    await executor.tick("send-refunds");
    await eventually(async () =>
      expect((await executor.answersOf("send-refunds")).slice(before)).toContainEqual({ sent: 0, failed: 0 }),
    );
    expect(await atStripe(paid)).toEqual([900]);
  });

  it("whose answer was lost is looked up by the next run, not made twice", async () => {
    const paid = await taken(campaign);
    // Stripe makes it, and neither says so nor lets anybody look.
    await giving.stripe.control("POST", "faults", {
      on: "api",
      path: "/v1/refunds*",
      kind: "reset",
      when: "after",
      count: null,
    });
    await ask(paid, 700);
    await executor.tick("send-refunds");
    await eventually(async () =>
      expect(await executor.answersOf("send-refunds")).toContainEqual({ sent: 0, failed: 1 }),
    );
    await giving.stripe.control("DELETE", "faults");
    expect(await atStripe(paid)).toEqual([700]);
    expect(await refundsOf(paid)).toEqual([{ amount: 700, status: "pending" }]);
    // The lease of the run that lost it is over.
    await giving.supabase.sql`update public.refunds set due_at = now() where payment_id = ${paid.paymentId}`;
    await executor.tick("send-refunds");
    await eventually(async () => expect(await refundsOf(paid)).toEqual([{ amount: 700, status: "succeeded" }]));
    expect(await atStripe(paid)).toEqual([700]);
  });
});

describe("a refund that Stripe finally refuses", () => {
  /** Returned in Stripe's dashboard, of which we have not heard: what we ask for then is refused. */
  const returnedElsewhere = async ({ paymentId }: Paid): Promise<void> => {
    const [row] = await giving.supabase.sql`select intent_id from public.payments where id = ${paymentId}`;
    await giving.stripe.client.refunds.create({ payment_intent: String(row?.["intent_id"]) });
  };
  const noticesOf = (userId: string, { pledgeId }: Paid) => giving.supabase.sql`
    select kind, title from public.notifications where user_id = ${userId} and href = ${`/admin/pledges/${pledgeId}`}`;
  const NOTICE = { kind: "giving.refund_failed", title: "A refund did not go through" };
  const lettersAbout = ({ pledgeId }: Paid) =>
    resend.inbox.filter(({ text }) => text.includes(`/admin/pledges/${pledgeId}`));

  it("is told to who asked: a notice and a mail, once, though its event comes twice", async () => {
    const asker = await giving.supabase.asUser({ roles: ["operator"], displayName: "Otto Operator" });
    const paid = await taken(campaign);
    await returnedElsewhere(paid);
    await ask(paid, 900, asker.id);
    await executor.tick("send-refunds");
    await eventually(async () => expect(await refundsOf(paid)).toMatchObject([{ status: "failed" }]));
    await eventually(async () => {
      await drainOutbox();
      expect(lettersAbout(paid)).toHaveLength(1);
    });
    const [letter] = lettersAbout(paid);
    expect(letter).toMatchObject({
      to: asker.email,
      subject: expect.stringContaining("A refund did not go through: €9.00"),
    });
    expect(letter?.text).toContain("Hello Otto Operator,");
    expect(letter?.text).toContain("Stripe says that the payment was returned before.");
    // No way into the donor's own page.
    expect(letter?.text).not.toContain("#");
    const [told] = await giving.supabase.sql<{ data: Record<string, unknown> }[]>`
      select data from private.outbox
      where name = 'giving/refund.updated' and aggregate_id = ${paid.pledgeId} and data ->> 'status' = 'failed'`;
    const before = (await executor.answersOf("mail-refund")).length;
    await inngest.send({ name: "giving/refund.updated", data: told?.data ?? {} });
    await eventually(async () => expect((await executor.answersOf("mail-refund")).length).toBeGreaterThan(before));
    expect(lettersAbout(paid)).toHaveLength(1);
    expect(await noticesOf(asker.id, paid)).toEqual([NOTICE]);
    expect(await noticesOf(giving.owner.id, paid)).toEqual([]);
    // Sent again by hand it goes to the same person.
    const [mail] = await giving.supabase.sql<{ id: string }[]>`
      select id from private.giving_mails where pledge_id = ${paid.pledgeId} and kind = 'refund_failed'`;
    expect(await resendMail(giving.owner.id, mail?.id ?? "")).toEqual({ to: asker.email });
    expect(lettersAbout(paid)).toHaveLength(2);
  });

  it("which nobody asked for is told to the campaign's owner", async () => {
    const closing = await giving.campaign();
    const paid = await taken(closing);
    await returnedElsewhere(paid);
    await moveCampaign(giving, closing, "cancelled");
    await eventually(async () => {
      await drainOutbox();
      expect(lettersAbout(paid)).toMatchObject([{ to: giving.owner.email }]);
    });
    expect(lettersAbout(paid)[0]?.text).toContain("because you own this campaign");
    expect(await noticesOf(giving.owner.id, paid)).toEqual([NOTICE]);
  });
});

describe("a campaign that is cancelled", () => {
  it("has its holds let go and its gifts returned, once, though its event comes twice", async () => {
    const closing = await giving.campaign();
    const [gone, back] = [await held(closing), await taken(closing)];
    await moveCampaign(giving, closing, "paused");
    await drainOutbox();
    await eventually(async () =>
      expect(await executor.answersOf("end-cancelled-campaign")).toContainEqual({
        campaignId: closing,
        status: "paused",
      }),
    );
    expect([await standing(gone), await standing(back)]).toMatchObject([
      { state: "authorized" },
      { state: "completed", refunded: 0 },
    ]);
    await moveCampaign(giving, closing, "cancelled");
    const ended = () =>
      eventually(async () => {
        await drainOutbox();
        expect([await standing(gone), await standing(back)]).toEqual([
          { status: "canceled", state: "canceled", refunded: 0 },
          { status: "completed", state: "completed", refunded: 2500 },
        ]);
      });
    await ended();
    // How many it ended itself is not for sure: each ten minutes the other workflow comes by.
    await eventually(async () =>
      expect(await executor.answersOf("end-cancelled-campaign")).toContainEqual({
        campaignId: closing,
        canceled: expect.any(Number),
        refunded: expect.any(Number),
      }),
    );
    const before = (await executor.answersOf("end-cancelled-campaign")).length;
    // The same once more under another id, as after a relay that died when it had sent it.
    await inngest.send({
      name: "giving/campaign.updated",
      data: { campaignId: closing, slug: "", status: "cancelled", version: 3, previousStatus: "paused" },
    });
    await eventually(async () =>
      expect((await executor.answersOf("end-cancelled-campaign")).slice(before)).toContainEqual({
        campaignId: closing,
        canceled: 0,
        refunded: 0,
      }),
    );
    await ended();
    expect(await atStripe(back)).toEqual([2500]);
  });

  it("end-cancelled-campaigns, each ten minutes, finds a gift of which no event has told", async () => {
    const closing = await giving.campaign();
    const late = await taken(closing);
    await drainOutbox();
    await giving.supabase.sql.begin(async (sql) => {
      const [row] = await sql<{ version: string }[]>`select version from public.campaigns where id = ${closing}`;
      const change = sql.json({ status: "cancelled" });
      await sql`select public.update_campaign(${giving.owner.id}, ${closing}, ${Number(row?.version)}, ${change}, '')`;
      await sql`update private.outbox set published_at = now() where aggregate_id = ${closing} and published_at is null`;
    });
    await executor.tick("end-cancelled-campaigns");
    await eventually(async () => expect(await standing(late)).toMatchObject({ refunded: 2500 }));
    expect(await atStripe(late)).toEqual([2500]);
    await eventually(async () =>
      expect(await executor.answersOf("end-cancelled-campaigns")).toContainEqual({ canceled: 0, refunded: 1 }),
    );
  });
});
