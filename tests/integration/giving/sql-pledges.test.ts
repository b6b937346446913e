import { randomUUID } from "node:crypto";
import postgres from "postgres";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { amountProblem, coverFor, CURRENCIES, type CurrencyCode } from "@/lib/kernel/money";
import { receiptNumber } from "@/lib/giving/mail/rules";
import { giving, type PledgeView, refusalOf } from "../../support/giving.ts";
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

describe("money", () => {
  test("says the same in SQL and in TypeScript", async () => {
    const rows = await database.sql<{ code: CurrencyCode; exponent: number; [column: string]: unknown }[]>`
      select code, exponent, step_minor, minimum_minor::int, maximum_minor::int, fee_basis_points, fee_fixed_minor
      from private.currencies order by code`;
    expect(
      Object.fromEntries(
        rows.map((row) => [
          row.code,
          {
            exponent: row.exponent,
            stepMinor: row["step_minor"],
            minimumMinor: row["minimum_minor"],
            maximumMinor: row["maximum_minor"],
            feeBasisPoints: row["fee_basis_points"],
            feeFixedMinor: row["fee_fixed_minor"],
          },
        ]),
      ),
    ).toEqual(CURRENCIES);
  });

  test("covers the fees by the same sum in SQL and in TypeScript, and refuses the same amounts", async () => {
    for (const code of Object.keys(CURRENCIES) as CurrencyCode[]) {
      const { minimumMinor: least, stepMinor: step } = CURRENCIES[code];
      for (const gift of [least, least + step, least + 1, least - 1, 12_340, 99_999_990, 99_999_999, 1e12, 0, -50]) {
        const refusal = await refusalOf(
          database.sql`select private.check_amount(${gift}, c, true) from private.currencies c where code = ${code}`,
        );
        const problem = amountProblem(gift, code, gift > 0 ? coverFor(gift, code) : 0);
        expect([code, gift, refusal !== "nothing"]).toEqual([code, gift, problem !== null]);
        if (problem !== null) continue;
        const [row] = await database.sql<{ cover: number }[]>`
          select private.check_amount(${gift}, c, true)::int as cover from private.currencies c where code = ${code}`;
        expect([code, gift, row?.cover]).toEqual([code, gift, coverFor(gift, code)]);
      }
    }
  });
});

test.each([
  { route: "" },
  { caller: "a".repeat(63) },
  { caller: `${"a".repeat(63)}G` },
  { fingerprint: "A".repeat(64) },
  { key: "short" },
  { key: "a".repeat(256) },
  { key: "with a space" },
  { key: "with-an-é" },
  { state: "answered" },
])("a row of a key that is not of the form is refused: %j", async (wrong) => {
  const hash = "0a".repeat(32);
  const row = { route: "test", caller: hash, key: randomUUID(), fingerprint: hash, lease_until: new Date() };
  const insert = (values: object) => database.sql`insert into private.idempotency_keys ${database.sql(values)}`;
  expect(await refusalOf(insert({ ...row, ...wrong }))).toMatch(/^23514/);
  expect(await refusalOf(insert(row))).toBe("nothing");
});

