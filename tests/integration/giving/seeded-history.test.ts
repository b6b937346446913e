import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { overviewOf, storyOfPledge } from "@/lib/giving/administration/look-after";
import { sendPaymentMail } from "@/lib/giving/mail/send-giving-mail";
import { capturePayment } from "@/lib/giving/payment/capture-payment";
import { projectTotals } from "@/lib/giving/totals/project-totals";
import { ageHistory, hasComeToRest, type Aged } from "../../../devstack/seed/giving/age-history.ts";
import { agesOf, SEED_CAMPAIGNS } from "../../../devstack/seed/giving/campaigns.ts";
import { useResend } from "../../support/resend.ts";
import { gift, given, moveCampaign, useGiving } from "./giving-harness.ts";

vi.mock("next/headers", async () => (await import("../accounts/request-scope.ts")).nextHeaders());
vi.mock("next/server", async (original) => (await import("../accounts/request-scope.ts")).nextServer(original));

const resend = useResend();
const giving = useGiving({ further: () => ({ RESEND_BASE_URL: resend.url }) });
beforeAll(() => giving.stripe.control("POST", "settings", { webhooks: "manual" }));
const DAY = 1_440;

describe("the ages of the demo's gifts", () => {
  it.each(SEED_CAMPAIGNS.map((campaign) => [campaign.slug, campaign] as const))(
    "%s: from when it opened to when it closed, in the order in which they were given",
    (_, campaign) => {
      const ages = agesOf(campaign).filter((age, at) => age > 0 || !campaign.gifts[at]?.paymentMethod);
      expect(ages).toEqual(ages.toSorted((one, other) => other - one));
      for (const age of ages) {
        expect(age).toBeLessThan(campaign.openedDaysAgo * DAY);
        expect(age).toBeGreaterThan((campaign.closedDaysAgo ?? 0) * DAY);
      }
    },
  );

  it("put days between them, so that a chart of a month has a month in it", () => {
    const days = new Set(SEED_CAMPAIGNS.flatMap((one) => agesOf(one)).map((age) => Math.floor(age / DAY)));
    expect([...days].filter((day) => day < 30).length).toBeGreaterThan(15);
  });

  it("leave what somebody is to look at today to today", () => {
    const ages = SEED_CAMPAIGNS.flatMap((campaign) =>
      agesOf(campaign).filter((_, at) => campaign.gifts[at]?.paymentMethod !== undefined),
    );
    expect(ages).toEqual([0, 0, 0]);
  });
});

interface History {
  readonly aged: Aged;
  readonly campaign: string;
  readonly pledges: readonly { readonly id: string; readonly paymentId: string }[];
}

/** A completed campaign with two gifts that were taken and one of which nothing is known to the demo. */
async function history(name: string): Promise<History> {
  const campaign = await giving.campaign();
  const pledges = [];
  for (const key of [`seed-${name}-0`, `seed-${name}-1`, `somebody-${name}`]) {
    const { pledge, payment } = given(await giving.give(gift(campaign), { key }));
    await capturePayment(payment.id, "workflow");
    pledges.push({ id: pledge.id, paymentId: payment.id });
  }
  await moveCampaign(giving, campaign, "completed");
  const [row] = await giving.supabase.sql<{ slug: string }[]>`select slug from public.campaigns where id = ${campaign}`;
  const gifts = [20, 3].map((days, at) => ({ key: `seed-${name}-${at}`, age: days * DAY }));
  return { campaign, pledges, aged: { slug: row?.slug ?? "", opened: 25 * DAY, closed: DAY, gifts } };
}
/** Everything about a pledge, as milliseconds before now; rounded to minutes. */
const momentsOf = async (pledgeId: string): Promise<number[]> => {
  const story = await storyOfPledge(giving.owner.id, pledgeId);
  return [story.transitions, story.ledger, story.attempts, [{ at: story.pledge.createdAt }]]
    .flat()
    .map(({ at }) => Math.round((Date.now() - Date.parse(at)) / 60_000 / DAY));
};
const mark = () =>
  giving.supabase.sql.unsafe(
    "create schema if not exists devstack; create table devstack.identity (stack_id text); insert into devstack.identity values ('of a test')",
  );
