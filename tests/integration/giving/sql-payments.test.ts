import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Fact, giving, refusalOf } from "../../support/giving.ts";
import { useDatabase } from "../../support/supabase.ts";

const database = useDatabase();
const g = giving(() => database.sql);
const world = { owner: "", campaign: "" };
beforeAll(async () => {
  world.owner = await g.organiser();
  world.campaign = await g.campaign(world.owner);
});

afterEach(async () => {
  expect(await g.broken()).toEqual([]);
});

const transitions = async (paymentId: string) =>
  (
    await database.sql<{ step: string }[]>`
      select from_state || ' → ' || to_state as step from private.payment_transitions where payment_id = ${paymentId} order by seq`
  ).map(({ step }) => step);

describe("what is compared before anything is credited", () => {
  test.each([
    [{ amountMinor: 999 }, "amount_mismatch"],
    [{ amountMinor: 100_000 }, "amount_mismatch"],
    [{ currency: "usd" }, "currency_mismatch"],
    [{ capturedMinor: 1001 }, "amount_mismatch"],
    [{ capturedMinor: 0 }, "amount_mismatch"],
  ])("%j: %s, and nothing moves", async (further, reason) => {
    const made = await g.intended(world.campaign);
    expect(await g.apply(g.fact(made, "completed", { ...further, final: false }))).toMatchObject({
      outcome: "impossible",
      reason,
    });
    expect(
      await database.sql`select 1 from private.payment_transition_rejections where payment_id = ${made.paymentId}`,
    ).toHaveLength(0);
    expect(await g.apply(g.fact(made, "completed", { ...further, eventId: "evt_odd" }))).toMatchObject({
      outcome: "rejected",
      reason,
    });
    await g.apply(g.fact(made, "completed", { ...further, eventId: "evt_odd" }));
    expect(
      await database.sql`select reason from private.payment_transition_rejections where payment_id = ${made.paymentId}`,
    ).toEqual([{ reason }]);
    expect(await transitions(made.paymentId)).toEqual([]);
  });

  test("an intent that is not the payment's", async () => {
    const made = await g.intended(world.campaign);
    expect(await g.apply(g.fact(made, "completed", { intentId: "pi_other", paymentId: made.paymentId }))).toMatchObject(
      {
        outcome: "rejected",
        reason: "intent_mismatch",
      },
    );
    expect(await refusalOf(g.call("record_intent", made.paymentId, "pi_other"))).toBe("conflict");
    expect((await g.call("record_intent", made.paymentId, made.intent)).payment.id).toBe(made.paymentId);
  });

  test("an intent that we have not committed yet is not ours to judge", async () => {
    const view = await g.pledge(world.campaign);
    const about = {
      cause: "webhook",
      kind: "test",
      intentId: "pi_early",
      to: "authorized",
      amountMinor: 1000,
      currency: "eur",
    };
    expect(await g.apply(about)).toEqual({ outcome: "unknown_payment" });
    expect(await g.apply({ ...about, paymentId: view.payment.id })).toEqual({ outcome: "unknown_payment" });
    await g.call("record_intent", view.payment.id, "pi_early");
    expect(await g.apply(about)).toMatchObject({ outcome: "applied", payment: { state: "authorized" } });
  });

  test("a payment is not ended while its intent could still succeed", async () => {
    const made = await g.intended(world.campaign);
    expect(await refusalOf(g.apply(g.fact(made, "failed", { status: "requires_payment_method" })))).toBe("rule_broken");
    expect(await refusalOf(g.apply(g.fact(made, "canceled", { status: null })))).toBe("rule_broken");
    const never = await g.pledge(world.campaign);
    expect(await g.apply({ cause: "request", kind: "read", paymentId: never.payment.id, to: "failed" })).toMatchObject({
      outcome: "applied",
      pledge: { status: "failed" },
    });
  });
});

