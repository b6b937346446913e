import { beforeEach, describe, expect, it } from "vitest";
import { gradeCriterion } from "@/lib/platform/ai/grade-criterion";
import { lessonVariant } from "@/lib/platform/ai/lesson-variant";
import { modelOverview } from "@/lib/platform/ai/overview";
import { rephraseInsights } from "@/lib/platform/ai/rephrase-insights";
import { readModelUses, reserveCall } from "@/lib/platform/ai/store";
import { writeHint } from "@/lib/platform/ai/write-hint";
import { agreeably } from "../../support/agreeable-model.ts";
import { allowModels, CLAUDE_COST, COUNTED, INSIGHTS, useModels } from "../../support/models.ts";
import { useSupabase, type TestUser } from "../../support/supabase.ts";

const supabase = useSupabase();
const models = await useModels(supabase);
const { claude, other } = models;

let ann: TestUser;
beforeEach(async () => {
  ann = await supabase.asUser();
  for (const provider of [claude, other]) provider.says(agreeably);
});

const HINT = {
  prompt: "Return the names of the items.",
  stub: "",
  hints: ["Think of what you keep of each of the items."],
  given: 0,
  submission: "for (const item of items) {}",
  solution: "items.map((item) => item.name)",
};
const ASKED = {
  "write-hint": () => writeHint(ann.id, HINT),
  "grade-criterion": () =>
    gradeCriterion(ann.id, {
      prompt: "Why does the process end?",
      criterion: "Names the unhandled rejection as the cause.",
      evidence: "The rejection that nobody handles is what ends it.",
      answer: "The rejection is unhandled, so Node ends the process.",
    }),
  "lesson-variant": () =>
    lessonVariant(ann.id, { about: "A promise that is rejected needs a handler.", format: "text", level: "new" }),
} as const;
const COLUMN = { "write-hint": "ai_hints", "grade-criterion": "ai_grading", "lesson-variant": "ai_lessons" } as const;
const tasks = Object.keys(ASKED) as (keyof typeof ASKED)[];
const set = async (column: "ai_hints" | "ai_grading" | "ai_lessons", allowed: boolean) => {
  const change: { ai_hints?: boolean; ai_grading?: boolean; ai_lessons?: boolean } = {};
  change[column] = allowed;
  const { error } = await ann.client.from("preferences").update(change).eq("user_id", ann.id);
  expect(error).toBeNull();
};

describe("what a learner allows", () => {
  it("is nothing at first: no model is asked, nothing is written, and rules answer", async () => {
    expect(await readModelUses(ann.id)).toEqual({
      hints: false,
      grading: false,
      lessons: false,
      contentFormat: "mixed",
    });
    for (const task of tasks) expect((await ASKED[task]())?.by).toEqual({ kind: "rules", because: "not_allowed" });
    expect([claude.calls, other.calls, await models.calls(ann)]).toEqual([[], [], []]);
  });

  it("is nothing for somebody who is gone, and for a task that nobody thought of", async () => {
    await allowModels(ann);
    const budget = { most: 1, userBudget: 100, budget: 100 };
    const call = { userId: ann.id, task: "write-poems", provider: "anthropic", model: "m", hash: "c".repeat(64) };
    expect(await reserveCall(call, budget)).toEqual({ refused: "not_allowed" });
    await supabase.sql`delete from auth.users where id = ${ann.id}`;
    expect(await reserveCall({ ...call, task: "write-hint" }, budget)).toEqual({ refused: "not_allowed" });
    expect((await readModelUses(ann.id)).hints).toBe(false);
  });

  it.each(tasks)("%s: holds for that use alone", async (task) => {
    await set(COLUMN[task], true);
    for (const each of tasks)
      expect([each, (await ASKED[each]())?.by.kind]).toEqual([each, each === task ? "model" : "rules"]);
  });

  it("is asked for by a click for insights, each time", async () => {
    expect((await rephraseInsights(ann.id, INSIGHTS)).by.kind).toBe("model");
  });

  it("taken back, deletes what came under it, and what came is not shown any more", async () => {
    await set("ai_hints", true);
    expect((await ASKED["write-hint"]())?.by).toMatchObject({ kind: "model", cached: false });
    expect((await ASKED["write-hint"]())?.by).toMatchObject({ kind: "model", cached: true });
    await set("ai_hints", false);
    expect(await supabase.sql`select 1 from private.ai_answers where user_id = ${ann.id}`).toHaveLength(0);
    expect((await ASKED["write-hint"]())?.by).toEqual({ kind: "rules", because: "not_allowed" });
    expect(claude.calls).toHaveLength(1);
  });

  it("is nobody else's to say", async () => {
    const bob = await supabase.asUser();
    await bob.client.from("preferences").update({ ai_hints: true }).eq("user_id", ann.id);
    expect((await readModelUses(ann.id)).hints).toBe(false);
  });
});

describe("what operators see", () => {
  it("is each day and task with tokens and cost against the budgets, and what went wrong, and nobody else sees it", async () => {
    const operator = await supabase.asUser({ roles: ["operator"] });
    await supabase.sql`delete from public.ai_calls`;
    await supabase.sql`delete from private.ai_spending`;
    await rephraseInsights(ann.id, INSIGHTS);
    claude.is("down");
    models.changed({ AI_OPENAI_API_KEY: undefined });
    await rephraseInsights(ann.id, INSIGHTS.slice(1));
    const seen = await modelOverview(operator.id, 14);
    expect(seen.today).toEqual({ spentMicro: CLAUDE_COST, reservedMicro: 0, mostByOneMicro: CLAUDE_COST });
    expect(seen.budgets).toEqual({ allMicro: 1_000_000_000, personMicro: 1_000_000_000 });
    // At midnight the calls may stand on two days.
    const sum = (name: "calls" | "answered" | "failed" | "inputTokens" | "outputTokens" | "costMicro") =>
      seen.days.reduce((all, day) => all + day[name], 0);
    expect(new Set(seen.days.map(({ task }) => task))).toEqual(new Set(["rephrase-insights"]));
    expect([sum("calls"), sum("answered"), sum("failed")]).toEqual([3, 1, 2]);
    expect([sum("inputTokens"), sum("outputTokens"), sum("costMicro")]).toEqual([
      COUNTED.input,
      COUNTED.output,
      CLAUDE_COST,
    ]);
    expect(seen.troubles.map(({ status, note }) => [status, note])).toEqual([
      ["failed", "HTTP 503"],
      ["failed", "HTTP 503"],
    ]);
    expect(JSON.stringify(seen)).not.toContain(ann.id);
    expect(seen.providers).toMatchObject([{ name: "anthropic", model: "claude-haiku-5-5", breaker: "closed" }]);
    for (const stranger of [ann, await supabase.asUser({ roles: ["campaign_admin"] })])
      await expect(modelOverview(stranger.id, 14)).rejects.toMatchObject({ code: "forbidden" });
  });
});
