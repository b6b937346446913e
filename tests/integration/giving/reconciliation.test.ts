import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { capturePayment } from "@/lib/giving/payment/capture-payment";
import {
  beginReconciliation,
  campaignChecked,
  decideDiscrepancy,
  giftInTotal,
  pageOfDiscrepancies,
  pageOfRuns,
  requestReconciliation,
} from "@/lib/giving/reconciliation/look-after-runs";
import { giveUp, reconcileOn } from "@/lib/giving/reconciliation/reconcile";
import type { Run } from "@/lib/giving/reconciliation/schemas";
import { recordPage } from "@/lib/giving/reconciliation/store";
import { projectTotals } from "@/lib/giving/totals/project-totals";
import { findPayment } from "@/lib/giving/payment/store";
import { giving as givingFunctions } from "../../support/giving.ts";
import type { TestUser } from "../../support/supabase.ts";
import { useGiving } from "./giving-harness.ts";
import { pledged, send, state, type Paid } from "./webhook-events.ts";

vi.mock("next/headers", async () => (await import("../accounts/request-scope.ts")).nextHeaders());
vi.mock("next/server", async (original) => (await import("../accounts/request-scope.ts")).nextServer(original));

const giving = useGiving();
const money = givingFunctions(() => giving.supabase.sql);
let campaign: string;
let operator: TestUser;
let clean: Paid;

beforeAll(async () => {
  operator = await giving.supabase.asUser({ roles: ["operator"] });
  campaign = await giving.campaign();
  // No event ever arrives: whatever is known then was found by comparing.
  await giving.stripe.control("POST", "settings", { webhooks: "manual" });
  clean = await captured();
});
afterEach(() => giving.stripe.control("DELETE", "faults"));

const stripe = () => giving.stripe.client;
const chargeOf = async ({ intentId }: Paid) => String((await stripe().paymentIntents.retrieve(intentId)).latest_charge);

async function captured(paymentMethod?: string): Promise<Paid> {
  const paid = await pledged(giving, campaign, paymentMethod);
  await capturePayment(paid.paymentId, "workflow");
  expect(await state(giving, paid)).toBe("completed");
  return paid;
}

/** A whole run, from its beginning to its end. */
async function reconciled(): Promise<Run> {
  await beginReconciliation("schedule");
  const run = await reconcileOn(null);
  expect(run).toMatchObject({ state: "completed", stage: "done", error: null });
  return run as Run;
}
const openOnes = async () =>
  (await pageOfDiscrepancies(operator.id, "open", 50)).items.map(({ kind, objectId }) => [kind, objectId]);
const sumsOf = (run: Run, kind: string) => run.sums.find((sum) => sum.kind === kind && sum.currency === "EUR");
const drift = (run: Run) => run.sums.filter(({ theirsMinor, oursMinor }) => theirsMinor !== oursMinor);
const row = async ({ paymentId }: Paid) =>
  (
    await giving.supabase.sql`select state, captured_minor::int as captured, refunded_minor::int as refunded,
      disputed_minor::int as disputed, lost_minor::int as lost, fee_minor::int as fee from public.payments where id = ${paymentId}`
  )[0];

/** All that is written, as relay and workflow would fold it. */
const project = async () => {
  const events = await giving.supabase.sql<{ id: string }[]>`select id from private.outbox where name like 'giving/%'`;
  await projectTotals(events.map(({ id }) => id));
};

describe("what has one right answer", () => {
  it("is healed: a capture, a void, a refund, a refund that failed and a dispute of which no event came", async () => {
    const [missed, voided, refunded, failed, disputed] = [
      await pledged(giving, campaign),
      await pledged(giving, campaign),
      await captured(),
      await captured(),
      await captured(),
    ];
    await stripe().paymentIntents.capture(missed.intentId);
    await stripe().paymentIntents.cancel(voided.intentId);
    await giving.stripe.control("POST", `charges/${await chargeOf(refunded)}/refund`, { amount: 1000 });
    const sent = await stripe().refunds.create({ payment_intent: failed.intentId, amount: 700 });
    await reconciled();
    await giving.stripe.control("POST", `refunds/${sent.id}`, {
      status: "failed",
      failureReason: "lost_or_stolen_card",
    });
    await giving.stripe.control("POST", `charges/${await chargeOf(disputed)}/dispute`, { kind: "fraudulent" });
    const run = await reconciled();

    expect(await state(giving, missed)).toBe("completed");
    expect(await state(giving, voided)).toBe("canceled");
    expect(await row(refunded)).toMatchObject({ captured: 2500, refunded: 1000 });
    expect(await row(failed)).toMatchObject({ captured: 2500, refunded: 0 });
    expect(await row(disputed)).toMatchObject({ captured: 2500, disputed: 2500 });
    expect(run.counts["healed"]).toBe(2);
    expect(drift(run)).toEqual([]);
    expect(await openOnes()).toEqual([]);
    expect((await reconciled()).counts["healed"] ?? 0).toBe(0);
  });

  it("so is a payment whose intent was made and whose answer was lost", async () => {
    const made = await money.pledge(campaign);
    const intent = await stripe().paymentIntents.create({
      amount: 1000,
      currency: "eur",
      capture_method: "manual",
      allowed_payment_method_types: ["card"],
      metadata: { payment: made.payment.id, pledge: made.pledge.id },
    });
    const run = await reconciled();
    const [found] = await giving.supabase.sql`select intent_id from public.payments where id = ${made.payment.id}`;
    expect([found?.["intent_id"], run.counts["healed"]]).toEqual([intent.id, 1]);
  });

  it("and the provider's fee, which no event tells: the ledger then says what the provider's balance says", async () => {
    await reconciled();
    expect((await row(clean))?.["fee"]).toBeGreaterThan(0);
    const [ours] = await giving.supabase.sql<{ held: string }[]>`
      select sum(e.amount_minor) as held from private.ledger_entries e join private.ledger_accounts a on a.id = e.account_id
      where a.kind = 'provider_balance' and a.currency = 'EUR'`;
    const { available, pending } = await stripe().balance.retrieve();
    const theirs = [...available, ...pending].filter(({ currency }) => currency === "eur");
    expect(Number(ours?.held)).toBe(theirs.reduce((sum, { amount }) => sum + amount, 0));
  });
});