describe("a pledge that was given up", () => {
  test("a late authorisation is to be voided", async () => {
    const made = await g.intended(world.campaign);
    expect(await g.call("cancel_pledge", made.pledgeId, "donor", null, "")).toMatchObject({
      pledge: { status: "canceled" },
      payment: { state: "pending", voidDue: true },
    });
    expect(await g.apply(g.fact(made, "authorized"))).toMatchObject({
      pledge: { status: "canceled" },
      payment: { state: "authorized", voidDue: true, refundDue: false },
    });
    expect(await g.apply(g.fact(made, "canceled"))).toMatchObject({
      pledge: { status: "canceled" },
      payment: { state: "canceled", voidDue: false },
    });
  });

  test("a late capture is recorded, its refund is due, and the pledge stays cancelled", async () => {
    const made = await g.intended(world.campaign, { coverFees: true });
    await g.call("cancel_pledge", made.pledgeId, "donor", null, "");
    expect(await g.apply(g.fact(made, "completed"))).toMatchObject({
      outcome: "applied",
      pledge: { status: "canceled" },
      payment: { state: "completed", refundDue: true, voidDue: false },
    });
    const asked = await g.call<{ id: string }>(
      "request_refund",
      null,
      made.paymentId,
      null,
      "late_capture",
      null,
      null,
    );
    expect(await g.call("request_refund", null, made.paymentId, null, "late_capture", null, null)).toEqual(asked);
    // Asked for is not sent: who dies between the two leaves it due.
    const due = async () => (await g.call("read_pledge", made.pledgeId)).payment.refundDue;
    expect(await due()).toBe(true);
    await g.call(
      "record_refund",
      g.json({ ...g.refundFact(made, "re_late", made.total, "succeeded", 1), id: asked.id }),
    );
    expect(await due()).toBe(false);
    expect(await g.ledger(made.paymentId)).toEqual({
      gift_captured: -1000,
      gift_refunded: 1000,
      cover_captured: -(made.total - 1000),
      cover_refunded: made.total - 1000,
    });
    expect(await g.call("read_pledge", made.pledgeId)).toMatchObject({
      pledge: { status: "canceled", shown: "refunded" },
    });
  });

  test("what was captured is refunded, not cancelled", async () => {
    const made = await g.completed(world.campaign);
    expect(await refusalOf(g.call("cancel_pledge", made.pledgeId, "donor", null, ""))).toBe("conflict");
    expect(await refusalOf(g.call("intend_cancel", made.paymentId, "donor"))).toBe("conflict");
  });

  test("nobody else's pledge", async () => {
    const made = await g.intended(world.campaign);
    const stranger = await g.organiser();
    expect(await refusalOf(g.call("cancel_pledge", made.pledgeId, "spite", stranger, ""))).toBe("forbidden");
    expect(await g.call("cancel_pledge", made.pledgeId, "organiser", world.owner, "")).toMatchObject({
      pledge: { status: "canceled" },
    });
  });
});

describe("attempts and risk", () => {
  test("a try counts for the address that it came from, though a webhook tells of it first", async () => {
    const donor = { email: "ip@example.test" };
    const ip = async (ipHash: string) =>
      (await g.call<{ ip: { attempts: number; declines: number } }>("read_risk", g.json({ ipHash }))).ip;
    const paid = await g.intended(world.campaign, { ipHash: "ip_a" }, donor);
    await g.apply(g.fact(paid, "authorized"));
    expect(await ip("ip_a")).toMatchObject({ attempts: 1, declines: 0 });

    const made = await g.intended(world.campaign, { ipHash: "ip_b" }, donor);
    const decline = (intentId: string, chargeId: string) =>
      g.call("record_attempt", g.json({ intentId, outcome: "declined", chargeId, eventId: `evt_${chargeId}` }));
    await decline(made.intent, "ch_ip_b");
    expect(await ip("ip_b")).toMatchObject({ attempts: 1, declines: 1 });
    // The card of the next try is another's.
    await g.apply(g.fact(made, "canceled", { status: "canceled" }));
    const { id, fence } = await g.lease();
    const again = await g.call("add_payment", id, fence, made.pledgeId, "", "ip_c");
    await g.call("record_intent", again.payment.id, "pi_again");
    await decline("pi_again", "ch_ip_c");
    expect([await ip("ip_b"), await ip("ip_c")]).toMatchObject([{ attempts: 1 }, { attempts: 1, declines: 1 }]);
  });

  test("one for each event id and for each charge; two declines are two", async () => {
    const made = await g.intended(world.campaign);
    const attempt = (further: Fact) =>
      g.call<{ recorded: boolean }>(
        "record_attempt",
        g.json({
          intentId: made.intent,
          outcome: "declined",
          declineCode: "insufficient_funds",
          card: { fingerprint: "fp_1" },
          ...further,
        }),
      );
    expect(await attempt({ chargeId: "ch_a1" })).toMatchObject({ recorded: true });
    expect(await attempt({ chargeId: "ch_a1", eventId: "evt_a1" })).toMatchObject({ recorded: false });
    expect(await attempt({ eventId: "evt_a2" })).toMatchObject({ recorded: true });
    expect(await attempt({ eventId: "evt_a2" })).toMatchObject({ recorded: false });
    expect(await g.call("read_pledge", made.pledgeId)).toMatchObject({
      pledge: { status: "pending" },
      payment: { state: "pending", declineCode: "insufficient_funds" },
    });
    expect(await g.call("read_risk", g.json({ cardFingerprint: "fp_1", email: "DORA@example.test" }))).toMatchObject({
      card: { attempts: 2, declines: 2 },
      email: { declines: 2 },
      campaign: null,
      ip: null,
      blocked: null,
    });
    const operator = await g.organiser("operator");
    const until = new Date(Date.now() + 3_600_000).toISOString();
    expect(await refusalOf(g.call("block_card", world.owner, made.paymentId, "testing", until))).toBe("forbidden");
    await g.call("block_card", operator, made.paymentId, "testing cards", until);
    expect(await g.call("read_risk", g.json({ cardFingerprint: "fp_1" }))).toMatchObject({ blocked: "card" });
    expect(await g.call("read_risk", g.json({ cardFingerprint: "fp_2" }))).toMatchObject({ blocked: null });
  });
});