describe("make_pledge", () => {
  test("writes the pledge, its donor, its payment and its event, and nothing else", async () => {
    const count = async () =>
      database.sql`select (select count(*) from public.pledges) as pledges, (select count(*) from public.payments) as payments,
        (select count(*) from private.outbox) as events, (select count(*) from private.ledger_entries) as entries,
        (select xmin::text from public.campaign_totals where campaign_id = ${world.campaign}) as totals,
        (select xmin::text || xmax::text from public.campaigns where id = ${world.campaign}) as campaign`;
    const [before] = await count();
    // Its answer is put together as text: what people write may hold whatever ends a text.
    const message = 'Good "luck"\\ \n\t{"created": false} é 😀';
    const view = await g.pledge(world.campaign, { coverFees: true, amountMinor: 5000 }, { message });
    const [after] = await count();
    expect(view).toMatchObject({
      created: true,
      pledge: {
        status: "pending",
        giftMinor: 5000,
        coverMinor: 102,
        totalMinor: 5102,
        donor: { message },
      },
      payment: { state: "pending", number: 1, totalMinor: 5102, intentId: null, voidDue: false, refundDue: false },
    });
    expect(after).toEqual({
      pledges: String(Number(before?.["pledges"]) + 1),
      payments: String(Number(before?.["payments"]) + 1),
      events: String(Number(before?.["events"]) + 1),
      entries: before?.["entries"],
      // The shared rows were neither written nor locked.
      totals: before?.["totals"],
      campaign: before?.["campaign"],
    });
    const [event] = await database.sql`
      select o.name, o.data, o.aggregate_id from private.outbox o join public.pledges p on p.event_id = o.id where p.id = ${view.pledge.id}`;
    expect(event).toMatchObject({
      name: "giving/pledge.created",
      aggregate_id: view.pledge.id,
      data: { pledgeId: view.pledge.id, paymentId: view.payment.id, giftMinor: 5000, coverMinor: 102, currency: "EUR" },
    });
    expect(JSON.stringify(event?.["data"])).not.toMatch(/dora/i);
    const [donor] = await database.sql`
      select email_hash, private.email_hash(email) as hash from public.pledge_donors where pledge_id = ${view.pledge.id}`;
    expect(donor?.["email_hash"]).toBe(donor?.["hash"]);
    // The answer is built beside the reading one: they say the same.
    const { created, ...said } = view;
    expect(created).toBe(true);
    expect(await g.call("read_pledge", view.pledge.id)).toEqual(said);
  });

  test("ids of pledges and events begin with the moment they were made at; receipts of gifts of one moment differ", async () => {
    const views: PledgeView[] = [];
    for (let gift = 0; gift < 5; gift += 1) views.push(await g.pledge(world.campaign));
    const rows = await database.sql<{ pledge: string; event: string; key: string; before: string; after: string }[]>`
      select p.id as pledge, p.event_id as event, p.idempotency_id as key,
        floor(extract(epoch from k.created_at) * 1000)::text as before, ceil(extract(epoch from clock_timestamp()) * 1000)::text as after
      from public.pledges p join private.idempotency_keys k on k.id = p.idempotency_id
      where p.id = any (${views.map(({ pledge }) => pledge.id)})`;
    expect(rows).toHaveLength(5);
    for (const { pledge, event, key, before, after } of rows) {
      for (const id of [key, pledge, event]) {
        expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        const at = Number.parseInt(id.replace("-", "").slice(0, 12), 16);
        expect(at).toBeGreaterThanOrEqual(Number(before));
        expect(at).toBeLessThanOrEqual(Number(after));
      }
    }
    const numbers = views.map(({ payment }) => receiptNumber(payment.id, "2026-11-26"));
    expect(new Set(numbers).size).toBe(views.length);
  });

  test.each([
    ["a pledge of nothing", { gift_minor: 0 }, {}],
    ["a cover below zero", { cover_minor: -1 }, {}],
    ["a payment of nothing", {}, { gift_minor: 0 }],
    ["a payment that begins as authorised", {}, { authorized_minor: 1 }],
    ["a payment that begins as captured", {}, { captured_minor: 1 }],
    ["a payment that begins as refunded", {}, { refunded_minor: -1 }],
  ])("the tables refuse %s, whoever writes", async (_, pledge, payment) => {
    const id = randomUUID();
    const { campaign } = world;
    const attempt = database.sql.begin(async (sql) => {
      const own = { id, campaign_id: campaign, gift_minor: 1, cover_minor: 0, currency: "EUR" };
      const ids = { idempotency_id: randomUUID(), event_id: randomUUID() };
      await sql`insert into public.pledges ${sql({ ...own, ...ids, anonymous: false, ...pledge })}`;
      await sql`insert into public.payments ${sql({ ...own, pledge_id: id, number: 1, ...payment })}`;
    });
    expect(await refusalOf(attempt)).toBe("23514");
  });

  const otherTitles = {
    draft: "404",
    paused: "path:campaignId",
    completed: "path:campaignId",
    cancelled: "path:campaignId",
  };
  test.each([
    [{ amountMinor: 49 }, {}, "rule_broken path:amountMinor"],
    [{ amountMinor: 0 }, {}, "rule_broken path:amountMinor"],
    [{ amountMinor: -1000 }, {}, "rule_broken path:amountMinor"],
    [{ amountMinor: 100_000_000 }, {}, "rule_broken path:amountMinor"],
    [{ amountMinor: 9e15 }, {}, "rule_broken path:amountMinor"],
    [{ amountMinor: 99_999_999, coverFees: true }, {}, "rule_broken path:amountMinor"],
    [{ amountMinor: 10.5 }, {}, "22P02"],
    [{ currency: "USD" }, {}, "rule_broken path:currency"],
    [{ currency: "eur" }, {}, "rule_broken path:currency"],
    [{ campaignId: randomUUID() }, {}, "not_found"],
    [{}, { email: "nobody" }, "rule_broken path:donor.email"],
    [{}, { email: null }, "rule_broken path:donor.email"],
    [{}, { name: "x".repeat(121) }, "rule_broken path:donor.name"],
    [{}, { message: "x".repeat(1001) }, "rule_broken path:donor.message"],
  ])("%j %j is refused: %s; nothing is written", async (further, donor, refusal) => {
    const [before] = await database.sql`select count(*) from public.pledges`;
    expect(await refusalOf(g.pledge(world.campaign, further, donor))).toBe(refusal);
    expect(await database.sql`select count(*) from public.pledges`).toEqual([before]);
  });

  test.each(Object.entries(otherTitles))("a campaign that is %s takes none", async (status, refusal) => {
    const closed = await g.campaign(world.owner, {}, status);
    expect(await refusalOf(g.pledge(closed))).toContain(refusal === "404" ? "not_found" : refusal);
    expect(await refusalOf(g.call("check_pledge", closed, 1000, "EUR", false))).toContain(
      refusal === "404" ? "not_found" : refusal,
    );
  });

  test("a campaign whose end has passed takes none", async () => {
    const ended = await g.campaign(world.owner, { endsAt: new Date(Date.now() + 3_600_000).toISOString() });
    expect(await g.call("check_pledge", ended, 1000, "EUR", true)).toMatchObject({ totalMinor: 1041 });
    await database.sql`update public.campaigns set ends_at = now() - interval '1 second' where id = ${ended}`;
    expect(await refusalOf(g.pledge(ended))).toBe("rule_broken path:campaignId");
  });

  test("whoever comes again with the same key gets what stands", async () => {
    const { id, fence } = await g.lease();
    const first = await g.call("make_pledge", id, fence, g.json(g.wish(world.campaign)), "");
    const second = await g.call("make_pledge", id, fence, g.json(g.wish(world.campaign)), "");
    expect(second).toMatchObject({
      created: false,
      pledge: { id: first.pledge.id },
      payment: { id: first.payment.id },
    });
  });

  test("whoever lost the key writes nothing", async () => {
    const { id, fence } = await g.lease();
    expect(await refusalOf(g.call("make_pledge", id, fence + 1, g.json(g.wish(world.campaign)), ""))).toBe(
      "idempotency_in_progress",
    );
    expect(await refusalOf(g.call("make_pledge", randomUUID(), 1, g.json(g.wish(world.campaign)), ""))).toBe(
      "idempotency_in_progress",
    );
    expect(await database.sql`select 1 from public.pledges where idempotency_id = ${id}`).toHaveLength(0);
  });

  describe("of 50 at the same instant", () => {
    const pool: { sql?: postgres.Sql } = {};
    beforeAll(() => {
      pool.sql = postgres(database.url, { max: 50, onnotice: () => {} });
    });
    afterAll(() => pool.sql?.end());

    test("with one key, one claims it; and even all with its lease make one pledge", async () => {
      const many = giving(() => pool.sql ?? database.sql);
      const key = randomUUID();
      const claims = await Promise.all(
        Array.from({ length: 50 }, () => many.lease(key) as Promise<{ outcome?: string }>),
      );
      expect(claims.filter((claim) => claim.outcome === "claimed")).toHaveLength(1);
      expect(claims.filter((claim) => claim.outcome === "running")).toHaveLength(49);
      const { id, fence } = claims.find((claim) => claim.outcome === "claimed") as { id: string; fence: number };
      const made = await Promise.all(
        Array.from({ length: 50 }, () =>
          many.call<PledgeView>("make_pledge", id, fence, g.json(g.wish(world.campaign)), ""),
        ),
      );
      expect(new Set(made.map(({ pledge }) => pledge.id)).size).toBe(1);
      expect(made.filter(({ created }) => created)).toHaveLength(1);
    });
  });
});

