import { beforeAll, describe, expect, it, vi } from "vitest";
import type Stripe from "stripe";
import { POST as answer } from "@/app/api/v1/admin/disputes/[id]/answer/route";
import { PUT as draft } from "@/app/api/v1/admin/disputes/[id]/draft/route";
import { GET as read } from "@/app/api/v1/admin/disputes/[id]/route";
import { GET as list } from "@/app/api/v1/admin/disputes/route";
import { disputeDeskOf } from "@/lib/giving/dispute/answer-dispute";
import type { DisputeDesk } from "@/lib/giving/dispute/schemas";
import { sendDisputeAnswers } from "@/lib/giving/dispute/send-answers";
import { capturePayment } from "@/lib/giving/payment/capture-payment";
import { giving as moneyOf } from "../../support/giving.ts";
import { eventually } from "../../support/eventually.ts";
import type { TestUser } from "../../support/supabase.ts";
import { call, type Reply } from "../accounts/calls.ts";
import { useGiving } from "./giving-harness.ts";
import { eventsOf, pledged, send, type Paid } from "./webhook-events.ts";

vi.mock("next/headers", async () => (await import("../accounts/request-scope.ts")).nextHeaders());
vi.mock("next/server", async (original) => (await import("../accounts/request-scope.ts")).nextServer(original));

const giving = useGiving();
const money = moneyOf(() => giving.supabase.sql);
let campaign: string;
let operator: TestUser;
let stranger: TestUser;
beforeAll(async () => {
  campaign = await giving.campaign();
  operator = await giving.supabase.asUser({ roles: ["operator"], displayName: "Otto Operator" });
  stranger = await giving.supabase.asUser({ roles: ["campaign_admin"] });
  await giving.stripe.control("POST", "settings", { webhooks: "manual" });
  // The bank decides when the test says so.
  await giving.stripe.control("POST", "clock", { frozen: true });
});

interface Disputed extends Paid {
  /** Ours, and Stripe's. */
  readonly id: string;
  readonly disputeId: string;
}
const told = new Set<string>();
/** What Stripe has to tell of a payment comes in. */
async function hear(paid: Paid): Promise<void> {
  for (const event of await eventsOf(giving, paid)) {
    if (!/dispute/.test(event.type) || told.has(event.id)) continue;
    told.add(event.id);
    expect((await send(giving, event)).status).toBe(200);
  }
}
async function disputed(kind = "fraudulent", to = campaign): Promise<Disputed> {
  const paid = await pledged(giving, to);
  await capturePayment(paid.paymentId, "workflow");
  const { latest_charge: charge } = await giving.stripe.client.paymentIntents.retrieve(paid.intentId);
  const { id: disputeId } = await giving.stripe.control<{ id: string }>("POST", `charges/${String(charge)}/dispute`, {
    kind,
  });
  await hear(paid);
  const [row] = await giving.supabase.sql`select id from public.disputes where dispute_id = ${disputeId}`;
  return { ...paid, id: String(row?.["id"]), disputeId };
}
const atStripe = ({ disputeId }: Disputed): Promise<Stripe.Dispute> =>
  giving.stripe.client.disputes.retrieve(disputeId);
/** The bank makes up its mind, and Stripe tells. */
async function decided(dispute: Disputed): Promise<void> {
  await giving.stripe.control("POST", "clock", { advanceMs: 5_000 });
  await hear(dispute);
}
const ask = (
  handler: typeof answer,
  method: string,
  { id }: { id: string },
  json: object,
  by: TestUser = giving.owner,
): Promise<Reply> =>
  call(handler, { method, path: `/api/v1/admin/disputes/${id}`, params: { id }, token: by.accessToken, json });
const answered = (dispute: Disputed, json: object, by?: TestUser) => ask(answer, "POST", dispute, json, by);
const saved = (dispute: Disputed, json: object, by?: TestUser) => ask(draft, "PUT", dispute, json, by);
const desk = (dispute: Disputed): Promise<DisputeDesk> => disputeDeskOf(giving.owner.id, dispute.id);
const WINS = { decision: "submit", evidence: { uncategorized_text: "winning_evidence" } } as const;
const answersOf = ({ id }: Disputed) => giving.supabase.sql`
  select decision, sent_at is not null as sent, failure from private.dispute_answers where dispute_id = ${id} order by decided_at`;
/** The answer has come to its end: the request itself may be sending it, and then holds its lease. */
async function sent(dispute: Disputed): Promise<void> {
  await sendDisputeAnswers();
  await eventually(async () => {
    const rows = await answersOf(dispute);
    expect(rows.length > 0 && rows.every((row) => row["sent"] || row["failure"])).toBe(true);
  });
}

