import { beforeEach, describe, expect, it } from "vitest";
import { mostMicro } from "@/lib/platform/ai/budget";
import { rephraseInsights } from "@/lib/platform/ai/rephrase-insights";
import { PATIENCE } from "@/lib/platform/ai/task";
import { purgeCalls, reserveCall, settleCall } from "@/lib/platform/ai/store";
import { POLICIES } from "@/lib/platform/resilience/policies";
import { eventually } from "../../support/eventually.ts";
import { allowModels, CLAUDE_COST, COUNTED, GOOD, INSIGHTS, OTHER_COST, useModels } from "../../support/models.ts";
import { useSupabase, type TestUser } from "../../support/supabase.ts";

const supabase = useSupabase();
const models = await useModels(supabase);
const { claude, other, changed } = models;

let ann: TestUser;
beforeEach(async () => {
  ann = await supabase.asUser();
});

const calls = () => models.calls(ann);
const spending = async (who = ann) => {
  const [row] = await supabase.sql<{ spent: number; reserved: number }[]>`
    select sum(spent_micro)::int as spent, sum(reserved_micro)::int as reserved from private.ai_spending
    where user_id = ${who.id}`;
  return row;
};

describe("asking a model", () => {
  it("speaks Anthropic's protocol, logs tokens and cost, and takes nothing but checked words", async () => {
    const seen: unknown[] = [];
    const { value, by } = await rephraseInsights(ann.id, INSIGHTS, { onProgress: (progress) => seen.push(progress) });
    expect(by).toEqual({ kind: "model", provider: "anthropic", model: "claude-haiku-5-5", cached: false });
    // The second was wished first; what is about security may not sink below where it stood.
    expect(value).toEqual([
      { ...GOOD[1], sentence: "Errors go unhandled in 7 of your 12 asynchronous functions." },
      GOOD[0],
    ]);
    expect(seen).toEqual(GOOD.map((element) => ({ kind: "element", element })));
    expect(claude.calls).toHaveLength(1);
    expect(claude.calls[0]).toMatchObject({
      path: "/v1/messages",
      headers: { "x-api-key": "sk-ant-test" },
      body: { model: "claude-haiku-5-5", stream: true },
    });
    expect(await calls()).toEqual([
      { status: "answered", provider: "anthropic", cost: CLAUDE_COST, ...COUNTED, note: null },
    ]);
    expect(await spending()).toEqual({ spent: CLAUDE_COST, reserved: 0 });
    expect(JSON.stringify(await calls())).not.toContain("sk-ant-test");
  });

  it("speaks the other protocol where that one comes first", async () => {
    changed({ AI_PROVIDER_ORDER: ["openai", "anthropic"] });
    const { by } = await rephraseInsights(ann.id, INSIGHTS);
    expect(by).toMatchObject({ provider: "openai", model: "a-model" });
    expect(other.calls[0]).toMatchObject({
      path: "/v1/chat/completions",
      headers: { authorization: "Bearer sk-other" },
      body: { model: "a-model", stream: true, response_format: { type: "json_schema" } },
    });
    expect(await calls()).toEqual([
      { status: "answered", provider: "openai", cost: OTHER_COST, ...COUNTED, note: null },
    ]);
  });

  it("asks the same question once for a person, and anew for another", async () => {
    await rephraseInsights(ann.id, INSIGHTS);
    const again = await rephraseInsights(ann.id, INSIGHTS);
    expect(again.by).toMatchObject({ kind: "model", cached: true });
    expect(again.value).toHaveLength(2);
    expect(claude.calls).toHaveLength(1);
    expect((await calls()).map(({ status, cost }) => [status, cost])).toEqual([
      ["answered", CLAUDE_COST],
      ["cached", 0],
    ]);
    await rephraseInsights((await supabase.asUser()).id, INSIGHTS);
    expect(claude.calls).toHaveLength(2);
    await rephraseInsights(ann.id, INSIGHTS.slice(0, 1));
    expect(claude.calls).toHaveLength(3);
  });

  it("works without any key, asks nobody, writes nothing and says so", async () => {
    changed({ AI_ANTHROPIC_API_KEY: undefined, AI_OPENAI_API_KEY: undefined });
    const { value, by } = await rephraseInsights(ann.id, INSIGHTS);
    expect(by).toEqual({ kind: "rules", because: "no_key" });
    expect(value.map(({ sentence }) => sentence)).toEqual([null, null]);
    expect([claude.calls, other.calls, await calls()]).toEqual([[], [], []]);
  });

  it("does not ask what is too long", async () => {
    const long = [{ ...INSIGHTS[0], reason: "x".repeat(70_000) }];
    expect((await rephraseInsights(ann.id, long)).by).toEqual({ kind: "rules", because: "too_long" });
    expect(claude.calls).toEqual([]);
  });
});

