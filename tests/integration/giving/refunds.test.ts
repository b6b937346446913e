import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { POST as ask } from "@/app/api/v1/admin/payments/[id]/refunds/route";
import { POST as decide } from "@/app/api/v1/admin/refunds/[id]/decision/route";
import { storyOfPledge } from "@/lib/giving/administration/look-after";
import { capturePayment } from "@/lib/giving/payment/capture-payment";
import { refundDeskOf } from "@/lib/giving/refund/ask-refund";
import { endCancelledCampaigns } from "@/lib/giving/refund/end-cancelled-campaigns";
import { fourEyesAbove } from "@/lib/giving/refund/rules";
import { sendRefunds } from "@/lib/giving/refund/send-refunds";
import { eventually } from "../../support/eventually.ts";
import type { TestUser } from "../../support/supabase.ts";
import { call, type Reply } from "../accounts/calls.ts";
import { gift, given, moveCampaign, useGiving } from "./giving-harness.ts";

vi.mock("next/headers", async () => (await import("../accounts/request-scope.ts")).nextHeaders());
vi.mock("next/server", async (original) => (await import("../accounts/request-scope.ts")).nextServer(original));

const giving = useGiving();
let campaign: string;
let operator: TestUser;
let stranger: TestUser;
beforeAll(async () => {
  campaign = await giving.campaign();
  operator = await giving.supabase.asUser({ roles: ["operator"] });
  stranger = await giving.supabase.asUser({ roles: ["campaign_admin"] });
  // What is said of a refund is told by the answer alone here: no webhook tells of it first.
  await giving.stripe.control("POST", "settings", { webhooks: "manual" });
});

interface Paid {
  readonly pledgeId: string;
  readonly paymentId: string;
}
async function taken(amountMinor = 2500, to = campaign): Promise<Paid> {
  const { pledge, payment } = given(await giving.give(gift(to, { amountMinor })));
  await capturePayment(payment.id, "workflow");
  return { pledgeId: pledge.id, paymentId: payment.id };
}
const asked = (
  paid: Paid,
  json: object,
  { by = giving.owner, key = randomUUID() }: { by?: TestUser; key?: string } = {},
): Promise<Reply> =>
  call(ask, {
    method: "POST",
    path: `/api/v1/admin/payments/${paid.paymentId}/refunds`,
    params: { id: paid.paymentId },
    token: by.accessToken,
    json,
    headers: { "idempotency-key": key },
  });
const decided = (id: string, approved: boolean, by: TestUser): Promise<Reply> =>
  call(decide, {
    method: "POST",
    path: `/api/v1/admin/refunds/${id}/decision`,
    params: { id },
    token: by.accessToken,
    json: { approved },
  });
const refundOf = ({ body }: Reply) => body["refund"] as { id: string; status: string; needsApproval: boolean };
const rows = ({ paymentId }: Paid) => giving.supabase.sql<{ amount: number; status: string; why: string | null }[]>`
  select amount_minor::int as amount, status::text, failure_reason as why from public.refunds
  where payment_id = ${paymentId} order by created_at`;
const atStripe = async ({ pledgeId }: Paid): Promise<number[]> => {
  const [row] = await giving.supabase.sql`select intent_id from public.payments where pledge_id = ${pledgeId}`;
  const { data } = await giving.stripe.client.refunds.list({ payment_intent: String(row?.["intent_id"]) });
  return data.map(({ amount }) => amount).toSorted((one, other) => one - other);
};
const WISH = { reason: "requested_by_customer", note: "rang up" } as const;

