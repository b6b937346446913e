import { randomUUID } from "node:crypto";
import postgres from "postgres";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Fact, giving, permutations, refusalOf } from "../../support/giving.ts";
import { useDatabase } from "../../support/supabase.ts";

const database = useDatabase();
const g = giving(() => database.sql);
const world = { owner: "", campaign: "" };
const STATES = ["pending", "authorized", "captured", "completed", "failed", "canceled"] as const;
type State = (typeof STATES)[number];

/** The way to each state, by facts that the provider could send. */
const WAYS: Readonly<Record<State, readonly State[]>> = {
  pending: [],
  authorized: ["authorized"],
  captured: ["authorized", "captured"],
  completed: ["authorized", "captured", "completed"],
  failed: ["failed"],
  canceled: ["canceled"],
};

beforeAll(async () => {
  world.owner = await g.organiser();
  world.campaign = await g.campaign(world.owner);
});

afterEach(async () => {
  expect(await g.broken()).toEqual([]);
});

async function paymentIn(state: State) {
  const made = await g.intended(world.campaign, { coverFees: true });
  for (const to of WAYS[state]) await g.apply(g.fact(made, to));
  return made;
}

const transitions = async (paymentId: string) =>
  (
    await database.sql<{ step: string }[]>`
      select from_state || ' → ' || to_state as step from private.payment_transitions where payment_id = ${paymentId} order by seq`
  ).map(({ step }) => step);

describe("every step from every state", () => {
  /** What must come of the fact `to` in the state `from`. */
  const EXPECTED: Readonly<Record<State, Readonly<Record<Exclude<State, "pending">, string>>>> = {
    pending: {
      authorized: "applied",
      captured: "applied",
      completed: "applied",
      failed: "applied",
      canceled: "applied",
    },
    authorized: {
      authorized: "duplicate",
      captured: "applied",
      completed: "applied",
      failed: "applied",
      canceled: "applied",
    },
    captured: {
      authorized: "superseded",
      captured: "duplicate",
      completed: "applied",
      failed: "rejected",
      canceled: "rejected",
    },
    completed: {
      authorized: "superseded",
      captured: "superseded",
      completed: "duplicate",
      failed: "rejected",
      canceled: "rejected",
    },
    failed: {
      authorized: "rejected",
      captured: "rejected",
      completed: "rejected",
      failed: "duplicate",
      canceled: "duplicate",
    },
    canceled: {
      authorized: "superseded",
      captured: "rejected",
      completed: "rejected",
      failed: "duplicate",
      canceled: "duplicate",
    },
  };
  const cells = STATES.flatMap((from) =>
    Object.entries(EXPECTED[from]).map(([to, outcome]) => ({ from, to: to as State, outcome })),
  );

  test.each(cells)("$from, and then $to: $outcome", async ({ from, to, outcome }) => {
    const made = await paymentIn(from);
    const before = await transitions(made.paymentId);
    expect(await g.apply(g.fact(made, to))).toMatchObject({ outcome });
    const after = await transitions(made.paymentId);
    if (outcome !== "applied") expect(after).toEqual(before);
    const rejections = await database.sql`
      select from_state, reason from private.payment_transition_rejections where payment_id = ${made.paymentId}`;
    expect([...rejections]).toEqual(outcome === "rejected" ? [{ from_state: from, reason: "illegal_step" }] : []);
  });

  test("a fact ahead of the row walks it forward, one transition and one event a step", async () => {
    const made = await g.intended(world.campaign);
    const answer = await g.apply(g.fact(made, "completed", { eventId: `evt_${randomUUID().replaceAll("-", "")}` }));
    expect(answer).toMatchObject({
      outcome: "applied",
      steps: [
        { from: "pending", to: "authorized" },
        { from: "authorized", to: "captured" },
        { from: "captured", to: "completed" },
      ],
      pledge: { status: "completed" },
      payment: { state: "completed", authorizedMinor: 1000, capturedMinor: 1000 },
    });
    const events = await database.sql<{ name: string }[]>`
      select name from private.outbox where aggregate_id = ${made.pledgeId} order by position`;
    expect(events.map(({ name }) => name)).toEqual([
      "giving/pledge.created",
      "giving/payment.authorized",
      "giving/payment.captured",
      "giving/payment.completed",
      "giving/pledge.completed",
    ]);
  });

  test("the database itself refuses each pair that is not in the table", async () => {
    const legal = await database.sql<
      { pair: string }[]
    >`select from_state || '>' || to_state as pair from private.payment_steps`;
    expect(legal.map(({ pair }) => pair).toSorted()).toEqual([
      "authorized>canceled",
      "authorized>captured",
      "captured>completed",
      "pending>authorized",
      "pending>canceled",
      "pending>failed",
    ]);
    for (const from of STATES) {
      const made = await paymentIn(from);
      for (const to of STATES) {
        if (to === from) continue;
        // Neither the row alone …
        expect(
          await refusalOf(database.sql`update public.payments set state = ${to} where id = ${made.paymentId}`),
        ).toBe("23514");
        // … nor a transition that is none.
        if (legal.some(({ pair }) => pair === `${from}>${to}`)) continue;
        expect(
          await refusalOf(database.sql`
            insert into private.payment_transitions (payment_id, seq, from_state, to_state, cause, event_id)
            values (${made.paymentId}, 9, ${from}, ${to}, 'test', gen_random_uuid())`),
        ).toBe("23514");
      }
    }
  });
});