describe("while a provider is not well", () => {
  it.each([
    ["down", "failed", "HTTP 503", 2],
    ["overloaded", "failed", "HTTP 529", 2],
    ["limited", "failed", "HTTP 429", 2],
    // Its own answer to a wrong key: asking again is no use.
    ["forbidden", "failed", "HTTP 401", 1],
  ] as const)(
    "%s: it is asked as often as is worth it, costs nothing, and the next provider answers",
    async (mood, status, note, times) => {
      claude.is(mood);
      const { by } = await rephraseInsights(ann.id, INSIGHTS);
      expect(by).toMatchObject({ kind: "model", provider: "openai" });
      expect(await calls()).toEqual([
        ...Array.from({ length: times }, () => ({
          status,
          provider: "anthropic",
          cost: 0,
          input: null,
          output: null,
          note,
        })),
        { status: "answered", provider: "openai", cost: OTHER_COST, ...COUNTED, note: null },
      ]);
      expect(await spending()).toEqual({ spent: OTHER_COST, reserved: 0 });
    },
  );

  it("limited for longer than anybody waits: it is asked once", async () => {
    claude.is("limited", 3_600);
    expect((await rephraseInsights(ann.id, INSIGHTS)).by).toMatchObject({ provider: "openai" });
    expect(claude.calls).toHaveLength(1);
  });

  it.each(["hang", "cut", "garbled"] as const)(
    "%s: what it could have cost is counted, and what came of it is taken back",
    async (mood) => {
      claude.is(mood);
      const seen: string[] = [];
      const { by } = await rephraseInsights(ann.id, INSIGHTS, { onProgress: ({ kind }) => seen.push(kind) });
      expect(by).toMatchObject({ kind: "model", provider: "openai" });
      expect(seen.slice(-3)).toEqual(["restart", "element", "element"]);
      await eventually(async () => {
        const rows = await calls();
        expect(rows.map(({ status }) => status).toSorted()).toEqual(["answered", "unknown", "unknown"]);
        const counted = rows.reduce((sum, { cost }) => sum + cost, 0);
        expect(counted).toBeGreaterThan(OTHER_COST + 2 * CLAUDE_COST);
        expect(await spending()).toEqual({ spent: counted, reserved: 0 });
      });
    },
  );

  it("opens the breaker of that provider alone, and rules answer when there is no other", async () => {
    claude.is("down");
    changed({ AI_OPENAI_API_KEY: undefined });
    for (let n = 0; n < 3; n++)
      expect((await rephraseInsights(ann.id, INSIGHTS)).by).toEqual({ kind: "rules", because: "unavailable" });
    const asked = claude.calls.length;
    expect(asked).toBe(POLICIES.ai.breaker.failures);
    expect(models.guards.states().find(({ service }) => service === "ai:anthropic")?.state).toBe("open");
    await rephraseInsights(ann.id, INSIGHTS);
    expect(claude.calls).toHaveLength(asked);
    changed({ AI_OPENAI_API_KEY: "sk-other" });
    expect((await rephraseInsights(ann.id, INSIGHTS)).by).toMatchObject({ provider: "openai" });
  });

  it.each([
    ["no JSON", "I would be happy to help!"],
    ["another shape", '{"elements":[{"insight":"first","sentence":3}]}'],
    ["nothing", '{"elements":[]}'],
  ])("%s for an answer: it is paid for, not asked again, and the next is", async (_, said) => {
    claude.says(said);
    expect((await rephraseInsights(ann.id, INSIGHTS)).by).toMatchObject({ kind: "model", provider: "openai" });
    expect((await calls())[0]).toMatchObject({ status: "refused", cost: CLAUDE_COST });
    expect(claude.calls).toHaveLength(1);
  });

  it("an answer that was longer than allowed is refused", async () => {
    claude.is("truncated");
    claude.says('{"elements":[{"insight":0,"sentence":"Errors go');
    expect((await rephraseInsights(ann.id, INSIGHTS)).by).toMatchObject({ provider: "openai" });
    expect((await calls())[0]).toMatchObject({ status: "refused", cost: CLAUDE_COST });
  });

  it.each([
    ["hang", { withinMs: 60_000, firstMs: 50 }],
    ["hang", { withinMs: 400, firstMs: 60_000 }],
    ["stuck", { withinMs: 400, firstMs: 60_000 }],
  ] as const)(
    "%s, with a patience of %j: the next answers although the policy would wait for an hour",
    async (mood, patience) => {
      models.waitForever();
      claude.is(mood);
      const { by } = await rephraseInsights(ann.id, INSIGHTS, { patience: { ...patience, withinMs: 4_000 } });
      expect(by).toMatchObject({ kind: "model", provider: "openai" });
      other.is(mood);
      const neither = await rephraseInsights(ann.id, INSIGHTS.slice(1), { patience });
      expect(neither.by).toEqual({ kind: "rules", because: "unavailable" });
      await eventually(async () => expect((await calls()).some(({ status }) => status === "reserved")).toBe(false));
    },
  );

  it("silence is a failure of the provider: its breaker counts it", async () => {
    models.waitForever();
    changed({ AI_OPENAI_API_KEY: undefined });
    claude.is("hang");
    for (let n = 0; n < 3; n++)
      await rephraseInsights(ann.id, INSIGHTS, { patience: { withinMs: 60_000, firstMs: 30 } });
    expect(models.guards.states().find(({ service }) => service === "ai:anthropic")?.state).toBe("open");
  });

  it("nobody waits longer than ten seconds for a hint or a grade", () => {
    for (const task of ["write-hint", "grade-criterion"] as const)
      expect(PATIENCE[task].withinMs).toBeLessThanOrEqual(10_000);
  });

  it("ends with its caller, and counts what was under way", async () => {
    claude.is("hang");
    const leaving = new AbortController();
    const asked = rephraseInsights(ann.id, INSIGHTS, { signal: leaving.signal }).catch((error: unknown) => error);
    await eventually(() => expect(claude.calls).toHaveLength(1));
    leaving.abort(new Error("left"));
    expect(await asked).toMatchObject({ message: "left" });
    await eventually(async () => expect((await calls()).map(({ status }) => status)).toEqual(["unknown"]));
    expect(other.calls).toEqual([]);
  });
});

