import { beforeAll, describe, expect, it, vi } from "vitest";
import { capturePayment } from "@/lib/giving/payment/capture-payment";
import { beginReconciliation, pageOfDiscrepancies } from "@/lib/giving/reconciliation/look-after-runs";
import { reconcileOn } from "@/lib/giving/reconciliation/reconcile";
import type { Run } from "@/lib/giving/reconciliation/schemas";
import { Database } from "../../../devstack/stripe/database.ts";
import type { TestUser } from "../../support/supabase.ts";
import { useGiving } from "./giving-harness.ts";
import { pledged, state, type Paid } from "./webhook-events.ts";

vi.mock("next/headers", async () => (await import("../accounts/request-scope.ts")).nextHeaders());
vi.mock("next/server", async (original) => (await import("../accounts/request-scope.ts")).nextServer(original));

const giving = useGiving();
let campaign: string;
let operator: TestUser;
beforeAll(async () => {
  operator = await giving.supabase.asUser({ roles: ["operator"] });
  campaign = await giving.campaign();
  // No event ever arrives.
  await giving.stripe.control("POST", "settings", { webhooks: "manual" });
});

const stripe = () => giving.stripe.client;
const chargeOf = async ({ intentId }: Paid) => String((await stripe().paymentIntents.retrieve(intentId)).latest_charge);
const row = async ({ paymentId }: Paid) =>
  (
    await giving.supabase
      .sql`select refunded_minor::int as refunded, disputed_minor::int as disputed, lost_minor::int as lost
      from public.payments where id = ${paymentId}`
  )[0];
const openOnes = async () =>
  (await pageOfDiscrepancies(operator.id, "open", 50)).items.map(({ kind, objectId }) => [kind, objectId]);

async function captured(): Promise<Paid> {
  const paid = await pledged(giving, campaign);
  await capturePayment(paid.paymentId, "workflow");
  expect(await state(giving, paid)).toBe("completed");
  return paid;
}

/** A whole run: since a week before the end of the last one. */
async function compared(): Promise<Run> {
  await beginReconciliation("schedule");
  const run = await reconcileOn(null);
  expect(run).toMatchObject({ state: "completed", error: null });
  expect(run?.sums.filter(({ theirsMinor, oursMinor }) => theirsMinor !== oursMinor)).toEqual([]);
  return run as Run;
}

/** Three weeks go by over all that is there: it is compared, and after that older than any window. */
async function weeksGoBy(): Promise<void> {
  await compared();
  const seconds = 21 * 86_400;
  const database = new Database(giving.stripe.file);
  database.run(
    `update objects set created = created - ${seconds}, body = json_set(body, '$.created', json_extract(body, '$.created') - ${seconds})
     where type <> 'event'`,
  );
  database.close();
  for (const table of ["payments", "refunds", "disputes"])
    await giving.supabase.sql.unsafe(`
      alter table public.${table} disable trigger user;
      update public.${table} set created_at = created_at - interval '${seconds} seconds';
      alter table public.${table} enable trigger user`);
  await giving.supabase.sql.unsafe(
    `update private.reconciliation_discrepancies set object_at = object_at - interval '${seconds} seconds'`,
  );
}

describe("three weeks later, without an event", () => {
  it("a refund that had succeeded fails: the balance's movement has it read again, and nothing else is asked for", async () => {
    const paid = await captured();
    const other = await captured();
    const refund = await stripe().refunds.create({ payment_intent: paid.intentId, amount: 1000 });
    await stripe().refunds.create({ payment_intent: other.intentId, amount: 500 });
    await weeksGoBy();
    expect(await row(paid)).toMatchObject({ refunded: 1000 });
    expect((await compared()).counts["refunds"]).toBeUndefined();

    await giving.stripe.control("POST", `refunds/${refund.id}`, {
      status: "failed",
      failureReason: "lost_or_stolen_card",
    });
    const run = await compared();
    expect([run.counts["healed"], run.counts["refunds"]]).toEqual([1, 1]);
    expect([await row(paid), await row(other)]).toMatchObject([{ refunded: 0 }, { refunded: 500 }]);
    const [told] = await giving.supabase.sql<{ status: string; failure_reason: string }[]>`
      select status, failure_reason from public.refunds where refund_id = ${refund.id}`;
    expect(told).toEqual({ status: "failed", failure_reason: "lost_or_stolen_card" });
    expect((await compared()).counts["healed"]).toBeUndefined();
    expect(await openOnes()).toEqual([]);
  });

  it("a refund that was on its way arrives or fails", async () => {
    const [arrives, fails] = [await captured(), await captured()];
    const begun = async (paid: Paid) =>
      giving.stripe.control<{ id: string }>("POST", `charges/${await chargeOf(paid)}/refund`, {
        amount: 700,
        status: "pending",
      });
    const [first, second] = [await begun(arrives), await begun(fails)];
    await weeksGoBy();
    expect((await compared()).counts["refunds"]).toBe(2);
    await giving.stripe.control("POST", `refunds/${first.id}`, { status: "succeeded" });
    await giving.stripe.control("POST", `refunds/${second.id}`, {
      status: "failed",
      failureReason: "expired_or_canceled_card",
    });
    const run = await compared();
    expect([run.counts["healed"], run.counts["refunds"]]).toEqual([2, 2]);
    expect([await row(arrives), await row(fails)]).toMatchObject([{ refunded: 700 }, { refunded: 0 }]);
    expect(await openOnes()).toEqual([]);
  });

  it("a dispute is decided, and decided otherwise after an appeal", async () => {
    const paid = await captured();
    await giving.stripe.control("POST", `charges/${await chargeOf(paid)}/dispute`, { kind: "fraudulent" });
    const [dispute] = (await stripe().disputes.list({ payment_intent: paid.intentId })).data;
    const decide = (action: string) => giving.stripe.control("POST", `disputes/${dispute?.id}`, { action });
    await weeksGoBy();
    expect(await row(paid)).toMatchObject({ disputed: 2500, lost: 0 });
    await decide("lose");
    expect((await compared()).counts["healed"]).toBe(1);
    expect(await row(paid)).toMatchObject({ disputed: 0, lost: 2500 });
    await weeksGoBy();
    expect((await compared()).counts["disputes"]).toBeUndefined();
    await decide("appeal");
    await decide("win");
    expect((await compared()).counts["healed"]).toBe(1);
    expect(await row(paid)).toMatchObject({ disputed: 0, lost: 0 });
    expect(await openOnes()).toEqual([]);
  });

  it("what differs is a difference, and gone once it was put right", async () => {
    const paid = await captured();
    const refund = await giving.stripe.control<{ id: string }>("POST", `charges/${await chargeOf(paid)}/refund`, {
      amount: 700,
      status: "pending",
    });
    await weeksGoBy();
    const database = new Database(giving.stripe.file);
    const renamed = (from: string, to: string) =>
      database.run("update objects set id = ? where id = ? and type = 'refund'", to, from);
    renamed(refund.id, `${refund.id}_away`);
    await compared();
    expect(await openOnes()).toEqual([["missing_at_provider", refund.id]]);
    renamed(`${refund.id}_away`, refund.id);
    database.close();
    await compared();
    expect(await openOnes()).toEqual([]);
    expect((await pageOfDiscrepancies(operator.id, "gone", 50)).items.map(({ objectId }) => objectId)).toEqual([
      refund.id,
    ]);
  });
});
