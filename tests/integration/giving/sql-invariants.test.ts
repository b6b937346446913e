import type postgres from "postgres";
import { beforeAll, describe, expect, test } from "vitest";
import { giving } from "../../support/giving.ts";
import { useDatabase } from "../../support/supabase.ts";

const database = useDatabase();
const g = giving(() => database.sql);
const world = { campaign: "", payment: "", pledge: "", other: "" };

beforeAll(async () => {
  const owner = await g.organiser();
  world.campaign = await g.campaign(owner);
  const made = await g.completed(world.campaign, { coverFees: true });
  await g.call("record_refund", g.json(g.refundFact(made, "re_1", 300, "succeeded", 1)));
  const other = await g.completed(world.campaign);
  await g.drain();
  Object.assign(world, { payment: made.paymentId, pledge: made.pledgeId, other: other.paymentId });
});

class Undo extends Error {}

type Plant = (sql: postgres.TransactionSql) => Promise<unknown>;

/** Plants a corruption that no function of ours could make, asks, and takes it back. */
async function foundAfter(plant: Plant): Promise<number[]> {
  let found: number[] = [];
  const attempt = database.sql.begin(async (sql) => {
    // What guards the tables is off: the invariants must see what got past it.
    for (const table of [
      "public.payments",
      "public.pledges",
      "public.refunds",
      "private.payment_transitions",
      "private.pledge_transitions",
      "private.ledger_transactions",
      "private.ledger_entries",
      "private.payment_attempts",
    ])
      await sql.unsafe(`alter table ${table} disable trigger user`);
    await plant(sql);
    const rows = await sql<
      { invariant: number }[]
    >`select distinct invariant from private.check_invariants(true) order by 1`;
    found = rows.map(({ invariant }) => invariant);
    throw new Undo();
  });
  await expect(attempt).rejects.toBeInstanceOf(Undo);
  return found;
}

const dropUnique = async (sql: postgres.TransactionSql, table: string, columns: string) => {
  const constraints = await sql<{ name: string }[]>`
    select conname as name from pg_constraint where conrelid = ${table}::regclass and contype in ('u', 'p')
      and pg_get_constraintdef(oid) like ${`%(${columns})%`}`;
  for (const { name } of constraints) await sql.unsafe(`alter table ${table} drop constraint ${name}`);
};

describe("check_invariants", () => {
  test("finds nothing where nothing is broken", async () => {
    expect(await g.broken(true)).toEqual([]);
    expect(await foundAfter(() => Promise.resolve())).toEqual([]);
  });

  const PLANTS: readonly { invariant: number; name: string; plant: Plant }[] = [
    {
      invariant: 1,
      name: "an entry that was raised",
      plant: (sql) => sql`update private.ledger_entries set amount_minor = amount_minor + 1
        where transaction_id in (select id from private.ledger_transactions where payment_id = ${world.payment}) and amount_minor > 0`,
    },
    {
      invariant: 1,
      name: "entries of another currency than their account",
      plant: (sql) => sql`update private.ledger_entries set currency = 'USD'`,
    },
    {
      invariant: 2,
      name: "a capture that was posted nowhere",
      plant: async (sql) => {
        await sql`delete from private.ledger_entries where transaction_id in (select id from private.ledger_transactions where payment_id = ${world.other})`;
        await sql`delete from private.ledger_transactions where payment_id = ${world.other}`;
      },
    },
    {
      invariant: 2,
      name: "a refund without its posting",
      plant: (sql) => sql`insert into public.refunds (payment_id, refund_id, amount_minor, currency, status, reason)
        values (${world.other}, 're_planted', 10, 'EUR', 'succeeded', 'provider')`,
    },
    {
      invariant: 3,
      name: "a second captured charge of one pledge",
      plant: (
        sql,
      ) => sql`insert into public.payments (pledge_id, campaign_id, number, state, gift_minor, cover_minor, currency, authorized_minor, captured_minor)
        values (${world.pledge}, ${world.campaign}, 2, 'captured', 1000, 0, 'EUR', 1000, 1000)`,
    },
    {
      invariant: 3,
      name: "more refunded than was captured",
      plant: (sql) => sql`insert into public.refunds (payment_id, refund_id, amount_minor, currency, status, reason)
        values (${world.other}, 're_planted', 1001, 'EUR', 'succeeded', 'provider')`,
    },
    {
      invariant: 4,
      name: "a step that leads back",
      plant: (
        sql,
      ) => sql`insert into private.payment_transitions (payment_id, seq, from_state, to_state, cause, event_id)
        values (${world.payment}, 4, 'completed', 'pending', 'planted', gen_random_uuid())`,
    },
    {
      invariant: 4,
      name: "a state without a step to it",
      plant: (sql) => sql`update public.payments set state = 'captured' where id = ${world.payment}`,
    },
    {
      invariant: 4,
      name: "a pledge without a step to where it stands",
      plant: (sql) => sql`update public.pledges set status = 'failed' where id = ${world.pledge}`,
    },
    {
      invariant: 5,
      name: "an event that was processed twice",
      plant: async (sql) => {
        await dropUnique(sql, "private.processed_events", "consumer, event_id");
        await sql`insert into private.processed_events select * from private.processed_events limit 1`;
      },
    },
    {
      invariant: 5,
      name: "a posting that was made twice for one event",
      plant: async (sql) => {
        await dropUnique(sql, "private.ledger_transactions", "event_id");
        await sql`insert into private.ledger_transactions (payment_id, currency, cause, event_id)
          select payment_id, currency, cause, event_id from private.ledger_transactions where event_id is not null limit 1`;
      },
    },
    {
      invariant: 5,
      name: "two pledges of one key",
      plant: async (sql) => {
        await dropUnique(sql, "public.pledges", "idempotency_id");
        await sql`update public.pledges set idempotency_id = '00000000-0000-4000-8000-000000000001'`;
      },
    },
    {
      invariant: 6,
      name: "totals that were raised by hand",
      plant: (sql) =>
        sql`update public.campaign_totals set raised_minor = raised_minor + 1 where campaign_id = ${world.campaign}`,
    },
    {
      invariant: 6,
      name: "an event that counts as folded and is not",
      plant: (sql) => sql`update public.campaign_totals set pending_minor = pending_minor + 1000, version = version - 1
        where campaign_id = ${world.campaign}`,
    },
    {
      invariant: 7,
      name: "an event that nobody published",
      plant: (sql) => sql`select private.append_outbox('pledge', ${world.pledge}, 'giving/pledge.created', '{}')`,
    },
    {
      invariant: 7,
      name: "an event that was published and not folded",
      plant: (sql) =>
        sql`delete from private.processed_events where event_id = (select event_id from public.pledges where id = ${world.pledge})`,
    },
    {
      invariant: 7,
      name: "a dead event without a dead letter",
      plant: (sql) =>
        sql`update private.outbox set published_at = null, dead_at = now() where aggregate_id = ${world.pledge}`,
    },
    {
      invariant: 8,
      name: "totals without one of the pledges",
      plant: (
        sql,
      ) => sql`insert into public.pledges (campaign_id, gift_minor, cover_minor, currency, anonymous, idempotency_id, event_id)
        values (${world.campaign}, 5, 0, 'EUR', false, gen_random_uuid(), gen_random_uuid())`,
    },
  ];

  test.each(PLANTS)("$invariant bites: $name", async ({ invariant, plant }) => {
    expect(await foundAfter(plant)).toContain(invariant);
  });
});