describe("another card", () => {
  test("only once the last payment came to nothing, and once for a key", async () => {
    const made = await g.intended(world.campaign);
    const open = await g.lease();
    expect(await refusalOf(g.call("add_payment", open.id, open.fence, made.pledgeId, ""))).toBe("conflict");
    await g.call("intend_cancel", made.paymentId, "declined");
    const failed = await g.apply(g.fact(made, "canceled"));
    expect(failed).toMatchObject({ pledge: { status: "failed" }, payment: { state: "failed" } });
    const { id, fence } = await g.lease();
    const second = await g.call("add_payment", id, fence, made.pledgeId, "");
    expect(second).toMatchObject({
      created: true,
      pledge: { status: "pending" },
      payment: { number: 2, state: "pending" },
    });
    expect(await g.call("add_payment", id, fence, made.pledgeId, "")).toMatchObject({
      created: false,
      payment: { id: second.payment.id },
    });
    expect(
      await database.sql`select to_status from private.pledge_transitions where pledge_id = ${made.pledgeId} order by seq`,
    ).toEqual([{ to_status: "failed" }, { to_status: "pending" }]);
    // What is late about the first card changes nothing about the second.
    expect(await g.apply(g.fact(made, "canceled"))).toMatchObject({ outcome: "duplicate" });
    expect(await g.call("read_pledge", made.pledgeId)).toMatchObject({ pledge: { status: "pending" } });
  });

  test("not for a campaign that has closed, and not for a pledge that is none", async () => {
    const other = await g.campaign(world.owner);
    const made = await g.intended(other);
    await g.apply(g.fact(made, "canceled"));
    await g.call("update_campaign", world.owner, other, 2, g.json({ status: "cancelled" }), "");
    const { id, fence } = await g.lease();
    expect(await refusalOf(g.call("add_payment", id, fence, made.pledgeId, ""))).toBe("rule_broken path:campaignId");
    expect(await refusalOf(g.call("add_payment", id, fence, randomUUID(), ""))).toBe("not_found");
  });
});