describe("a refund that an organiser asks for", () => {
  it("is made once for its key, however often it is sent, and stands in the books with who asked", async () => {
    const paid = await taken();
    const key = randomUUID();
    const first = await asked(paid, { ...WISH, amountMinor: 700 }, { key });
    expect([first.status, first.body]).toMatchObject([
      201,
      { refund: { amountMinor: 700, currency: "EUR", status: "pending", needsApproval: false } },
    ]);
    const again = await asked(paid, { ...WISH, amountMinor: 700 }, { key });
    expect([again.status, again.headers.get("idempotency-replayed"), refundOf(again).id]).toEqual([
      200,
      "true",
      refundOf(first).id,
    ]);
    expect(await asked(paid, { ...WISH, amountMinor: 800 }, { key })).toMatchObject({
      status: 422,
      body: { code: "idempotency_key_reused" },
    });
    await sendRefunds();
    await sendRefunds();
    expect(await atStripe(paid)).toEqual([700]);
    expect(await rows(paid)).toEqual([{ amount: 700, status: "succeeded", why: null }]);
    const { ledger, transitions } = await storyOfPledge(giving.owner.id, paid.pledgeId);
    expect(ledger.some(({ account, amountMinor }) => account === "gift_refunded" && amountMinor === 700)).toBe(true);
    expect(transitions.find(({ subject, from }) => subject === "refund" && from === null)).toMatchObject({
      to: "pending",
      cause: "operator",
    });
    expect(await refundDeskOf(giving.owner.id, paid.pledgeId)).toMatchObject({
      payments: [{ leftMinor: 1800 }],
      refunds: [{ mine: true, askedBy: "Olga Organiser", approvedBy: null }],
    });
  });

  it("sent fifty times in one moment is one", async () => {
    const paid = await taken();
    const key = randomUUID();
    const replies = await Promise.all(
      Array.from({ length: 50 }, () => asked(paid, { ...WISH, amountMinor: 100 }, { key })),
    );
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(replies.filter(({ status }) => ![200, 201, 409].includes(status))).toEqual([]);
    await Promise.all([sendRefunds(), sendRefunds(), sendRefunds()]);
    expect(await atStripe(paid)).toEqual([100]);
  });

  it("without an amount is all that is left; of nothing left there is none", async () => {
    const paid = await taken();
    await asked(paid, { ...WISH, amountMinor: 1000 });
    expect(await asked(paid, WISH)).toMatchObject({ status: 201, body: { refund: { amountMinor: 1500 } } });
    expect(await asked(paid, WISH)).toMatchObject({ status: 422, body: { errors: [{ path: "amountMinor" }] } });
    await sendRefunds();
    expect(await atStripe(paid)).toEqual([1000, 1500]);
  });

  it.each([[0], [-1], [2501], [10.5], [1e21]])(
    "of %d is refused with its path, and nothing is written",
    async (amountMinor) => {
      const paid = await taken();
      expect(await asked(paid, { ...WISH, amountMinor })).toMatchObject({
        status: 422,
        body: { code: "rule_broken", errors: [{ path: "amountMinor" }] },
      });
      expect(await rows(paid)).toEqual([]);
    },
  );

  it("is for who runs the campaign and operators, with a key and a reason", async () => {
    const paid = await taken();
    expect((await asked(paid, WISH, { by: stranger })).status).toBe(403);
    expect((await asked(paid, WISH, { by: await giving.supabase.asUser() })).status).toBe(403);
    expect((await asked(paid, WISH, { key: "" })).body.code).toBe("idempotency_key_required");
    for (const reason of ["late_capture", "campaign_cancelled", "because"])
      expect((await asked(paid, { reason })).status).toBe(400);
    expect((await asked({ ...paid, paymentId: randomUUID() }, WISH)).status).toBe(404);
    await expect(refundDeskOf(stranger.id, paid.pledgeId)).rejects.toMatchObject({ code: "not_found" });
    expect(await rows(paid)).toEqual([]);
    expect((await asked(paid, { ...WISH, amountMinor: 1 }, { by: operator })).status).toBe(201);
  });

  it("whose role was taken away is refused at once", async () => {
    const paid = await taken();
    const dismissed = await giving.supabase.asUser({ roles: ["operator"] });
    await giving.supabase.sql`delete from public.user_roles where user_id = ${dismissed.id} and role = 'operator'`;
    expect((await asked(paid, WISH, { by: dismissed })).status).toBe(403);
  });

  it("above the limit waits for somebody else, who approves it or ends it", async () => {
    const paid = await taken(200_000);
    const large = { ...WISH, amountMinor: fourEyesAbove("EUR") + 1 };
    const first = await asked(paid, large);
    expect(refundOf(first).needsApproval).toBe(true);
    await sendRefunds();
    expect(await atStripe(paid)).toEqual([]);
    expect((await decided(refundOf(first).id, true, giving.owner)).status).toBe(403);
    expect((await decided(refundOf(first).id, true, stranger)).status).toBe(403);
    expect((await decided(randomUUID(), true, operator)).status).toBe(404);
    expect(await decided(refundOf(first).id, true, operator)).toMatchObject({
      status: 200,
      body: { refund: { needsApproval: false } },
    });
    expect((await decided(refundOf(first).id, true, operator)).status).toBe(409);
    await sendRefunds();
    expect(await atStripe(paid)).toEqual([large.amountMinor]);
    const second = await asked(paid, large);
    // Who asked may take it back.
    expect(await decided(refundOf(second).id, false, giving.owner)).toMatchObject({
      status: 200,
      body: { refund: { status: "canceled" } },
    });
    await sendRefunds();
    expect(await atStripe(paid)).toHaveLength(1);
  });
});