const unmark = () => giving.supabase.sql.unsafe("drop table if exists devstack.identity");

describe("a history that is moved into the past", () => {
  afterEach(unmark);

  it("is refused on a database that is not the stack's own, and stays as it is", async () => {
    const { aged, pledges } = await history("foreign");
    await expect(ageHistory(giving.supabase.sql, [aged])).rejects.toThrow("not the embedded stack's own");
    for (const { id } of pledges) expect(new Set(await momentsOf(id))).toEqual(new Set([0]));
  });

  it("has every moment of a gift at its age, and nobody else's; the books stay right and closed", async () => {
    const { aged, pledges, campaign } = await history("own");
    await mark();
    const noted: number[] = [];
    const moved = await ageHistory(giving.supabase.sql, [aged], async (tx) => {
      noted.push((await tx`select 1`).length);
    });
    expect([moved, noted]).toEqual([2, [1]]);
    const [first, second, other] = await Promise.all(pledges.map(({ id }) => momentsOf(id)));
    expect([new Set(first), new Set(second), new Set(other)]).toEqual([new Set([20]), new Set([3]), new Set([0])]);
    const [row] = await giving.supabase.sql`
      select round(extract(epoch from now() - created_at) / 86400)::int as made, round(extract(epoch from now() - published_at) / 86400)::int as opened,
        round(extract(epoch from now() - closed_at) / 86400)::int as closed, (closed_at > published_at and updated_at >= closed_at) as in_order
      from public.campaigns where id = ${campaign}`;
    expect(row).toEqual({ made: 25, opened: 25, closed: 1, in_order: true });
    expect(await giving.supabase.sql`select * from private.check_invariants()`).toEqual([]);
    const { days } = await overviewOf(giving.owner.id, 30);
    for (const { id } of pledges) {
      const { transitions } = await storyOfPledge(giving.owner.id, id);
      const taken = transitions.find(({ subject, to }) => subject === "payment" && to === "captured");
      expect(days.map(({ day }) => day)).toContain(taken?.at.slice(0, 10));
    }
    // The books are closed again.
    for (const table of ["private.ledger_transactions", "private.payment_transitions", "private.pledge_transitions"])
      await expect(giving.supabase.sql.unsafe(`update ${table} set at = now()`)).rejects.toMatchObject({
        code: "23001",
      });
    const off = await giving.supabase.sql`
      select t.tgrelid::regclass::text as name from pg_trigger t where not t.tgisinternal and t.tgenabled = 'D'`;
    expect(off).toEqual([]);
  });

  it("stays as it is when writing down that it was moved fails", async () => {
    const { aged, pledges } = await history("unnoted");
    await mark();
    const note = () => Promise.reject(new Error("no room"));
    await expect(ageHistory(giving.supabase.sql, [aged], note)).rejects.toThrow("no room");
    expect(new Set(await momentsOf(pledges[0]?.id ?? ""))).toEqual(new Set([0]));
  });
});

it("waits for the mails and for the totals: what came later would bear today's date", async () => {
  const { aged, pledges } = await history("resting");
  const { sql } = giving.supabase;
  const rests = () => hasComeToRest(sql, [aged]);
  expect(await rests()).toBe(false);
  for (const { paymentId } of pledges) await sendPaymentMail("receipt", paymentId);
  expect(await rests()).toBe(false);
  await sql`update private.outbox set published_at = now() where published_at is null`;
  const ids = await sql<{ id: string }[]>`select id from private.outbox where name like 'giving/p%'`;
  await projectTotals(ids.map(({ id }) => id));
  expect(await rests()).toBe(true);
});