describe("guest gifts", () => {
  test("find the account with their verified address, and no other", async () => {
    const email = `${randomUUID()}@example.test`;
    const gift = await g.pledge(world.campaign, {}, { email: email.toUpperCase() });
    const other = await g.pledge(world.campaign, {}, { email: "somebody.else@example.test" });
    const [user] = await database.sql<
      { id: string }[]
    >`insert into auth.users (id, email) values (gen_random_uuid(), ${email}) returning id`;
    expect(await refusalOf(g.call("claim_guest_gifts", user?.id))).toBe("forbidden");
    await database.sql`update public.profiles set email_verified_at = now() where id = ${user?.id ?? ""}`;
    expect(await g.call("claim_guest_gifts", user?.id)).toEqual({ claimed: 1 });
    expect(await g.call("claim_guest_gifts", user?.id)).toEqual({ claimed: 0 });
    expect((await g.call("read_pledge", gift.pledge.id)).pledge.userId).toBe(user?.id);
    expect((await g.call("read_pledge", other.pledge.id)).pledge.userId).toBeNull();
    // The money stays when the account goes.
    await database.sql`delete from auth.users where id = ${user?.id ?? ""}`;
    expect((await g.call("read_pledge", gift.pledge.id)).pledge.userId).toBeNull();
  });
});