describe("on the way to Stripe", () => {
  /** The lease of whoever tried to send it has ended. */
  const later = () => giving.supabase.sql`update public.refunds set due_at = now() where due_at is not null`;

  it.each([
    ["its answer is lost after it was made", { kind: "reset", when: "after" }],
    ["it never arrives", { kind: "reset", when: "before" }],
    ["a 500 that is saved under its key", { kind: "error", status: 500, when: "before", saved: true }],
    ["a 500 after it was made", { kind: "error", status: 500, when: "after" }],
  ])("%s: one refund", async (_, order) => {
    const paid = await taken();
    // Before it is asked for: the request sends it itself, after its answer.
    await giving.stripe.control("POST", "faults", { on: "api", method: "POST", path: "/v1/refunds", ...order });
    await asked(paid, { ...WISH, amountMinor: 900 });
    await sendRefunds();
    await giving.stripe.control("DELETE", "faults");
    await later();
    await sendRefunds();
    expect(await atStripe(paid)).toEqual([900]);
    expect(await rows(paid)).toEqual([{ amount: 900, status: "succeeded", why: null }]);
  });

  it("what Stripe will never do ends as failed, says why, and is not asked for ever", async () => {
    const paid = await taken();
    const [row] = await giving.supabase
      .sql`select intent_id, charge_id from public.payments where id = ${paid.paymentId}`;
    // Returned in Stripe's dashboard, of which we have not heard.
    await giving.stripe.client.refunds.create({ payment_intent: String(row?.["intent_id"]) });
    await asked(paid, { ...WISH, amountMinor: 900 });
    await eventually(async () => {
      await sendRefunds();
      expect(await rows(paid)).toEqual([{ amount: 900, status: "failed", why: "charge_already_refunded" }]);
    });
    await later();
    expect(await sendRefunds()).toEqual({ sent: 0, failed: 0 });
    expect(await atStripe(paid)).toEqual([2500]);
  });
});

describe("a campaign that is cancelled", () => {
  const shown = async ({ pledgeId }: Paid) =>
    (
      await giving.supabase.sql`
        select g.status::text, p.state::text, p.captured_minor::int as captured, p.refunded_minor::int as refunded
        from public.pledges g join public.payments p on p.pledge_id = g.id where g.id = ${pledgeId}`
    )[0];

  it("lets holds go and returns what was taken, once, however often it is ended", async () => {
    const [closing, other] = [await giving.campaign(), await giving.campaign()];
    const [whole, partly, elsewhere] = [
      await taken(2500, closing),
      await taken(2500, closing),
      await taken(2500, other),
    ];
    await asked(partly, { ...WISH, amountMinor: 1000 });
    await sendRefunds();
    const { pledge, payment } = given(await giving.give(gift(closing)));
    const held = { pledgeId: pledge.id, paymentId: payment.id };
    // As long as it takes gifts nothing is due.
    expect(await endCancelledCampaigns(closing)).toEqual({ canceled: 0, refunded: 0 });
    await moveCampaign(giving, closing, "cancelled");
    expect(await endCancelledCampaigns(closing)).toEqual({ canceled: 1, refunded: 2 });
    expect(await endCancelledCampaigns(closing)).toEqual({ canceled: 0, refunded: 0 });
    expect(await atStripe(whole)).toEqual([2500]);
    expect(await atStripe(partly)).toEqual([1000, 1500]);
    expect(await atStripe(elsewhere)).toEqual([]);
    expect(await shown(whole)).toMatchObject({ status: "completed", captured: 2500, refunded: 2500 });
    // Its hold is let go by the workflow of a cancelled pledge.
    expect(await shown(held)).toMatchObject({ status: "canceled" });
  });

  it("also of gifts that came in the same moment, which nobody named", async () => {
    const closing = await giving.campaign();
    const late = await taken(2500, closing);
    await moveCampaign(giving, closing, "cancelled");
    expect(await endCancelledCampaigns()).toEqual({ canceled: 0, refunded: 1 });
    expect(await atStripe(late)).toEqual([2500]);
  });

  it("does not ask for ever what Stripe has refused: people decide", async () => {
    const closing = await giving.campaign();
    const paid = await taken(2500, closing);
    const [row] = await giving.supabase.sql`select intent_id from public.payments where id = ${paid.paymentId}`;
    await giving.stripe.client.refunds.create({ payment_intent: String(row?.["intent_id"]) });
    await moveCampaign(giving, closing, "cancelled");
    expect(await endCancelledCampaigns(closing)).toEqual({ canceled: 0, refunded: 1 });
    expect(await rows(paid)).toMatchObject([{ status: "failed" }]);
    expect(await endCancelledCampaigns(closing)).toEqual({ canceled: 0, refunded: 0 });
  });
});
