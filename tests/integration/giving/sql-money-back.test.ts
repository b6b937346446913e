import { randomUUID } from "node:crypto";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Fact, giving, permutations, refusalOf } from "../../support/giving.ts";
import { useDatabase } from "../../support/supabase.ts";

const database = useDatabase();
const g = giving(() => database.sql);
const world = { owner: "", campaign: "" };

beforeAll(async () => {
  world.owner = await g.organiser();
  // As if so many readings had begun; those of the tests are among them.
  await database.sql`select setval('private.readings', 100)`;
});

afterEach(async () => {
  await g.drain();
  expect(await g.broken(true)).toEqual([]);
});

/** A campaign of its own with one gift of 10.00 EUR and its cover, so that totals can be read whole. */
async function gift(further: Fact = {}) {
  world.campaign = await g.campaign(world.owner);
  const made = await g.completed(world.campaign, { coverFees: true, ...further });
  return { ...made, cover: made.total - Number(further["amountMinor"] ?? 1000) };
}

interface Said {
  readonly outcome: string;
  readonly reason?: string | null;
}
const refund = (about: Fact) => g.call<Said>("record_refund", g.json(about));
const dispute = (about: Fact) => g.call<Said>("record_dispute", g.json(about));
const disputeFact = (made: { intent: string }, id: string, amountMinor: number, status: string, at: number): Fact => ({
  cause: "webhook",
  intentId: made.intent,
  disputeId: id,
  amountMinor,
  currency: "eur",
  status,
  reading: at,
});