describe("budgets", () => {
  it("of a person: what could go past it is not asked, and another person is not touched by it", async () => {
    changed({ AI_USER_DAILY_BUDGET_MICRO_USD: 0 });
    expect((await rephraseInsights(ann.id, INSIGHTS)).by).toEqual({ kind: "rules", because: "over_budget" });
    expect([claude.calls, other.calls]).toEqual([[], []]);
    expect(await calls()).toMatchObject([
      { status: "over_budget", provider: "anthropic", cost: 0 },
      { status: "over_budget", provider: "openai", cost: 0 },
    ]);
    expect(await spending()).toEqual({ spent: 0, reserved: 0 });
  });

  it("of all together", async () => {
    changed({ AI_DAILY_BUDGET_MICRO_USD: 1 });
    expect((await rephraseInsights(ann.id, INSIGHTS)).by).toEqual({ kind: "rules", because: "over_budget" });
    expect((await calls())[0]?.note).toContain("all");
  });

  it("hold when fifty calls reserve at once", async () => {
    await allowModels(ann);
    const most = mostMicro({ inputMicro: 100_000, outputMicro: 500_000 }, "x".repeat(8_000), 1_000);
    const call = { userId: ann.id, task: "write-hint", provider: "anthropic", model: "m", hash: "a".repeat(64) };
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => reserveCall(call, { most, userBudget: 7 * most, budget: 1_000_000_000 })),
    );
    const ids = answers.flatMap((answer) => ("id" in answer ? [answer.id] : []));
    expect(ids).toHaveLength(7);
    expect(await spending()).toEqual({ spent: 0, reserved: 7 * most });
    // Settled twice at once, each counts once.
    await Promise.all([...ids, ...ids].map((id) => settleCall(id, { status: "answered", costMicro: 5 })));
    expect(await spending()).toEqual({ spent: 35, reserved: 0 });
  });

  it("a call that nobody ended is ended at night at what it could have cost; what is old goes", async () => {
    await allowModels(ann);
    await rephraseInsights(ann.id, INSIGHTS);
    const call = { userId: ann.id, task: "write-hint", provider: "anthropic", model: "m", hash: "b".repeat(64) };
    await reserveCall(call, { most: 77, userBudget: 10_000, budget: 1_000_000_000 });
    await supabase.sql`
      update public.ai_calls set created_at = created_at - interval '16 minutes'
      where user_id = ${ann.id} and status = 'reserved'`;
    // The day of the call is the one that is counted, also just after midnight.
    const [day] = await supabase.sql<{ day: string }[]>`
      select ((created_at at time zone 'utc')::date)::text as day from public.ai_calls
      where user_id = ${ann.id} and status = 'reserved'`;
    await supabase.sql`update private.ai_spending set day = ${day?.day ?? ""} where user_id = ${ann.id}`;
    await purgeCalls();
    expect((await calls()).map(({ status, cost }) => [status, cost]).toSorted()).toEqual([
      ["answered", CLAUDE_COST],
      ["unknown", 77],
    ]);
    expect(await spending()).toEqual({ spent: CLAUDE_COST + 77, reserved: 0 });
    await supabase.sql`update public.ai_calls set created_at = now() - interval '91 days' where user_id = ${ann.id}`;
    await supabase.sql`update private.ai_answers set created_at = now() - interval '31 days' where user_id = ${ann.id}`;
    expect(await purgeCalls()).toBeGreaterThanOrEqual(3);
    expect(await calls()).toEqual([]);
  });

  it("are read by their person and by operators, and go with the account", async () => {
    await rephraseInsights(ann.id, INSIGHTS);
    const bob = await supabase.asUser();
    const read = async (who: TestUser) =>
      (await who.client.from("ai_calls").select("user_id").eq("user_id", ann.id)).data?.length;
    expect([await read(ann), await read(bob)]).toEqual([1, 0]);
    await supabase.sql`insert into public.user_roles (user_id, role) values (${bob.id}, 'operator')`;
    expect(await read(bob)).toBe(1);
    await supabase.sql`delete from auth.users where id = ${ann.id}`;
    const left = await supabase.sql`
      select 1 from public.ai_calls where user_id = ${ann.id}
      union all select 1 from private.ai_answers where user_id = ${ann.id}
      union all select 1 from private.ai_spending where user_id = ${ann.id}`;
    expect(left).toHaveLength(0);
  });
});
