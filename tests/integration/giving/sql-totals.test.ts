import { randomUUID } from "node:crypto";
import postgres from "postgres";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { totalsSchema } from "@/lib/giving/totals/schemas";
import { giving, permutations, refusalOf } from "../../support/giving.ts";
import { useDatabase } from "../../support/supabase.ts";

const database = useDatabase();
const g = giving(() => database.sql);
const world = { owner: "" };

beforeAll(async () => {
  world.owner = await g.organiser();
});

afterEach(async () => {
  expect(await g.broken()).toEqual([]);
});

const eventsOf = async (campaignId: string) =>
  (
    await database.sql<{ id: string }[]>`
      select o.id from private.outbox o join public.pledges p on p.id = o.aggregate_id
      where p.campaign_id = ${campaignId} order by o.position`
  ).map(({ id }) => id);

/** Two gifts: one goes through and is refunded in part, one is declined and paid with another card. */
async function story(): Promise<string> {
  const campaign = await g.campaign(world.owner);
  const one = await g.completed(campaign, { amountMinor: 2000, coverFees: true });
  await g.call("record_refund", g.json(g.refundFact(one, `re_${one.paymentId.slice(0, 8)}`, 500, "succeeded", 1)));
  const two = await g.intended(campaign, { amountMinor: 700 }, { email: "other@example.test" });
  await g.call("intend_cancel", two.paymentId, "declined");
  await g.apply(g.fact(two, "canceled"));
  const { id, fence } = await g.lease();
  await g.call("add_payment", id, fence, two.pledgeId, "");
  return campaign;
}

/** The same order for the same number, so that what fails once fails again. */
function shuffled<T>(list: readonly T[], seed: number): T[] {
  let state = seed + 1;
  const drawn = list.map((item) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return { item, rank: state };
  });
  return drawn.toSorted((a, b) => a.rank - b.rank).map(({ item }) => item);
}

const STORY = {
  raised_minor: 1500,
  pending_minor: 700,
  refunded_minor: 500,
  disputed_minor: 0,
  donor_count: 1,
  pledge_count: 2,
  completed_count: 1,
  failed_count: 0,
};

interface Folded {
  readonly totals: { readonly version: number };
}

describe("project_payment", () => {
  test("folds what its pledge told of, once, before a relay took it; the workflow adds nothing to that", async () => {
    const campaign = await g.campaign(world.owner);
    const paid = await g.completed(campaign, { amountMinor: 2000 });
    const other = await g.completed(campaign, { amountMinor: 500 }, { email: "other@example.test" });
    const ids = await eventsOf(campaign);
    const first = (await g.call<Folded[]>("project_payment", paid.paymentId))[0];
    expect(first).toMatchObject({ campaignId: campaign, totals: { raisedMinor: 2000, pledgeCount: 1 } });
    expect(await g.call("project_payment", paid.paymentId)).toMatchObject([{ applied: 0, totals: first?.totals }]);
    const all = (await g.call<Folded[]>("project_totals", ids))[0];
    expect(all?.totals).toMatchObject({ raisedMinor: 2500, pledgeCount: 2 });
    expect(all?.totals.version).toBeGreaterThan(first?.totals.version ?? Number.NaN);
    expect(await g.call("project_totals", ids)).toMatchObject([{ applied: 0, totals: all?.totals }]);
    await database.sql`update private.outbox set published_at = now() where aggregate_id in (${paid.pledgeId}, ${other.pledgeId})`;
    expect(await g.call("project_payment", other.paymentId)).toEqual([]);
    expect(await g.call("project_payment", randomUUID())).toEqual([]);
  });
});

