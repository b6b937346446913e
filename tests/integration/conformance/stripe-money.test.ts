import Stripe from "stripe";
import { beforeEach, expect, test } from "vitest";
import { useStripe } from "../../support/stripe.ts";

/** Refunds, disputes, balance transactions and payouts, with the money that each moves. */
const stripe = useStripe();

beforeEach(() => stripe.control("POST", "reset"));

const paid = async (payment_method = "pm_card_visa"): Promise<{ intent: string; charge: string }> => {
  const intent = await stripe.client.paymentIntents.create({
    amount: 4_200,
    currency: "usd",
    confirm: true,
    payment_method,
    allowed_payment_method_types: ["card"],
    return_url: "https://example.org",
    capture_method: "automatic",
  });
  return { intent: intent.id, charge: String(intent.latest_charge) };
};
const advance = (ms: number) => stripe.control("POST", "clock", { advanceMs: ms });
const types = async (): Promise<string[]> =>
  (await stripe.client.events.list({ limit: 100 })).data.map((event) => event.type).toReversed();
const charge = (id: string) => stripe.client.charges.retrieve(id);
const net = async (): Promise<number> =>
  (await stripe.client.balanceTransactions.list({ limit: 100 })).data.reduce((sum, each) => sum + each.net, 0);
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "done",
    (error: unknown) => (error as Stripe.errors.StripeError).code ?? (error as Error).message,
  );

test("a refund in parts, up to what was paid", async () => {
  const { intent, charge: id } = await paid();
  const part = await stripe.client.refunds.create({
    payment_intent: intent,
    amount: 1_200,
    metadata: { refund: "r1" },
  });
  expect(part).toMatchObject({ status: "succeeded", amount: 1_200, charge: id, payment_intent: intent });
  expect(await charge(id)).toMatchObject({ amount_refunded: 1_200, refunded: false });
  await stripe.client.refunds.create({ charge: id });
  expect(await charge(id)).toMatchObject({ amount_refunded: 4_200, refunded: true });
  expect(await codeOf(stripe.client.refunds.create({ charge: id }))).toBe("charge_already_refunded");
  expect((await types()).slice(3)).toEqual(["refund.created", "charge.refunded", "refund.created", "charge.refunded"]);
  // The fee of the payment is not given back: 2.9 % + 30.
  expect(await net()).toBe(-152);
});

test("more than is left is refused", async () => {
  const { charge: id } = await paid();
  await expect(stripe.client.refunds.create({ charge: id, amount: 4_201 })).rejects.toMatchObject({ param: "amount" });
  expect((await charge(id)).amount_refunded).toBe(0);
});

test("a refund may succeed and fail later: the money is back", async () => {
  const { charge: id } = await paid("pm_card_refundFail");
  const refund = await stripe.client.refunds.create({ charge: id });
  expect(refund.status).toBe("succeeded");
  await advance(3_000);
  const after = await stripe.client.refunds.retrieve(refund.id);
  expect(after).toMatchObject({ status: "failed", failure_reason: "expired_or_canceled_card" });
  expect(after.failure_balance_transaction).toMatch(/^txn_/);
  expect(await charge(id)).toMatchObject({ amount_refunded: 0, refunded: false });
  expect((await types()).slice(-3)).toEqual(["refund.updated", "charge.refund.updated", "refund.failed"]);
  expect(await net()).toBe(4_200 - 152);
});

test("a refund may take its time", async () => {
  const { charge: id } = await paid("pm_card_pendingRefund");
  const refund = await stripe.client.refunds.create({ charge: id });
  expect(refund).toMatchObject({ status: "pending", pending_reason: "processing" });
  expect(await codeOf(stripe.client.refunds.cancel(refund.id))).not.toBe("done");
  await advance(3_000);
  expect((await stripe.client.refunds.retrieve(refund.id)).status).toBe("succeeded");
});

test("a chargeback takes the money and a fee; won, the money comes back without the fee", async () => {
  const { charge: id } = await paid("pm_card_createDispute");
  await advance(1_500);
  const [dispute] = (await stripe.client.disputes.list({ charge: id })).data as [Stripe.Dispute];
  expect(dispute).toMatchObject({ status: "needs_response", amount: 4_200, is_charge_refundable: false });
  expect(dispute.balance_transactions).toMatchObject([{ amount: -4_200, fee: 1_500, net: -5_700 }]);
  expect((await charge(id)).disputed).toBe(true);
  expect(await codeOf(stripe.client.refunds.create({ charge: id }))).toBe("charge_disputed");
  const draft = await stripe.client.disputes.update(dispute.id, {
    evidence: { product_description: "A gift" },
    submit: false,
  });
  expect(draft).toMatchObject({
    status: "needs_response",
    evidence_details: { has_evidence: true, submission_count: 0 },
  });
  const sent = await stripe.client.disputes.update(dispute.id, {
    evidence: { uncategorized_text: "winning_evidence" },
  });
  expect(sent).toMatchObject({ status: "under_review", evidence_details: { submission_count: 1 } });
  expect(await codeOf(stripe.client.disputes.update(dispute.id, { evidence: { receipt: "x" } }))).not.toBe("done");
  await advance(1_500);
  expect(await stripe.client.disputes.retrieve(dispute.id)).toMatchObject({ status: "won" });
  expect((await types()).slice(3)).toEqual([
    "charge.dispute.created",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.updated",
    "charge.dispute.updated",
    "charge.dispute.closed",
    "charge.dispute.funds_reinstated",
  ]);
  expect(await net()).toBe(4_200 - 152 - 1_500);
});