describe("refunds", () => {
  test("reduce the gift first, then the cover; the pledge and its payment stay what they are", async () => {
    const made = await gift();
    await refund(g.refundFact(made, "re_part", 600, "succeeded", 1));
    expect(await g.ledger(made.paymentId)).toMatchObject({ gift_refunded: 600, provider_balance: made.total - 600 });
    await refund(g.refundFact(made, "re_rest", made.total - 600, "succeeded", 2));
    expect(await g.ledger(made.paymentId)).toEqual({
      gift_captured: -1000,
      gift_refunded: 1000,
      cover_captured: -made.cover,
      cover_refunded: made.cover,
    });
    await g.drain();
    expect(await g.totals(world.campaign)).toMatchObject({
      raised_minor: 0,
      refunded_minor: 1000,
      donor_count: 1,
      completed_count: 1,
    });
    expect(await g.call("read_pledge", made.pledgeId)).toMatchObject({
      pledge: { status: "completed", shown: "refunded" },
      payment: { state: "completed", refundedMinor: made.total },
    });
  });

  test("two of one amount are two; one under two event ids is one", async () => {
    const made = await gift();
    const [first, second] = [
      g.refundFact(made, "re_x", 300, "succeeded", 1),
      g.refundFact(made, "re_y", 300, "succeeded", 1),
    ];
    expect(await refund({ ...first, eventId: "evt_r1" })).toMatchObject({ outcome: "applied" });
    expect(await refund({ ...first, eventId: "evt_r2" })).toMatchObject({ outcome: "duplicate" });
    expect(await refund(second)).toMatchObject({ outcome: "applied" });
    await g.drain();
    expect(await g.totals(world.campaign)).toMatchObject({ raised_minor: 400, refunded_minor: 600 });
  });

  test("one may succeed and fail later: the money is there again, and the cover bears what the gift need not", async () => {
    const made = await gift();
    await refund(g.refundFact(made, "re_a", 1000, "succeeded", 1));
    await refund(g.refundFact(made, "re_b", made.cover, "succeeded", 2));
    await refund({ ...g.refundFact(made, "re_a", 1000, "failed", 3), failureReason: "expired_or_canceled_card" });
    await g.drain();
    expect(await g.totals(world.campaign)).toMatchObject({
      raised_minor: 1000 - made.cover,
      refunded_minor: made.cover,
    });
    // An older reading, and what can follow no more, change nothing.
    expect(await refund(g.refundFact(made, "re_a", 1000, "succeeded", 2))).toMatchObject({ outcome: "superseded" });
    expect(await refund(g.refundFact(made, "re_a", 1000, "succeeded", 9))).toMatchObject({ outcome: "superseded" });
    expect(await refund(g.refundFact(made, "re_a", 1000, "canceled", 9))).toMatchObject({
      outcome: "rejected",
      reason: "illegal_step",
    });
  });

  test("every order of what the provider says of two refunds ends alike", async () => {
    const ends = new Set<string>();
    const said = [
      ["re_1", 500, "pending", 1],
      ["re_1", 500, "succeeded", 2],
      ["re_2", 400, "succeeded", 1],
      ["re_2", 400, "failed", 3],
    ] as const;
    for (const order of permutations(said)) {
      const made = await gift({ amountMinor: 1000, coverFees: true });
      for (const [id, amount, status, at] of order) {
        const about = {
          ...g.refundFact(made, `${id}_${made.paymentId.slice(0, 8)}`, amount, status, at),
          final: false,
        };
        await refund(about);
        await refund(about);
      }
      await g.drain();
      const totals = await g.totals(world.campaign);
      delete totals["version"];
      ends.add(JSON.stringify([await g.ledger(made.paymentId), totals]));
    }
    expect([...ends]).toHaveLength(1);
  });

  test("of a hold that was let go they lower nothing; ahead of our row they wait", async () => {
    const made = await g.intended(await g.campaign(world.owner));
    await g.apply(g.fact(made, "authorized"));
    expect(
      await refund({ ...g.refundFact(made, "re_void", 1000, "succeeded", 1), chargeCaptured: false }),
    ).toMatchObject({ outcome: "noted" });
    expect(await refund(g.refundFact(made, "re_early", 1000, "succeeded", 1))).toMatchObject({ outcome: "ahead" });
    expect(await database.sql`select 1 from public.refunds where payment_id = ${made.paymentId}`).toHaveLength(0);
    await g.apply(g.fact(made, "completed"));
    expect(await refund(g.refundFact(made, "re_early", 1000, "succeeded", 1))).toMatchObject({ outcome: "applied" });
  });

  test("never more than was captured, and in its currency", async () => {
    const made = await gift({ coverFees: false });
    expect(await refund(g.refundFact(made, "re_much", 1001, "succeeded", 1))).toMatchObject({
      outcome: "rejected",
      reason: "amount_mismatch",
    });
    expect(await refund({ ...g.refundFact(made, "re_usd", 100, "succeeded", 1), currency: "usd" })).toMatchObject({
      reason: "currency_mismatch",
    });
    await refund(g.refundFact(made, "re_same", 100, "pending", 1));
    expect(await refund(g.refundFact(made, "re_same", 200, "succeeded", 2))).toMatchObject({
      reason: "amount_mismatch",
    });
  });

  test("are asked for within what is left, and above a limit by two people", async () => {
    const made = await gift();
    const ask = (
      actor: string | null,
      amount: number | null,
      reason = "requested_by_customer",
      above: number | null = 500,
    ) =>
      g.call<{ id: string; needsApproval: boolean; amountMinor: number }>(
        "request_refund",
        actor,
        made.paymentId,
        amount,
        reason,
        "please",
        above,
      );
    expect(await refusalOf(ask(await g.organiser(), 100))).toBe("forbidden");
    for (const amount of [0, -5, made.total + 1])
      expect(await refusalOf(ask(world.owner, amount))).toBe("rule_broken path:amountMinor");
    expect(await refusalOf(ask(world.owner, 100, "because"))).toBe("rule_broken path:reason");
    const small = await ask(world.owner, 100);
    expect(small).toMatchObject({ needsApproval: false, status: "pending" });
    const large = await ask(world.owner, 600);
    expect(large).toMatchObject({ needsApproval: true });
    expect(await refusalOf(ask(world.owner, made.total - 699))).toBe("rule_broken path:amountMinor");
    const claimed = async () => (await g.call<{ id: string }[]>("claim_due_refunds", 10, 60)).map(({ id }) => id);
    expect(await claimed()).toEqual([small.id]);
    expect(await claimed()).toEqual([]);
    expect(await refusalOf(g.call("decide_refund", world.owner, large.id, true))).toBe("forbidden");
    const operator = await g.organiser("operator");
    expect(await g.call("decide_refund", operator, large.id, true)).toMatchObject({
      needsApproval: false,
      approvedBy: operator,
    });
    expect(await refusalOf(g.call("decide_refund", operator, large.id, true))).toBe("conflict");
    expect(await claimed()).toEqual([large.id]);
    expect(await refund({ ...g.refundFact(made, "re_large", 600, "succeeded", 1), id: large.id })).toMatchObject({
      outcome: "applied",
    });
    expect(await database.sql`select refund_id from public.refunds where id = ${large.id}`).toEqual([
      { refund_id: "re_large" },
    ]);
    const third = await ask(operator, 1, "duplicate", 0);
    expect(await g.call("decide_refund", world.owner, third.id, false)).toMatchObject({ status: "canceled" });
  });
});