describe("project_totals", () => {
  test("a new campaign has its totals at zero", async () => {
    const campaign = await g.campaign(world.owner);
    expect(new Set(Object.values(await g.totals(campaign)))).toEqual(new Set([0]));
  });

  test("any order of events, late, doubled and in batches, gives the same totals and version", async () => {
    const ends = new Set<string>();
    const campaign = await story();
    const ids = await eventsOf(campaign);
    for (let round = 0; round < 30; round += 1) {
      await g.unfold();
      const turned = shuffled(ids, round);
      const doubled = round % 3 === 0 ? [...turned, ...turned.toReversed()] : turned;
      for (let at = 0; at < doubled.length; at += 1 + (round % 4))
        await g.call("project_totals", doubled.slice(at, at + 1 + (round % 4)));
      // At every moment, and so also here, with what has been folded so far.
      expect(await g.broken()).toEqual([]);
      ends.add(JSON.stringify(await g.totals(campaign)));
    }
    expect([...ends]).toHaveLength(1);
    expect(JSON.parse([...ends][0] ?? "{}")).toMatchObject(STORY);
  });

  test("whatever is folded first, nobody is told of less than nothing", async () => {
    const campaign = await story();
    const ids = await eventsOf(campaign);
    const told = totalsSchema.omit({ asOf: true, stale: true, source: true }).loose();
    const lowest = { stored: 0, told: 0 };
    for (const order of [ids, ids.toReversed(), ...Array.from({ length: 10 }, (_, round) => shuffled(ids, round))]) {
      await g.unfold();
      for (const id of order) {
        const [answer] = await g.call<{ totals: object }[]>("project_totals", [id]);
        // Some events move no sum.
        if (answer) lowest.told = Math.min(lowest.told, told.parse(answer.totals).pendingMinor);
        lowest.stored = Math.min(lowest.stored, Number((await g.totals(campaign))["pending_minor"]));
      }
    }
    // Else no order was one that takes a sum below zero.
    expect(lowest.stored).toBeLessThan(0);
    expect(lowest.told).toBe(0);
  });

  test("all permutations of one gift's events converge, and each moment in between is right", async () => {
    const campaign = await g.campaign(world.owner);
    await g.completed(campaign);
    const ids = await eventsOf(campaign);
    expect(ids).toHaveLength(5);
    const ends = new Set<string>();
    for (const order of permutations(ids)) {
      await g.unfold();
      for (const id of order) await g.call("project_totals", [id, id]);
      ends.add(JSON.stringify(await g.totals(campaign)));
    }
    expect([...ends].map((end) => JSON.parse(end) as unknown)).toEqual([
      { ...STORY, raised_minor: 1000, pending_minor: 0, refunded_minor: 0, pledge_count: 1, version: 3 },
    ]);
  });

  test("projectors at once with the same events count each once, and do not block each other for ever", async () => {
    const pool = postgres(database.url, { max: 12, onnotice: () => {} });
    try {
      const many = giving(() => pool);
      const campaigns = [await story(), await story(), await story()];
      const ids = (await Promise.all(campaigns.map(eventsOf))).flat();
      await Promise.all(
        Array.from({ length: 24 }, (_, n) => many.call("project_totals", n % 2 ? ids : ids.toReversed().slice(n))),
      );
      await many.call("project_totals", ids);
      for (const campaign of campaigns) expect(await g.totals(campaign)).toMatchObject(STORY);
    } finally {
      await pool.end();
    }
  });

  test("answers each campaign's totals; an event that is nobody's is left alone", async () => {
    const campaign = await story();
    const ids = await eventsOf(campaign);
    const stranger = randomUUID();
    expect(await g.call("project_totals", [stranger])).toEqual([]);
    expect(await database.sql`select 1 from private.processed_events where event_id = ${stranger}`).toHaveLength(0);
    const [first] = await g.call<{ campaignId: string; applied: number; totals: Record<string, unknown> }[]>(
      "project_totals",
      ids,
    );
    expect(first).toMatchObject({
      campaignId: campaign,
      totals: { raisedMinor: 1500, pendingMinor: 700, goalMinor: 100_000, version: first?.applied },
    });
    const [again] = await g.call<{ applied: number; totals: unknown }[]>("project_totals", ids);
    expect(again).toMatchObject({ applied: 0, totals: { raisedMinor: 1500, version: first?.applied } });
  });

  test("the backstop lists what was published and not folded", async () => {
    const campaign = await story();
    const ids = await eventsOf(campaign);
    await database.sql`update private.outbox set published_at = now() - interval '2 minutes' where id = any (${ids})`;
    const listed = await g.call<string[]>("list_unprojected", 60, 1000);
    expect(ids.every((id) => listed.includes(id))).toBe(true);
    await g.call("project_totals", ids);
    const later = await g.call<string[]>("list_unprojected", 60, 1000);
    expect(later.some((id) => ids.includes(id))).toBe(false);
  });
});