describe("the desk of a dispute", () => {
  it("gathers what is known of the gift into evidence, and keeps a draft that two do not overwrite", async () => {
    const dispute = await disputed();
    const before = await desk(dispute);
    expect(before.dispute).toMatchObject({ status: "needs_response", feeMinor: 2000, closedWords: null });
    expect(before.dispute.evidenceDueBy).not.toBeNull();
    expect(before.proposal).toMatchObject({
      customer_name: "Ann Donor",
      customer_email_address: expect.stringMatching(/^ann-.*@devmentor\.test$/),
      product_description: expect.stringContaining("A donation of €25.00 to the campaign “Clean water"),
      access_activity_log: expect.stringMatching(
        /Donor promised the gift.*\n.*Donor's bank authorised the payment\n.*The payment was taken/,
      ),
      uncategorized_text: expect.stringMatching(/visa ending in 4242[\s\S]*“Good luck”/),
    });
    const first = await saved(dispute, { version: 0, evidence: { uncategorized_text: "One" } });
    expect([first.status, first.body]).toMatchObject([200, { version: 1 }]);
    expect(await saved(dispute, { version: 0, evidence: { uncategorized_text: "Two" } }, operator)).toMatchObject({
      status: 409,
      body: { code: "conflict" },
    });
    await saved(dispute, { version: 1, evidence: { uncategorized_text: "Three", customer_name: " " } }, operator);
    expect((await desk(dispute)).draft).toMatchObject({
      evidence: { uncategorized_text: "Three" },
      version: 2,
      savedBy: "Otto Operator",
    });
    expect((await atStripe(dispute)).evidence_details).toMatchObject({ has_evidence: false, submission_count: 0 });
  });

  it("is for who runs the campaign and for operators; to others it is not there", async () => {
    const dispute = await disputed();
    const donor = await giving.supabase.asUser();
    const path = { path: `/api/v1/admin/disputes/${dispute.id}`, params: { id: dispute.id } };
    for (const [by, status] of [
      [giving.owner, 200],
      [operator, 200],
      [stranger, 404],
      [donor, 404],
    ] as const) {
      expect((await call(read, { ...path, token: by.accessToken })).status).toBe(status);
      if (status === 200) continue;
      expect((await saved(dispute, { version: 0, evidence: {} }, by)).status).toBe(404);
      expect((await answered(dispute, WINS, by)).status).toBe(404);
      expect((await answered(dispute, { decision: "accept" }, by)).status).toBe(404);
    }
    expect((await call(read, path)).status).toBe(401);
    const listed = async (by: TestUser, query = "") => {
      const found = await call(list, { path: `/api/v1/admin/disputes${query}`, token: by.accessToken });
      return [found.status, ((found.body["items"] as { id: string }[] | undefined) ?? []).map(({ id }) => id)];
    };
    expect(await listed(giving.owner, "?limit=100")).toEqual([200, expect.arrayContaining([dispute.id])]);
    expect(await listed(operator, "?limit=100&state=answer")).toEqual([200, expect.arrayContaining([dispute.id])]);
    expect(await listed(stranger)).toEqual([200, []]);
    expect((await listed(donor))[0]).toBe(403);
    expect(await answersOf(dispute)).toHaveLength(0);
  });

  it("shows a donor nothing of drafts and answers over the Data API", async () => {
    const dispute = await disputed();
    await saved(dispute, { version: 0, evidence: { uncategorized_text: "Between us" } });
    const donor = await giving.supabase.asUser();
    await giving.supabase.sql`update public.pledges set user_id = ${donor.id} where id = ${dispute.pledgeId}`;
    const { data } = await donor.client.from("disputes").select("*").eq("id", dispute.id);
    expect(data).toMatchObject([{ dispute_id: dispute.disputeId, evidence: null }]);
    expect(JSON.stringify(data)).not.toContain("Between us");
  });

  it.each([
    ["a text that Stripe does not know", { evidence: { alibi: "x" } }, 400, "evidence.alibi"],
    ["one text too long", { evidence: { customer_name: "x".repeat(20_001) } }, 422, "evidence.customer_name"],
    ["nothing", { evidence: { customer_name: "  " } }, 422, "evidence"],
    ["no decision", { evidence: {}, decision: "wait" }, 400, "decision"],
  ])("refuses %s, and nothing is sent", async (_, change, status, at) => {
    const dispute = await disputed();
    const refused = await answered(dispute, { decision: "submit", ...change });
    expect(refused.status).toBe(status);
    expect(JSON.stringify(refused.body)).toContain(at);
    expect(await answersOf(dispute)).toHaveLength(0);
  });

  it("refuses more than 150,000 characters in all, as Stripe does", async () => {
    const dispute = await disputed();
    const names = ["product_description", "access_activity_log", "refund_policy_disclosure", "cancellation_rebuttal"];
    const more = [...names, "refund_refusal_explanation", "cancellation_policy_disclosure", "billing_address"];
    const evidence = Object.fromEntries([...more, "uncategorized_text"].map((name) => [name, "x".repeat(19_000)]));
    const refused = await answered(dispute, { decision: "submit", evidence });
    expect([refused.status, JSON.stringify(refused.body)]).toEqual([422, expect.stringContaining("152,000")]);
    await expect(giving.stripe.client.disputes.update(dispute.disputeId, { evidence })).rejects.toThrow("150000");
  });
});