test("nobody answers: lost at the deadline; an appeal opens it again", async () => {
  const { charge: id } = await paid("pm_card_createDisputeProductNotReceived");
  await advance(10 * 86_400_000);
  const [dispute] = (await stripe.client.disputes.list({ charge: id })).data as [Stripe.Dispute];
  expect(dispute).toMatchObject({
    status: "lost",
    reason: "product_not_received",
    evidence_details: { past_due: true },
  });
  await stripe.control("POST", `disputes/${dispute.id}`, { action: "appeal" });
  expect((await stripe.client.disputes.retrieve(dispute.id)).status).toBe("appeal_needs_response");
  await stripe.client.disputes.update(dispute.id, { evidence: { uncategorized_text: "winning_evidence" } });
  await advance(1_500);
  expect((await stripe.client.disputes.retrieve(dispute.id)).status).toBe("won");
});

test("an inquiry and a prevented dispute move no money; an inquiry may become a chargeback", async () => {
  const { charge: id } = await paid("pm_card_createDisputeInquiry");
  await advance(1_500);
  const before = await net();
  const [inquiry] = (await stripe.client.disputes.list({ charge: id })).data as [Stripe.Dispute];
  expect(inquiry).toMatchObject({
    status: "warning_needs_response",
    balance_transactions: [],
    is_charge_refundable: true,
  });
  await stripe.control("POST", `charges/${id}/dispute`, { kind: "prevented" });
  expect(await net()).toBe(before);
  await stripe.control("POST", `disputes/${inquiry.id}`, { action: "escalate" });
  expect(await stripe.client.disputes.retrieve(inquiry.id)).toMatchObject({
    status: "needs_response",
    payment_method_details: { card: { case_type: "chargeback" } },
  });
  expect(await net()).toBe(before - 5_700);
  const other = await paid("pm_card_createDisputeInquiry");
  await advance(1_500);
  const [quiet] = (await stripe.client.disputes.list({ charge: other.charge })).data as [Stripe.Dispute];
  await stripe.client.disputes.close(quiet.id);
  expect((await stripe.client.disputes.retrieve(quiet.id)).status).toBe("warning_closed");
});

test("money becomes available and is paid out once, with what is in the payout", async () => {
  await paid();
  const second = await paid();
  await stripe.client.refunds.create({ charge: second.charge, amount: 200 });
  expect((await stripe.client.balance.retrieve()).pending).toMatchObject([
    { amount: 4_200 * 2 - 152 * 2 - 200, currency: "usd" },
  ]);
  await advance(4 * 86_400_000);
  const { data } = await stripe.client.payouts.list();
  const [payout] = data as [Stripe.Payout];
  expect(data).toHaveLength(1);
  expect(payout).toMatchObject({ amount: 7_896, automatic: true, status: "paid", reconciliation_status: "completed" });
  const inside = await stripe.client.balanceTransactions.list({ payout: payout.id, limit: 100 });
  expect(inside.data.map((each) => each.type).toSorted()).toEqual(["charge", "charge", "payout", "refund"]);
  expect(inside.data.reduce((sum, each) => sum + each.net, 0)).toBe(0);
  const [available] = (await stripe.client.balance.retrieve()).available;
  expect(available?.amount).toBe(0);
  expect((await types()).slice(-3)).toEqual(["payout.created", "payout.paid", "payout.reconciliation_completed"]);
});

test("the totals of the control API are captured, refunded and lost", async () => {
  await paid();
  const { charge: id } = await paid();
  await stripe.client.refunds.create({ charge: id, amount: 200 });
  const lost = await paid("pm_card_createDispute");
  await advance(1_500);
  const [dispute] = (await stripe.client.disputes.list({ charge: lost.charge })).data as [Stripe.Dispute];
  await stripe.client.disputes.close(dispute.id);
  expect(await stripe.control("GET", "totals")).toEqual({
    currencies: [{ currency: "usd", captured: 12_600, refunded: 200, lost: 4_200, fees: 152 * 3 + 1_500 }],
  });
});
