import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import {
  correctPattern,
  forgetPattern,
  matchPatterns,
  type PatternCorrection,
  type PatternShown,
  readPatterns,
  rememberPatterns,
} from "@/lib/learning/patterns/store";
import { useProductEnv } from "../../support/product-env.ts";
import { useSupabase } from "../../support/supabase.ts";
import { answer, refusal, startSession } from "./learner.ts";

const supabase = useSupabase();
useProductEnv({ supabase });

const seen = (pattern: string, count: number, changes: Partial<PatternShown> = {}): PatternShown => ({
  pattern,
  kind: "habit",
  concept: "async-await",
  count,
  good: count,
  places: [{ path: "src/load.ts", line: 12, endLine: 20, language: "TypeScript" }],
  fingerprints: [],
  ...changes,
});

async function atWork() {
  const user = await supabase.asUser();
  const analysis = async () => {
    const id = randomUUID();
    await supabase.sql`
      insert into public.analyses (id, requested_by, repo_url, host, owner, name, engine, estimated_seconds)
      values (${id}, ${user.id}, ${`https://example.test/a/${id}`}, 'example.test', 'a', ${id}, 1, 5)`;
    await supabase.sql`
      insert into public.analysis_askers (analysis_id, user_id, how) values (${id}, ${user.id}, 'started')`;
    return id;
  };
  const read = (analysisId: string, patterns: readonly PatternShown[], by = user.id) =>
    rememberPatterns(
      by,
      { kind: "repository", analysisId, repoUrl: "https://example.test/a/b", commit: "a".repeat(40) },
      patterns,
    );
  const answered = (responseId: string, patterns: readonly PatternShown[]) =>
    rememberPatterns(user.id, { kind: "exercise", responseId }, patterns);
  return { user, analysis, read, answered, believed: () => readPatterns(user.id) };
}

describe("the memory of patterns", () => {
  test("adds up what repositories and exercises showed, with places; a source that is read again says it once", async () => {
    const { user, analysis, read, answered, believed } = await atWork();
    const [first, second] = [await analysis(), await analysis()];
    await read(first, [seen("async-function", 4), seen("await-in-loop", 2, { kind: "risk", good: 0 })]);
    await read(second, [seen("async-function", 3)]);
    await read(second, [seen("async-function", 5)]);
    const item = randomUUID();
    const session = await startSession(user.id, item);
    const { responseId } = await answer(user.id, { session: session.id, version: 1, activity: item, passed: true });
    await answered(responseId, [seen("async-function", 1, { places: [] })]);

    const all = await believed();
    expect(all.map(({ pattern, count, good }) => [pattern, count, good])).toEqual([
      ["async-function", 10, 10],
      ["await-in-loop", 2, 0],
    ]);
    expect(all[0]?.sightings.map(({ source }) => source)).toEqual(["exercise", "repository", "repository"]);
    expect(all[1]?.sightings[0]).toMatchObject({ commit: "a".repeat(40), places: [{ path: "src/load.ts", line: 12 }] });
  });

  test("takes nothing from a source that is not the learner's", async () => {
    const { read, answered, analysis } = await atWork();
    const stranger = await supabase.asUser();
    const id = await analysis();
    expect(await refusal(read(id, [seen("async-function", 1)], stranger.id))).toBe("not_found");
    expect(await refusal(answered(randomUUID(), [seen("async-function", 1)]))).toBe("not_found");
  });

  test("goes with the analysis that it came from", async () => {
    const { analysis, read, believed } = await atWork();
    const [first, second] = [await analysis(), await analysis()];
    await read(first, [seen("async-function", 4)]);
    await read(second, [seen("async-function", 3)]);
    await supabase.sql`delete from public.analyses where id = ${first}`;
    expect((await believed()).map(({ count }) => count)).toEqual([3]);
  });

  test("finds the patterns that share a structure, the nearest first, and those of nobody else", async () => {
    const { user, analysis, read } = await atWork();
    const print = (letter: string) => letter.repeat(16);
    await read(await analysis(), [
      seen("async-function", 3, { fingerprints: [print("a"), print("b")] }),
      seen("promise-all", 1, { fingerprints: [print("b")] }),
      seen("early-return", 1, { fingerprints: [print("c")] }),
    ]);
    const other = await atWork();
    await other.read(await other.analysis(), [seen("async-function", 1, { fingerprints: [print("a")] })]);
    const matches = await matchPatterns(user.id, [print("a"), print("b")]);
    expect(matches).toMatchObject([
      { pattern: "async-function", shared: 2, of: 2 },
      { pattern: "promise-all", shared: 1, of: 1 },
    ]);
  });
});

describe("a learner's word", () => {
  test("stands on a pattern until it is taken back, and is nobody else's to give", async () => {
    const { user, analysis, read, believed } = await atWork();
    await read(await analysis(), [seen("async-function", 1)]);
    const [pattern] = await believed();
    const correct = (correction: PatternCorrection | null, by = user.id) =>
      correctPattern(by, pattern?.id ?? "", correction, "Generated code.");
    await correct("not_mine");
    expect((await believed())[0]).toMatchObject({ correction: "not_mine", correctionNote: "Generated code." });
    await read(await analysis(), [seen("async-function", 7)]);
    expect((await believed())[0]).toMatchObject({ correction: "not_mine", count: 8 });
    await correct(null);
    expect((await believed())[0]).toMatchObject({ correction: null, correctionNote: null, correctedAt: null });
    expect(await refusal(correct("brilliant" as PatternCorrection))).toBe("rule_broken");
    expect(await refusal(correct("known", (await supabase.asUser()).id))).toBe("not_found");
  });

  test("to forget is final: row and sightings are gone", async () => {
    const { user, analysis, read, believed } = await atWork();
    await read(await analysis(), [seen("async-function", 1)]);
    const [pattern] = await believed();
    const forget = (by: string) => forgetPattern(by, pattern?.id ?? "");
    expect(await forget((await supabase.asUser()).id)).toBe(false);
    expect([await forget(user.id), await forget(user.id), await believed()]).toEqual([true, false, []]);
    const [left] = await supabase.sql<{ count: number }[]>`
      select count(*)::int from public.learner_pattern_sightings where user_id = ${user.id}`;
    expect(left?.count).toBe(0);
  });
});