describe("evidence", () => {
  it("goes to the bank once; won, the money is back, the fee is not, and the books say so", async () => {
    const own = await giving.campaign();
    const dispute = await disputed("fraudulent", own);
    await money.drain();
    expect(await money.totals(own)).toMatchObject({ raised_minor: 2500, disputed_minor: 2500 });
    const taken = await answered(dispute, WINS);
    expect([taken.status, taken.body]).toMatchObject([202, { decision: "submit" }]);
    await sent(dispute);
    expect(await atStripe(dispute)).toMatchObject({
      status: "under_review",
      evidence: { uncategorized_text: "winning_evidence" },
      evidence_details: { submission_count: 1 },
    });
    expect(await desk(dispute)).toMatchObject({
      dispute: { status: "under_review", closedWords: expect.stringContaining("answered already") },
      answers: [{ decision: "submit", decidedBy: "Olga Organiser", sentAt: expect.any(String), failure: null }],
    });
    // The same once more is the same answer; another, or by somebody else, is refused in words.
    expect((await answered(dispute, WINS)).body["id"]).toBe(taken.body["id"]);
    for (const [json, by] of [
      [{ ...WINS, evidence: { uncategorized_text: "Other" } }, giving.owner],
      [WINS, operator],
      [{ decision: "accept" }, giving.owner],
    ] as const)
      expect(await answered(dispute, json, by)).toMatchObject({ status: 409, body: { code: "conflict" } });
    expect((await saved(dispute, { version: 1, evidence: {} })).status).toBe(409);
    expect(await sendDisputeAnswers()).toEqual({ sent: 0, failed: 0 });
    await decided(dispute);
    expect((await atStripe(dispute)).evidence_details.submission_count).toBe(1);
    expect(await money.ledger(dispute.paymentId)).toMatchObject({ dispute_fees: 2000, gift_captured: -2500 });
    expect(await money.ledger(dispute.paymentId)).not.toHaveProperty("gift_lost");
    await money.drain();
    expect(await money.totals(own)).toMatchObject({ raised_minor: 2500, disputed_minor: 0 });
    expect((await desk(dispute)).dispute.status).toBe("won");
  });

  it("that does not convince: the gift is lost, with the fee, and counts no more", async () => {
    const own = await giving.campaign();
    const dispute = await disputed("product_not_received", own);
    await answered(dispute, { decision: "submit", evidence: { uncategorized_text: "losing_evidence" } });
    await sent(dispute);
    await decided(dispute);
    expect(await money.ledger(dispute.paymentId)).toMatchObject({ gift_lost: 2500, dispute_fees: 2000 });
    await money.drain();
    expect(await money.totals(own)).toMatchObject({ raised_minor: 0, disputed_minor: 0, refunded_minor: 0 });
    expect(await answered(dispute, { decision: "accept" })).toMatchObject({ status: 409 });
  });

  it("sent fifty times in one moment is one submission", async () => {
    const dispute = await disputed();
    const replies = await Promise.all(Array.from({ length: 50 }, () => answered(dispute, WINS)));
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([202]));
    expect(new Set(replies.map(({ body }) => body["id"])).size).toBe(1);
    await Promise.all([sent(dispute), sendDisputeAnswers(), sendDisputeAnswers()]);
    expect(await answersOf(dispute)).toHaveLength(1);
    expect((await atStripe(dispute)).evidence_details.submission_count).toBe(1);
  });

  it.each([
    ["its answer is lost after it was taken", { kind: "reset", when: "after" }],
    ["the connection breaks before", { kind: "reset", when: "before" }],
    ["a 500 is saved under its key", { kind: "error", status: 500, when: "before", saved: true }],
  ])("when %s: the next run goes on, and it is submitted once", async (_, order) => {
    const dispute = await disputed();
    await giving.supabase.sql`
      select public.answer_dispute(${giving.owner.id}, ${dispute.id}, 'submit', '{"uncategorized_text": "True"}')`;
    await giving.stripe.control("POST", "faults", { on: "api", method: "POST", path: "/v1/disputes/*", ...order });
    await sendDisputeAnswers();
    await giving.stripe.control("DELETE", "faults");
    await giving.supabase.sql`update private.dispute_answers set due_at = now() where due_at is not null`;
    await sendDisputeAnswers();
    expect(await answersOf(dispute)).toEqual([{ decision: "submit", sent: true, failure: null }]);
    expect(await atStripe(dispute)).toMatchObject({
      status: "under_review",
      evidence_details: { submission_count: 1 },
    });
  });

  it("of which the bank decided before it came ends as failed, in words, and what was decided is known", async () => {
    const dispute = await disputed();
    await giving.supabase.sql`
      select public.answer_dispute(${giving.owner.id}, ${dispute.id}, 'submit', '{"uncategorized_text": "Late"}')`;
    await giving.stripe.control("POST", `disputes/${dispute.disputeId}`, { action: "lose" });
    await sendDisputeAnswers();
    expect(await answersOf(dispute)).toEqual([
      { decision: "submit", sent: false, failure: expect.stringContaining("lost there by now") },
    ]);
    expect((await desk(dispute)).dispute.status).toBe("lost");
  });

  it("after the deadline is refused in words", async () => {
    const dispute = await disputed();
    await giving.supabase.sql`
      update public.disputes set evidence_due_by = '2026-01-02T23:59:00Z' where id = ${dispute.id}`;
    const refused = await answered(dispute, WINS);
    expect([refused.status, refused.body["detail"]]).toEqual([
      409,
      "The time for an answer ended 2 January 2026, 23:59 UTC. The bank takes nothing any more, and decides without us.",
    ]);
  });

  it("may be sent again when the bank asks again: an inquiry that grows, an appeal", async () => {
    const dispute = await disputed("inquiry");
    expect((await desk(dispute)).dispute.status).toBe("warning_needs_response");
    await answered(dispute, { decision: "submit", evidence: { uncategorized_text: "escalate_inquiry_evidence" } });
    await sent(dispute);
    expect((await desk(dispute)).dispute.status).toBe("warning_under_review");
    await decided(dispute);
    expect((await desk(dispute)).dispute).toMatchObject({ status: "needs_response", closedWords: null });
    expect((await answered(dispute, WINS)).status).toBe(202);
    await sent(dispute);
    await decided(dispute);
    expect((await desk(dispute)).dispute.status).toBe("won");
    await giving.stripe.control("POST", `disputes/${dispute.disputeId}`, { action: "appeal" });
    await hear(dispute);
    expect((await desk(dispute)).dispute).toMatchObject({ status: "needs_response", closedWords: null });
    const last = { decision: "submit", evidence: { uncategorized_text: "losing_evidence" } };
    expect((await answered(dispute, last)).status).toBe(202);
    await sent(dispute);
    await decided(dispute);
    expect(await desk(dispute)).toMatchObject({ dispute: { status: "lost" }, answers: [{}, {}, {}] });
    expect(await money.ledger(dispute.paymentId)).toMatchObject({ gift_lost: 2500 });
  });
});

describe("accepting", () => {
  it("a dispute loses it at once; an inquiry is closed, and no money moves", async () => {
    const [dispute, inquiry] = [await disputed(), await disputed("inquiry")];
    expect((await answered(dispute, { decision: "accept" })).status).toBe(202);
    expect((await answered(inquiry, { decision: "accept" }, operator)).status).toBe(202);
    for (const each of [dispute, inquiry]) await sent(each);
    expect([(await atStripe(dispute)).status, (await atStripe(inquiry)).status]).toEqual(["lost", "warning_closed"]);
    expect((await desk(dispute)).dispute.status).toBe("lost");
    expect(await money.ledger(dispute.paymentId)).toMatchObject({ gift_lost: 2500 });
    expect((await desk(inquiry)).dispute.status).toBe("warning_closed");
    expect(await money.ledger(inquiry.paymentId)).toMatchObject({ provider_balance: 2500 });
  });
});
