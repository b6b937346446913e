import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { overviewOf } from "@/lib/giving/administration/look-after";
import { sweepPayments } from "@/lib/giving/payment/sweep-payments";
import { pageOfDiscrepancies } from "@/lib/giving/reconciliation/look-after-runs";
import { PROPOSALS } from "@/lib/giving/reconciliation/rules";
import { driveInbox } from "@/lib/giving/webhook/drive-inbox";
import { stripOldKeys } from "@/lib/platform/idempotency/store";
import { drainOutbox } from "@/lib/platform/outbox/outbox";
import { pruneOutbox } from "@/lib/platform/outbox/store";
import { giving as moneyOf } from "../../support/giving.ts";
import type { TestUser } from "../../support/supabase.ts";
import { useGiving } from "./giving-harness.ts";
import { pledged, type Paid } from "./webhook-events.ts";

vi.mock("next/headers", async () => (await import("../accounts/request-scope.ts")).nextHeaders());
vi.mock("next/server", async (original) => (await import("../accounts/request-scope.ts")).nextServer(original));

const giving = useGiving();
const money = moneyOf(() => giving.supabase.sql);
let campaign: string;
let operator: TestUser;
beforeAll(async () => {
  campaign = await giving.campaign();
  operator = await giving.supabase.asUser({ roles: ["operator"] });
  await giving.stripe.control("POST", "settings", { webhooks: "manual" });
});
afterEach(async () => {
  await giving.stripe.control("DELETE", "faults");
});

/** The payment's next look is now. */
const due = ({ paymentId }: Paid) =>
  giving.supabase.sql`update public.payments set check_at = now() where id = ${paymentId} and check_at is not null`;
/** One look that comes to nothing, as while the provider does not answer; and how long the wait after it is, in minutes. */
async function look(paid: Paid): Promise<{ reason: string | undefined; minutes: number | null }> {
  await due(paid);
  const looked = await money.call<{ paymentId: string; reason: string }[]>("claim_payment_checks", 500, 60);
  const [row] = await giving.supabase.sql<{ minutes: number | null }[]>`
    select (extract(epoch from check_at - updated_at) / 60)::int as minutes from public.payments where id = ${paid.paymentId}`;
  const found = looked.find(({ paymentId }) => paymentId === paid.paymentId);
  return { reason: found?.reason, minutes: row?.minutes ?? null };
}
const standing = async ({ paymentId }: Paid) => {
  const [row] = await giving.supabase.sql<{ letters: number; states: string[] | null }[]>`
    select (select count(*)::int from private.dead_letters where subject_id = ${paymentId}) as letters,
      (select array_agg(state) from private.reconciliation_discrepancies where payment_id = ${paymentId}) as states`;
  return row;
};
const unknown = async (): Promise<Paid> => {
  const paid = await pledged(giving, campaign);
  await money.call("mark_payment_unknown", paid.paymentId, "capture", "no answer");
  return paid;
};

describe("a payment that does not move", () => {
  it("is looked at after minutes, hours and days, then becomes one difference for operators, gone when it moves", async () => {
    const paid = await unknown();
    const waits = [];
    for (let looks = 0; looks < 7; looks += 1) waits.push(await look(paid));
    expect(waits).toEqual([1, 5, 15, 60, 360, 1440, 1440].map((minutes) => ({ reason: "unknown", minutes })));
    expect(await standing(paid)).toEqual({ letters: 0, states: null });
    for (let looks = 0; looks < 3; looks += 1) await look(paid);
    expect(await standing(paid)).toEqual({ letters: 1, states: ["open"] });
    const { items } = await pageOfDiscrepancies(operator.id, "open", 20);
    expect(items.find(({ pledgeId }) => pledgeId === paid.pledgeId)).toMatchObject({
      kind: "stuck",
      objectId: paid.intentId,
      ours: { state: "authorized", reason: "unknown", totalMinor: 2500 },
      proposal: PROPOSALS.stuck,
    });
    expect((await overviewOf(operator.id, 1)).discrepancies).toBeGreaterThan(0);
    expect((await overviewOf(giving.owner.id, 1)).discrepancies).toBe(0);
    // The provider answers again.
    await due(paid);
    await sweepPayments();
    expect(await standing(paid)).toEqual({ letters: 1, states: ["gone"] });
    expect((await giving.stripe.client.paymentIntents.retrieve(paid.intentId)).status).toBe("succeeded");
  });

  it("does not begin anew each time that a try of it is left without an answer", async () => {
    const paid = await unknown();
    for (let looks = 0; looks < 8; looks += 1) {
      await look(paid);
      await money.call("mark_payment_unknown", paid.paymentId, "capture", "no answer");
    }
    expect(await standing(paid)).toEqual({ letters: 1, states: ["open"] });
    await due(paid);
    await sweepPayments();
    expect(await standing(paid)).toMatchObject({ states: ["gone"] });
  });

  it("that somebody has decided about is not reported again as long as it is the same", async () => {
    const paid = await unknown();
    for (let looks = 0; looks < 8; looks += 1) await look(paid);
    const [row] = await giving.supabase.sql`
      select id from private.reconciliation_discrepancies where payment_id = ${paid.paymentId}`;
    await money.call("decide_discrepancy", operator.id, row?.["id"], "dismissed", "known");
    await look(paid);
    expect(await standing(paid)).toMatchObject({ states: ["dismissed"] });
    await due(paid);
    await sweepPayments();
  });
});

describe("what sweepers do twice in a row they do once", () => {
  it("payments: a hold that is nearly over is let go, and a second look changes nothing", async () => {
    const paid = await pledged(giving, campaign);
    await giving.supabase.sql`
      update public.payments set capture_before = now() + interval '23 hours', check_at = now() where id = ${paid.paymentId}`;
    const rows = () => giving.supabase.sql`
      select p.state, p.cancel_reason, p.check_at, (select count(*)::int from private.payment_transitions t where t.payment_id = p.id) as steps
      from public.payments p where p.id = ${paid.paymentId}`;
    await sweepPayments();
    const first = await rows();
    expect(first).toMatchObject([{ state: "canceled", cancel_reason: "hold_expiring", check_at: null }]);
    expect((await giving.stripe.client.paymentIntents.retrieve(paid.intentId)).status).toBe("canceled");
    await sweepPayments();
    expect(await rows()).toEqual(first);
  });

  it("the inbox, the outbox and old keys", async () => {
    await pledged(giving, campaign);
    await driveInbox();
    expect(await driveInbox()).toBe(0);
    await giving.supabase.sql`
      update private.idempotency_keys set created_at = now() - interval '73 hours', settled_at = now() - interval '73 hours'
      where settled_at is not null`;
    expect(await stripOldKeys(10_000)).toBeGreaterThan(0);
    expect(await stripOldKeys(10_000)).toBe(0);
    await money.drain();
    await giving.supabase
      .sql`update private.outbox set published_at = now() - interval '15 days' where published_at is not null`;
    expect(await pruneOutbox(10_000)).toBeGreaterThan(0);
    expect(await pruneOutbox(10_000)).toBe(0);
    const before = await giving.supabase.sql`select count(*)::int as rows from private.outbox`;
    await drainOutbox();
    await drainOutbox();
    expect(await giving.supabase.sql`select count(*)::int as rows from private.outbox`).toEqual(before);
  });
});