describe("keys at the provider", () => {
  test("n stays through time-outs, and grows once for those who saw no effect together", async () => {
    const { payment } = await g.pledge(world.campaign);
    expect(await g.call("begin_provider_call", payment.id, "capture")).toMatchObject({ n: 1, tries: 1 });
    expect(await g.call("begin_provider_call", payment.id, "capture")).toMatchObject({ n: 1, tries: 2 });
    expect(await g.call("bump_provider_call", payment.id, "capture", 1)).toEqual({ n: 2 });
    expect(await g.call("bump_provider_call", payment.id, "capture", 1)).toEqual({ n: 2 });
    expect(await g.call("begin_provider_call", payment.id, "confirm")).toMatchObject({ n: 1 });
  });
});

describe("what is written stays", () => {
  afterAll(async () => {
    expect(await g.broken()).toEqual([]);
  });

  test("append-only tables are neither changed nor emptied, by anybody", async () => {
    await g.completed(world.campaign);
    for (const table of [
      "ledger_accounts",
      "ledger_transactions",
      "ledger_entries",
      "payment_transitions",
      "pledge_transitions",
    ]) {
      expect([table, await refusalOf(database.sql.unsafe(`delete from private.${table}`))]).toEqual([table, "23001"]);
      const [column] = await database.sql<{ name: string }[]>`
        select column_name as name from information_schema.columns where table_schema = 'private' and table_name = ${table} limit 1`;
      expect([
        table,
        await refusalOf(database.sql.unsafe(`update private.${table} set ${column?.name} = ${column?.name}`)),
      ]).toEqual([table, "23001"]);
    }
    for (const table of ["ledger_entries", "ledger_accounts"]) {
      expect(await refusalOf(database.sql.unsafe(`truncate private.${table} cascade`))).toBe("23001");
    }
    expect(await refusalOf(database.sql`delete from public.pledges`)).toBe("23001");
    expect(await refusalOf(database.sql`delete from public.campaigns`)).toBe("23001");
    expect(await refusalOf(database.sql`update public.pledges set gift_minor = gift_minor + 1`)).toBe("23514");
    expect(await refusalOf(database.sql`update public.payments set currency = 'USD'`)).toBe("23514");
    expect(await refusalOf(database.sql`update public.pledges set status = 'completed' where status = 'pending'`)).toBe(
      "23514",
    );
  });

  test("an entry belongs to a ledger transaction, and a step to a payment or pledge, that is there", async () => {
    const { sql } = database;
    const none = randomUUID();
    for (const attempt of [
      sql`insert into private.ledger_entries (transaction_id, account_id, currency, amount_minor)
        select ${none}, a.id, 'EUR', case a.kind when 'provider_balance' then 5 else -5 end from private.ledger_accounts a
        where a.currency = 'EUR' and a.kind in ('provider_balance', 'losses')`,
      sql`insert into private.payment_transitions (payment_id, seq, from_state, to_state, cause, event_id)
        values (${none}, 1, 'pending', 'authorized', 'test', ${randomUUID()})`,
      sql`insert into private.pledge_transitions (pledge_id, seq, from_status, to_status, cause, event_id)
        values (${none}, 1, 'pending', 'captured', 'test', ${randomUUID()})`,
    ])
      expect(await refusalOf(attempt)).toBe("23514");
  });

  test("legs that are added to what has balanced are refused", async () => {
    const made = await g.completed(world.campaign);
    const attempt = database.sql`
      insert into private.ledger_entries (transaction_id, account_id, currency, amount_minor)
      select t.id, a.id, 'EUR', 7 from private.ledger_transactions t, private.ledger_accounts a
      where t.payment_id = ${made.paymentId} and a.kind = 'losses' and a.currency = 'EUR'`;
    expect(await refusalOf(attempt)).toBe("23514");
  });

  // Amounts are held by triggers and not by CHECKs: what counts is that no way in leads past them.
  test.each([
    ["what is right", {}, "written"],
    ["nothing", { gift_minor: 0 }, "23514"],
    ["less than nothing", { gift_minor: -1000 }, "23514"],
    ["a cover below nothing", { cover_minor: -1 }, "23514"],
  ])("a row that is written directly, of %s: %s %s", async (_, amounts, outcome) => {
    const { pledge, payment } = await g.pledge(world.campaign);
    /** Writes the same row once more with a change, and takes it back. */
    const copy = (table: string, id: string, change: object = {}) =>
      refusalOf(
        database.sql.begin(async (sql) => {
          const ids = { id: randomUUID(), idempotency_id: randomUUID(), event_id: randomUUID(), number: 7 };
          await sql`
            insert into ${sql(table)} select (jsonb_populate_record(t, ${sql.json({ ...ids, ...amounts, ...change })})).*
            from ${sql(table)} t where t.id = ${id}`;
          throw Object.assign(new Error("Nothing stays."), { hint: "written" });
        }),
      );
    expect([await copy("public.pledges", pledge.id), await copy("public.payments", payment.id)]).toEqual([
      outcome,
      outcome,
    ]);
    expect(await copy("public.pledges", pledge.id, { status: "completed" })).toBe("23514");
    for (const further of [{ state: "completed" }, { captured_minor: 1000 }, { refunded_minor: 1 }])
      expect(await copy("public.payments", payment.id, further)).toBe("23514");
  });

  test("a row of any amount is refused to the server's own key, which may call functions and nothing else", async () => {
    await g.completed(world.campaign);
    const tables = await database.sql<{ name: string }[]>`
      select format('%I.%I', schemaname, tablename) as name from pg_tables
      where schemaname = 'private' or (schemaname = 'public' and tablename in ('pledges', 'pledge_donors', 'payments', 'refunds', 'disputes', 'campaign_totals'))`;
    expect(tables.length).toBeGreaterThan(20);
    for (const { name } of tables)
      for (const attempt of [`insert into ${name} default values`, `delete from ${name}`]) {
        const refused = database.sql.begin(async (sql) => {
          await sql`set local role service_role`;
          await sql.unsafe(attempt);
        });
        expect([attempt, await refusalOf(refused)]).toEqual([attempt, "42501"]);
      }
  });

  test("the amounts of a payment go with each other and with its state", async () => {
    const { paymentId } = await g.intended(world.campaign);
    for (const amounts of [
      { authorized_minor: 1001 },
      { authorized_minor: 1000, captured_minor: 1000 },
      { refunded_minor: -1 },
      { intent_id: "another" },
    ])
      expect(
        await refusalOf(database.sql`update public.payments set ${database.sql(amounts)} where id = ${paymentId}`),
      ).toBe("23514");
  });

  test.each([
    ["one leg", [100]],
    ["legs that do not sum to zero", [100, -99]],
    ["no leg", []],
  ])("a ledger transaction with %s does not commit", async (_, amounts) => {
    const made = await g.completed(world.campaign);
    const attempt = database.sql.begin(async (sql) => {
      const [row] = await sql<{ id: string }[]>`
        insert into private.ledger_transactions (payment_id, currency, cause) values (${made.paymentId}, 'EUR', 'test') returning id`;
      const accounts = await sql<
        { id: string }[]
      >`select id from private.ledger_accounts where currency = 'EUR' order by id limit 2`;
      for (const [index, amount] of amounts.entries())
        await sql`insert into private.ledger_entries values (${row?.id ?? ""}, ${accounts[index]?.id ?? ""}, 'EUR', ${amount})`;
    });
    expect(await refusalOf(attempt)).toBe("23514");
  });
});