describe("sweepers", () => {
  const claimed = async () => {
    const rows = await g.call<{ paymentId: string; reason: string }[]>("claim_payment_checks", 500, 60);
    return Object.fromEntries(rows.map(({ paymentId, reason }) => [paymentId, reason]));
  };

  test("find each payment that does not move, with the reason, once at a time", async () => {
    const campaign = await g.campaign(world.owner);
    const made = {
      unknown: await g.intended(campaign),
      challenge_expired: await g.intended(campaign),
      provider_expired: await g.intended(campaign),
      void_due: await g.intended(campaign),
      refund_due: await g.intended(campaign),
      hold_expiring: await g.intended(campaign),
      capture_due: await g.intended(campaign),
      stuck: await g.intended(campaign),
      held: await g.intended(campaign),
      done: await g.completed(campaign),
    };
    await g.call("mark_payment_unknown", made.unknown.paymentId, "confirm", "timed out");
    await g.call("mark_payment_waiting", made.challenge_expired.paymentId, "challenge");
    await g.call("mark_payment_waiting", made.provider_expired.paymentId, "provider");
    await g.call("cancel_pledge", made.void_due.pledgeId, "donor", null, "");
    await g.call("cancel_pledge", made.refund_due.pledgeId, "donor", null, "");
    await g.apply(g.fact(made.refund_due, "completed"));
    const soon = new Date(Date.now() + 3_600_000).toISOString();
    const later = new Date(Date.now() + 6 * 86_400_000).toISOString();
    await g.apply(g.fact(made.hold_expiring, "authorized", { captureBefore: soon }));
    await g.apply(g.fact(made.capture_due, "authorized", { captureBefore: later }));
    await g.apply(g.fact(made.held, "authorized", { captureBefore: later }));
    await g.call("hold_payment", made.held.paymentId, g.json(["decline_ratio"]));
    expect(await claimed()).toEqual({});
    // An hour and a bit goes by.
    await database.sql`
      update public.payments set check_at = check_at - interval '61 minutes', waiting_until = waiting_until - interval '61 minutes'
      where campaign_id = ${campaign} and check_at is not null`;
    const { held: _, done: __, ...due } = made;
    expect(await claimed()).toEqual(
      Object.fromEntries(Object.entries(due).map(([reason, { paymentId }]) => [paymentId, reason])),
    );
    expect(await claimed()).toEqual({});
  });

  test("what still has not moved at the eighth look is a dead letter, once", async () => {
    const campaign = await g.campaign(world.owner);
    const { paymentId } = await g.intended(campaign);
    for (let look = 1; look <= 9; look += 1) {
      await database.sql`update public.payments set check_at = now() where id = ${paymentId}`;
      expect(await claimed()).toEqual({ [paymentId]: "stuck" });
    }
    expect(await database.sql`select cause from private.dead_letters where subject_id = ${paymentId}`).toHaveLength(1);
  });
});

describe("the inbox", () => {
  const id = () => `evt_${randomUUID().replaceAll("-", "")}`;
  const store = (event: string) =>
    g.call<{ outcome: string; state: string }>(
      "store_webhook_event",
      event,
      "charge.captured",
      "ch_1",
      false,
      "2026-10-28",
      new Date(),
      g.json({ a: 1 }),
    );

  test("keeps an event once and says how it stands; the fact and its row end together", async () => {
    const event = id();
    expect(await store(event)).toMatchObject({ outcome: "stored", state: "stored" });
    expect(await store(event)).toMatchObject({ outcome: "known", state: "stored" });
    const made = await g.intended(await g.campaign(world.owner));
    const about = g.fact(made, "authorized", { eventId: event });
    expect(await g.apply(about)).toMatchObject({ outcome: "applied" });
    expect(await store(event)).toMatchObject({ outcome: "known", state: "processed" });
    expect(await g.apply(about)).toMatchObject({ outcome: "duplicate" });
  });

  test("gives out what is due, each to one asker, and gives up after 72 hours", async () => {
    await database.sql`update private.webhook_events set state = 'processed', next_attempt_at = null where next_attempt_at is not null`;
    const event = id();
    await store(event);
    const claim = async () => (await g.call<{ id: string }[]>("claim_webhook_events", 10, 60)).map((row) => row.id);
    expect(await claim()).toEqual([]);
    await database.sql`update private.webhook_events set next_attempt_at = now() where id = ${event}`;
    const claims = await Promise.all([claim(), claim(), claim()]);
    expect(claims.flat()).toEqual([event]);
    expect(await g.call("settle_webhook_event", event, "parked", "unknown_payment", null)).toMatchObject({
      state: "parked",
      attempts: 2,
    });
    await database.sql`update private.webhook_events set received_at = now() - interval '73 hours' where id = ${event}`;
    expect(await g.call("settle_webhook_event", event, "stored", "failed", "no connection")).toMatchObject({
      state: "abandoned",
    });
    expect(await g.call("settle_webhook_event", event, "processed", "applied", null)).toMatchObject({
      state: "abandoned",
    });
    expect(await database.sql`select cause from private.dead_letters where payload ->> 'eventId' = ${event}`).toEqual([
      { cause: "no connection" },
    ]);
    expect(await refusalOf(g.call("settle_webhook_event", event, "whatever", "", null))).toBe(
      "rule_broken path:p_state",
    );
  });
});

describe("an outage of the provider", () => {
  test("is told of once, and its end once", async () => {
    const opened = new Date(Date.now() - 60_000);
    await g.call("record_outage_opened", "stripe", "timed out", opened);
    await g.call("record_outage_opened", "stripe", "timed out", opened);
    await g.call("record_outage_opened", "github", "timed out", opened);
    await g.call("record_outage_recovered", "stripe", new Date(), 0);
    await g.call("record_outage_recovered", "stripe", new Date(), 0);
    const events = await database.sql<{ name: string }[]>`
      select name from private.outbox where name like 'giving/payment.%' and aggregate_type = 'outage' order by position`;
    expect(events.map(({ name }) => name)).toEqual(["giving/payment.service-unavailable", "giving/payment.recovered"]);
  });
});