describe("facts in any order, with duplicates", () => {
  const STORIES: readonly {
    name: string;
    cancel?: string;
    facts: readonly (readonly [string, Fact])[];
    end: string;
  }[] = [
    {
      name: "a gift that goes through",
      facts: [
        ["authorized", {}],
        ["captured", {}],
        ["completed", {}],
        ["completed", {}],
      ],
      end: "completed",
    },
    {
      name: "each twice",
      facts: [
        ["authorized", {}],
        ["authorized", {}],
        ["completed", {}],
        ["captured", {}],
        ["captured", {}],
      ],
      end: "completed",
    },
    {
      name: "a hold that was let go",
      facts: [
        ["authorized", {}],
        ["canceled", {}],
        ["canceled", { kind: "charge.expired" }],
      ],
      end: "canceled",
    },
    {
      name: "a decline",
      cancel: "declined",
      facts: [
        ["", { kind: "payment_intent.payment_failed" }],
        ["canceled", {}],
        ["canceled", {}],
      ],
      end: "failed",
    },
    {
      name: "with what says nothing",
      facts: [
        ["", { kind: "payment_intent.processing" }],
        ["", { kind: "payment_intent.created" }],
        ["captured", {}],
        ["completed", {}],
      ],
      end: "completed",
    },
    {
      name: "captured in part",
      facts: [
        ["authorized", {}],
        ["captured", { capturedMinor: 400 }],
        ["completed", { capturedMinor: 400 }],
      ],
      end: "completed",
    },
  ];

  test.each(STORIES)("$name", async ({ facts, end, cancel }) => {
    const seen = new Set<string>();
    for (const order of permutations(facts.map((_, index) => index))) {
      const made = await g.intended(world.campaign, { coverFees: true });
      if (cancel) await g.call("intend_cancel", made.paymentId, cancel);
      for (const index of order) {
        const [to, further] = facts[index] ?? ["", {}];
        const eventId = `evt_${randomUUID().replaceAll("-", "")}`;
        const about = g.fact(made, to === "" ? null : to, { ...further, eventId });
        await g.apply(about);
        // The same event again, and the same fact under another id.
        await g.apply(about);
        await g.apply({ ...about, eventId: `evt_${randomUUID().replaceAll("-", "")}` });
      }
      const [payment] =
        await database.sql`select state, captured_minor from public.payments where id = ${made.paymentId}`;
      const [pledge] = await database.sql`select status from public.pledges where id = ${made.pledgeId}`;
      expect(
        await database.sql`select 1 from private.payment_transition_rejections where payment_id = ${made.paymentId}`,
      ).toHaveLength(0);
      seen.add(JSON.stringify([payment, pledge, await g.ledger(made.paymentId)]));
      expect([order, payment?.["state"]]).toEqual([order, end]);
    }
    expect([...seen]).toHaveLength(1);
  });

  test("of many at once, each step happens once", async () => {
    const pool = postgres(database.url, { max: 20, onnotice: () => {} });
    try {
      const many = giving(() => pool);
      for (let round = 0; round < 10; round += 1) {
        const made = await g.intended(world.campaign);
        const answers = await Promise.all(
          Array.from({ length: 20 }, (_, n) =>
            many.apply(
              g.fact(made, ["authorized", "captured", "completed"][n % 3] ?? "", { eventId: `evt_${round}x${n}` }),
            ),
          ),
        );
        expect(answers.flatMap(({ steps }) => steps ?? [])).toHaveLength(3);
        expect(await transitions(made.paymentId)).toHaveLength(3);
        expect(await g.ledger(made.paymentId)).toEqual({ provider_balance: 1000, gift_captured: -1000 });
      }
    } finally {
      await pool.end();
    }
  });
});