describe("what somebody must decide", () => {
  const planted: string[] = [];
  it("is reported, each once, with what to do, and the campaign's page no longer says that it matches", async () => {
    expect(await campaignChecked(campaign)).toMatchObject({ matches: true, open: 0 });
    const nobodys = await stripe().paymentIntents.create({
      amount: 900,
      currency: "eur",
      confirm: true,
      payment_method: "pm_card_visa",
      allowed_payment_method_types: ["card"],
      return_url: "http://127.0.0.1:3999/",
    });
    const twice = await stripe().paymentIntents.create({
      amount: 2500,
      currency: "eur",
      confirm: true,
      payment_method: "pm_card_visa",
      allowed_payment_method_types: ["card"],
      return_url: "http://127.0.0.1:3999/",
      metadata: { payment: clean.paymentId, pledge: clean.pledgeId },
    });
    const lost = await money.intended(campaign);
    await giving.supabase
      .sql`update public.payments set created_at = now() - interval '2 hours' where id = ${lost.paymentId}`;
    planted.push(nobodys.id, twice.id, lost.intent);

    const run = await reconciled();
    expect(new Set(await openOnes())).toEqual(
      new Set([
        ["unknown_payment", nobodys.id],
        ["second_intent", twice.id],
        ["missing_at_provider", lost.intent],
      ]),
    );
    expect(run.counts["different"]).toBe(3);
    expect(sumsOf(run, "captured")?.theirsMinor).toBe((sumsOf(run, "captured")?.oursMinor ?? 0) + 900 + 2500);
    for (const each of (await pageOfDiscrepancies(operator.id, "open", 50)).items)
      expect(each.proposal.length).toBeGreaterThan(40);
    expect(await campaignChecked(campaign)).toMatchObject({ matches: false, open: 2 });
    await reconciled();
    expect(await openOnes()).toHaveLength(3);
  });

  it("is an operator's to decide, with a note: resolved opens again while it is still found, dismissed stays so", async () => {
    const { items } = await pageOfDiscrepancies(operator.id, "open", 50);
    const of = (id: string) => items.find(({ objectId }) => objectId === id)?.id ?? "";
    const [nobodys = "", twice = "", lost = ""] = planted;
    const decide = (who: TestUser, id: string, decision: "resolved" | "dismissed", note = "looked at") =>
      decideDiscrepancy(who.id, id, { decision, note });
    await expect(decide(giving.owner, of(nobodys), "resolved")).rejects.toMatchObject({ code: "forbidden" });
    await expect(decide(operator, of(nobodys), "resolved", " ")).rejects.toMatchObject({ code: "rule_broken" });
    await expect(decide(operator, clean.paymentId, "resolved")).rejects.toMatchObject({ code: "not_found" });
    await decide(operator, of(nobodys), "resolved");
    await decide(operator, of(twice), "dismissed");
    await expect(decide(operator, of(twice), "resolved")).rejects.toMatchObject({ code: "conflict" });
    await reconciled();
    expect(new Set((await openOnes()).map(([, id]) => id))).toEqual(new Set([nobodys, lost]));
  });

  it("is gone once it was put right at the provider", async () => {
    const [nobodys = "", , lost = ""] = planted;
    await stripe().refunds.create({ payment_intent: nobodys });
    await reconciled();
    expect((await openOnes()).map(([, id]) => id)).toEqual([lost]);
    const gone = (await pageOfDiscrepancies(operator.id, "gone", 50)).items.map(({ objectId }) => objectId);
    expect(gone).toEqual([nobodys]);
  });
});

