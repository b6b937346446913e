import { beforeAll, describe, expect, it, vi } from "vitest";
import { inngest } from "@/inngest/client";
import { mailDisputeFunction, mailRefundFunction } from "@/inngest/giving/gift-mails";
import { overviewOf, pageOfPledges } from "@/lib/giving/administration/look-after";
import { resendMail } from "@/lib/giving/mail/send-giving-mail";
import { capturePayment } from "@/lib/giving/payment/capture-payment";
import { failedRefundOf, settleFailedRefund } from "@/lib/giving/refund/ask-refund";
import { sendRefunds } from "@/lib/giving/refund/send-refunds";
import { drainOutbox } from "@/lib/platform/outbox/outbox";
import { eventually } from "../../support/eventually.ts";
import { giving as moneyOf } from "../../support/giving.ts";
import { useResend } from "../../support/resend.ts";
import { useExecutor } from "./executor.ts";
import { useGiving } from "./giving-harness.ts";
import { eventsOf, named, pledged, send, type Paid } from "./webhook-events.ts";

vi.mock("next/headers", async () => (await import("../accounts/request-scope.ts")).nextHeaders());
vi.mock("next/server", async (original) => (await import("../accounts/request-scope.ts")).nextServer(original));

const resend = useResend();
const giving = useGiving({ further: () => ({ RESEND_BASE_URL: resend.url }) });
const executor = useExecutor(giving, [mailRefundFunction, mailDisputeFunction]);
const money = moneyOf(() => giving.supabase.sql);
let campaign: string;
beforeAll(async () => {
  campaign = await giving.campaign();
  await giving.stripe.control("POST", "settings", { webhooks: "manual" });
});

async function taken(): Promise<Paid> {
  const paid = await pledged(giving, campaign);
  await capturePayment(paid.paymentId, "workflow");
  return paid;
}
const hear = async (paid: Paid, type: string): Promise<void> => {
  expect((await send(giving, named(await eventsOf(giving, paid), type))).status).toBe(200);
};
const toDonor = ({ pledgeId }: Paid) =>
  resend.inbox.filter(({ text }) => text.includes(`/pledges/${pledgeId}#`)).map(({ subject }) => subject);
const toOwner = () => resend.inbox.filter(({ to }) => to === giving.owner.email);
const notices = (href: string) => giving.supabase.sql`
  select title from public.notifications where user_id = ${giving.owner.id} and href = ${href} order by version`;
const told = (assertion: () => void) =>
  eventually(async () => {
    await drainOutbox();
    assertion();
  });
/** The newest event of a kind once more, under another id, as after a relay that died when it had sent it. */
async function again(name: "giving/refund.updated" | "giving/dispute.updated", paid: Paid, by: string): Promise<void> {
  const [row] = await giving.supabase.sql<{ data: Record<string, unknown> }[]>`
    select data from private.outbox where name = ${name} and aggregate_id = ${paid.pledgeId} order by created_at desc, id desc limit 1`;
  const before = (await executor.answersOf(by)).length;
  await inngest.send({ name, data: row?.data ?? {} });
  await eventually(async () => expect((await executor.answersOf(by)).length).toBeGreaterThan(before));
}
/** Totals are told of what has been published, as the projector would. */
async function fold(): Promise<void> {
  await drainOutbox();
  await money.call("project_totals", await money.call<string[]>("list_unprojected", 0, 500));
}
const failed = async (): Promise<number> => (await overviewOf(giving.owner.id, 1)).refundsFailed;