describe("disputes", () => {
  test.each([
    ["needs_response", { disputed_minor: 1000, raised_minor: 1000 }],
    ["under_review", { disputed_minor: 1000, raised_minor: 1000 }],
    ["won", { disputed_minor: 0, raised_minor: 1000 }],
    ["lost", { disputed_minor: 0, raised_minor: 0, refunded_minor: 0 }],
    ["warning_needs_response", { disputed_minor: 0, raised_minor: 1000 }],
    ["warning_closed", { disputed_minor: 0, raised_minor: 1000 }],
    ["prevented", { disputed_minor: 0, raised_minor: 1000 }],
  ])("that are %s", async (status, totals) => {
    const made = await gift();
    expect(await dispute(disputeFact(made, `dp_${status}`, made.total, status, 1))).toMatchObject({
      outcome: "applied",
    });
    await g.drain();
    expect(await g.totals(world.campaign)).toMatchObject(totals);
  });

  test("opened and closed in either order end alike; an appeal reopens", async () => {
    const ends = new Set<string>();
    for (const order of permutations([
      ["needs_response", 1],
      ["under_review", 2],
      ["lost", 3],
    ] as const)) {
      const made = await gift();
      for (const [status, at] of order)
        await dispute(disputeFact(made, `dp_${made.paymentId.slice(0, 8)}`, made.total, status, at));
      await g.drain();
      const totals = await g.totals(world.campaign);
      delete totals["version"];
      ends.add(JSON.stringify([await g.ledger(made.paymentId), totals]));
    }
    expect([...ends]).toHaveLength(1);
    const made = await gift();
    for (const [at, status] of ["lost", "under_review", "won"].entries())
      await dispute(disputeFact(made, "dp_appeal", made.total, status, at));
    await g.drain();
    expect(await g.totals(world.campaign)).toMatchObject({ raised_minor: 1000, disputed_minor: 0 });
    expect(await g.ledger(made.paymentId)).toEqual({
      provider_balance: made.total,
      gift_captured: -1000,
      cover_captured: -made.cover,
    });
  });

  test("carry their fee, take the gift first, and beyond what is left are our loss", async () => {
    const made = await gift();
    await refund(g.refundFact(made, "re_before", 700, "succeeded", 1));
    await dispute({ ...disputeFact(made, "dp_fee", made.total, "lost", 1), feeMinor: 1500 });
    expect(await g.ledger(made.paymentId)).toEqual({
      provider_balance: -700 - 1500,
      gift_captured: -1000,
      gift_refunded: 700,
      gift_lost: 300,
      cover_captured: -made.cover,
      cover_lost: made.cover,
      dispute_fees: 1500,
      losses: 700,
    });
    await g.drain();
    expect(await g.totals(world.campaign)).toMatchObject({ raised_minor: 0, refunded_minor: 700 });
  });

  test("of money that our row does not have yet wait for it", async () => {
    const made = await g.intended(await g.campaign(world.owner));
    const id = `evt_${randomUUID().replaceAll("-", "")}`;
    await g.call("store_webhook_event", id, "charge.dispute.created", "dp_w", false, "v", new Date(), g.json({}));
    expect(await dispute({ ...disputeFact(made, "dp_w", 1000, "needs_response", 1), eventId: id })).toMatchObject({
      outcome: "ahead",
    });
    expect(await database.sql`select state, outcome from private.webhook_events where id = ${id}`).toEqual([
      { state: "parked", outcome: "ahead" },
    ]);
  });
});