describe("a run", () => {
  /** Two looks at the clock a page, and more than a slice between them. */
  const hurried = () => {
    let at = 0;
    return () => (at += 60_000);
  };

  it("that is cut short after each page goes on from there, and counts nothing twice", async () => {
    const whole = await reconciled();
    await beginReconciliation("schedule");
    const stages: string[] = [];
    for (let run = await reconcileOn(null, hurried()); run; run = await reconcileOn(null, hurried())) {
      stages.push(run.stage);
      if (run.state === "completed") {
        expect([run.counts["intents"], run.sums]).toEqual([whole.counts["intents"], whole.sums]);
        break;
      }
    }
    expect(stages).toEqual(["charges", "refunds", "disputes", "balance", "ours", "done", "done"]);
  });

  it("writes a page once, however often it comes", async () => {
    const { run } = await requestReconciliation(operator.id, null);
    const page = {
      seen: ["pi_x"],
      counts: { intents: 1 },
      sums: [],
      discrepancies: [],
      nextStage: "charges",
      nextLastId: null,
    } as const;
    const once = await recordPage(run, page);
    expect(await recordPage(run, page)).toEqual(once);
    expect(once.counts["intents"]).toBe(1);
    await giveUp(run.id, new Error("enough"));
  });

  it("stands where it was while the provider is away, and goes on", async () => {
    await beginReconciliation("payout");
    await giving.stripe.control("POST", "faults", {
      on: "api",
      kind: "error",
      status: 500,
      when: "before",
      method: "GET",
      path: "/v1/charges",
      count: 3,
    });
    await expect(reconcileOn(null)).rejects.toMatchObject({ name: "StripeOutcomeError" });
    const [going] = (await pageOfRuns(operator.id, 1)).items;
    expect(going).toMatchObject({ state: "running", stage: "charges", cause: "payout" });
    await giving.stripe.control("DELETE", "faults");
    expect(await reconcileOn(null)).toMatchObject({ id: going?.id, state: "completed" });
  });

  it("is one at a time: who asks meanwhile joins it; only operators ask, and only for what is past", async () => {
    const first = await requestReconciliation(operator.id, null);
    expect(await requestReconciliation(operator.id, null)).toMatchObject({ run: { id: first.run.id }, joined: true });
    await expect(requestReconciliation(giving.owner.id, null)).rejects.toMatchObject({ code: "forbidden" });
    await expect(pageOfRuns(giving.owner.id, 5)).rejects.toMatchObject({ code: "forbidden" });
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
    await expect(requestReconciliation(operator.id, tomorrow)).rejects.toMatchObject({ code: "rule_broken" });
    await giveUp(first.run.id, new Error("the provider’s key was taken back"));
    const [ended] = (await pageOfRuns(operator.id, 1)).items;
    expect(ended).toMatchObject({ state: "failed", error: "the provider’s key was taken back" });
    expect(await reconcileOn(null)).toBeNull();
  });

  it("is begun by a payout of the provider's, once however often it is told", async () => {
    const before = (await pageOfRuns(operator.id, 1)).items[0]?.id;
    const event = { id: "evt_payout", object: "event", type: "payout.paid", created: 1, livemode: false };
    const paid = { ...event, data: { object: { id: "po_1", object: "payout", status: "paid" } } };
    for (let time = 0; time < 2; time += 1) expect(await send(giving, paid)).toMatchObject({ status: 200 });
    const [newest] = (await pageOfRuns(operator.id, 1)).items;
    expect(newest).toMatchObject({ cause: "payout", state: "running", requestedBy: null });
    expect(newest?.id).not.toBe(before);
    expect(await reconcileOn(newest?.id ?? "")).toMatchObject({ state: "completed" });
  });

  it("is asked for by an event in the outbox, which starts the workflow", async () => {
    const [event] = await giving.supabase.sql`
      select data ->> 'runId' as run from private.outbox where name = 'giving/reconciliation.requested' order by created_at desc limit 1`;
    const [newest] = (await pageOfRuns(operator.id, 1)).items;
    expect(event?.["run"]).toBe(newest?.id);
  });
});

it("a donor sees whether their gift is in the total, and with how much", async () => {
  const paid = await captured();
  const view = await findPayment({ paymentId: paid.paymentId });
  if (!view) throw new Error("the gift is not there");
  expect(await giftInTotal(view)).toMatchObject({ countedMinor: 0, waiting: true });
  await project();
  expect(await giftInTotal(view)).toMatchObject({
    campaignId: campaign,
    countedMinor: 2500,
    currency: "EUR",
    waiting: false,
  });
  await stripe().refunds.create({ payment_intent: paid.intentId, amount: 1000 });
  await reconciled();
  await project();
  expect(await giftInTotal(view)).toMatchObject({ countedMinor: 1500, waiting: false });
});