describe("a refund that was through and fails later", () => {
  it("is corrected to the donor once, gives the campaign its money again, and stands with the organiser until dealt with", async () => {
    const paid = await taken();
    const total = async () => (await money.totals(campaign))["raised_minor"] ?? 0;
    await money.drain();
    const raised = await total();
    await money.call("request_refund", giving.owner.id, paid.paymentId, 900, "requested_by_customer", "", 1_000_000);
    await sendRefunds();
    await told(() => expect(toDonor(paid)).toEqual([expect.stringMatching(/^Money returned/)]));
    await eventually(async () => {
      await fold();
      expect(await total()).toBe(raised - 900);
    });
    const before = await failed();
    const [refund] = (await giving.stripe.client.refunds.list({ payment_intent: paid.intentId })).data;
    await giving.stripe.control("POST", `refunds/${refund?.id}`, {
      status: "failed",
      failureReason: "lost_or_stolen_card",
    });
    await hear(paid, "refund.failed");
    await told(() => {
      expect(toDonor(paid)[1]).toBe("Correction: €9.00 did not reach your card");
      expect(toOwner()).toMatchObject([{ subject: expect.stringContaining("A refund did not go through: €9.00") }]);
    });
    expect(toOwner()[0]?.text).toContain("The donor has been told that the money did not arrive.");
    await again("giving/refund.updated", paid, "mail-refund");
    expect([toDonor(paid).length, toOwner().length]).toEqual([2, 1]);
    await eventually(async () => {
      await fold();
      expect(await total()).toBe(raised);
    });
    expect(await money.ledger(paid.paymentId)).not.toHaveProperty("gift_refunded");

    expect(await failed()).toBe(before + 1);
    const { items } = await pageOfPledges(giving.owner.id, { needs: "refund" }, 100);
    expect(items.map(({ id }) => id)).toContain(paid.pledgeId);
    const standing = await failedRefundOf(giving.owner.id, paid.pledgeId);
    expect(standing).toMatchObject({ open: true, donorTold: true, failureReason: "lost_or_stolen_card" });
    const stranger = await giving.supabase.asUser({ roles: ["campaign_admin"] });
    await expect(settleFailedRefund(stranger.id, standing?.id ?? "", "mine")).rejects.toMatchObject({
      code: "not_found",
    });
    await expect(settleFailedRefund(giving.owner.id, standing?.id ?? "", " ")).rejects.toMatchObject({
      code: "rule_broken",
    });
    await settleFailedRefund(giving.owner.id, standing?.id ?? "", "Sent by bank transfer");
    expect(await failed()).toBe(before);
    expect(await failedRefundOf(giving.owner.id, paid.pledgeId)).toMatchObject({
      open: false,
      note: "Sent by bank transfer",
      settledBy: "Olga Organiser",
    });
    await expect(settleFailedRefund(giving.owner.id, standing?.id ?? "", "twice")).rejects.toMatchObject({
      code: "conflict",
    });
  });

  it("before its mail has gone out: the donor is told of the failure alone", async () => {
    const paid = await taken();
    await money.call("request_refund", giving.owner.id, paid.paymentId, 700, "duplicate", "", 1_000_000);
    await sendRefunds();
    const [refund] = (await giving.stripe.client.refunds.list({ payment_intent: paid.intentId })).data;
    await giving.stripe.control("POST", `refunds/${refund?.id}`, { status: "failed", failureReason: "declined" });
    await hear(paid, "refund.failed");
    await told(() => expect(toOwner()).toHaveLength(1));
    await again("giving/refund.updated", paid, "mail-refund");
    expect(toDonor(paid)).toEqual(["Correction: €7.00 did not reach your card"]);
  });
});

describe("a dispute", () => {
  const open = async (kind: string): Promise<Paid & { readonly href: string; readonly disputeId: string }> => {
    const paid = await taken();
    const { latest_charge: charge } = await giving.stripe.client.paymentIntents.retrieve(paid.intentId);
    const { id } = await giving.stripe.control<{ id: string }>("POST", `charges/${String(charge)}/dispute`, { kind });
    await hear(paid, "charge.dispute.created");
    const [row] = await giving.supabase.sql`select id from public.disputes where dispute_id = ${id}`;
    return { ...paid, disputeId: id, href: `/admin/disputes/${row?.["id"]}` };
  };

  it("made at the provider is told to donor and organiser once when it opens, and once when it is decided", async () => {
    const paid = await open("fraudulent");
    await told(() => expect([toDonor(paid).length, toOwner().length]).toEqual([1, 1]));
    expect(toDonor(paid)[0]).toMatch(/^Your bank disputes your gift to Clean water/);
    expect(toOwner()[0]?.text).toContain(paid.href);
    expect(toOwner()[0]?.text).toMatch(/Answer by: \d+ \w+ \d{4}/);
    await again("giving/dispute.updated", paid, "mail-dispute");
    await hear(paid, "charge.dispute.funds_withdrawn");
    expect([toDonor(paid).length, toOwner().length]).toEqual([1, 1]);
    await giving.stripe.control("POST", `disputes/${paid.disputeId}`, { action: "lose" });
    await hear(paid, "charge.dispute.closed");
    await told(() =>
      expect([toDonor(paid)[1], toOwner()[1]?.subject]).toEqual([
        "Your bank has returned €25.00",
        expect.stringMatching(/^Lost: €25.00 for Clean water/),
      ]),
    );
    await again("giving/dispute.updated", paid, "mail-dispute");
    expect([toDonor(paid).length, toOwner().length]).toEqual([2, 2]);
    expect(await notices(paid.href)).toEqual([{ title: "A gift is disputed" }, { title: "A dispute is lost" }]);
    // Sent again by hand it says what is so now; what was overtaken is not said again.
    const mails = await giving.supabase.sql<{ id: string; fact: string }[]>`
      select id, fact from private.giving_mails where pledge_id = ${paid.pledgeId} and kind = 'dispute' order by created_at`;
    await expect(resendMail(giving.owner.id, mails[0]?.id ?? "")).rejects.toMatchObject({ code: "conflict" });
    expect(await resendMail(giving.owner.id, mails[1]?.id ?? "")).toMatchObject({
      to: expect.stringContaining("ann-"),
    });
  });

  it("that is only a question moves no money, so the organiser alone is told", async () => {
    const paid = await open("inquiry");
    await told(() => expect(toOwner()).toHaveLength(1));
    expect(toOwner()[0]?.subject).toMatch(/^A bank asks about a gift of €25.00/);
    expect(toDonor(paid)).toEqual([]);
    expect(await notices(paid.href)).toEqual([{ title: "A bank asks about a gift" }]);
  });
});