describe("readings", () => {
  test("are numbered before the provider is asked: by the inbox, whatever event it is, and on demand", async () => {
    const id = `evt_${randomUUID().replaceAll("-", "")}`;
    const store = () =>
      g.call<{ outcome: string; reading: number }>(
        "store_webhook_event",
        id,
        "charge.dispute.created",
        "dp_n",
        false,
        "v",
        new Date(),
        g.json({}),
      );
    const [stored, known] = [await store(), await store()];
    await database.sql`update private.webhook_events set next_attempt_at = now() - interval '1 second' where id = ${id}`;
    const claimed = (await g.call<{ id: string; reading: number }[]>("claim_webhook_events", 500, 60)).find(
      (each) => each.id === id,
    );
    const begun = Number(await g.call<string>("begin_reading"));
    expect([stored.outcome, known.outcome]).toEqual(["stored", "known"]);
    const numbers = [stored.reading, known.reading, claimed?.reading ?? 0, begun];
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    expect(new Set(numbers).size).toBe(4);
  });

  test("begin after a refund was made: what its making answers, again and again, is older than each of them", async () => {
    const made = await gift();
    const answered = { ...g.refundFact(made, "re_made", 500, "pending", 0) };
    expect(await refund(answered)).toMatchObject({ outcome: "applied" });
    expect(await refund(g.refundFact(made, "re_made", 500, "requires_action", 1))).toMatchObject({
      outcome: "applied",
    });
    expect(await refund(answered)).toMatchObject({ outcome: "superseded", refund: { status: "requires_action" } });
    expect(await refund(g.refundFact(made, "re_made", 500, "pending", 2))).toMatchObject({ outcome: "applied" });
  });

  test("without a number say nothing", async () => {
    const made = await gift();
    const unnumbered = { reading: undefined };
    expect(await refusalOf(refund({ ...g.refundFact(made, "re_un", 100, "succeeded", 1), ...unnumbered }))).toBe(
      "rule_broken",
    );
    expect(await refusalOf(dispute({ ...disputeFact(made, "dp_un", 100, "lost", 1), ...unnumbered }))).toBe(
      "rule_broken",
    );
  });

  test("that nobody has begun, as after the database was restored to an earlier moment, do not have the last word", async () => {
    const made = await gift();
    const begin = async () => Number(await g.call<string>("begin_reading"));
    const lost = (await begin()) + 1_000_000;
    await dispute(disputeFact(made, "dp_restored", made.total, "needs_response", lost));
    expect(await dispute(disputeFact(made, "dp_restored", made.total, "lost", await begin()))).toMatchObject({
      outcome: "applied",
    });
    await g.drain();
    expect(await g.totals(world.campaign)).toMatchObject({ raised_minor: 0, disputed_minor: 0 });
  });
});

describe("fees", () => {
  test("that become known after the capture are posted, and move no total", async () => {
    const made = await gift();
    await g.drain();
    const before = await g.totals(world.campaign);
    expect(await g.apply(g.fact(made, "completed", { feeMinor: 41 }))).toMatchObject({ outcome: "duplicate" });
    await g.apply(g.fact(made, "completed", { feeMinor: 41 }));
    expect(await g.ledger(made.paymentId)).toMatchObject({ processing_fees: 41, provider_balance: made.total - 41 });
    await g.drain();
    expect(await g.totals(world.campaign)).toEqual(before);
  });
});
