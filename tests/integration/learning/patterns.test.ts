import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import {
  correctPattern,
  forgetPattern,
  matchPatterns,
  type PatternShown,
  readPatterns,
  rememberPatterns,
} from "@/lib/learning/patterns/store";
import type { PatternCorrection } from "@/lib/learning/patterns/schemas";
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
    await supabase.sql`delete from public.analyses where id = ${second}`;
    expect(await believed()).toEqual([]);
  });

  test("keeps what the learner said when the last source is gone, until they take it back", async () => {
    const { user, analysis, read, believed } = await atWork();
    const id = await analysis();
    await read(id, [seen("async-function", 4)]);
    const [pattern] = await believed();
    await correctPattern(user.id, pattern?.id ?? "", "known", "");
    await supabase.sql`delete from public.analyses where id = ${id}`;
    expect(await believed()).toMatchObject([{ correction: "known", count: 0, lastSeenAt: null, sightings: [] }]);
    await correctPattern(user.id, pattern?.id ?? "", null, "");
    expect(await believed()).toEqual([]);
  });

  test("drops what a source no longer shows when it is read again, and keeps the ids of the others", async () => {
    const { analysis, read, believed } = await atWork();
    const id = await analysis();
    await read(id, [seen("async-function", 4), seen("promise-all", 1)]);
    const before = await believed();
    await read(id, [seen("async-function", 5)]);
    const after = await believed();
    expect(after.map(({ pattern, count }) => [pattern, count])).toEqual([["async-function", 5]]);
    expect(after[0]?.id).toBe(before.find(({ pattern }) => pattern === "async-function")?.id);
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
    // What somebody says is not theirs is like nothing of theirs; an analysis is not like itself.
    await correctPattern(user.id, matches[1]?.id ?? "", "not_mine", "");
    expect((await matchPatterns(user.id, [print("b")])).map(({ pattern }) => pattern)).toEqual(["async-function"]);
    const again = await analysis();
    await read(again, [seen("early-exit", 1, { fingerprints: [print("d")] })]);
    expect(await matchPatterns(user.id, [print("d")], again)).toEqual([]);
    expect((await matchPatterns(user.id, [print("d")])).map(({ pattern }) => pattern)).toEqual(["early-exit"]);
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

  test("what was deleted does not come back from the same commit, and does from another one", async () => {
    const { user, analysis, read, believed } = await atWork();
    const of = async (commit: string) => {
      const id = await analysis();
      await supabase.sql`
        update public.analyses set repo_url = ${`https://example.test/a/${user.id}`}, commit_sha = ${commit.repeat(40)},
          status = 'canceled', finished_at = now()
        where id = ${id}`;
      return id;
    };
    const first = await of("a");
    const both = [seen("async-function", 1), seen("promise-all", 1)];
    await read(first, both);
    const one = (await believed()).find(({ pattern }) => pattern === "async-function");
    expect(await forgetPattern(user.id, one?.id ?? "")).toBe(true);
    const left = async () => (await believed()).map(({ pattern }) => pattern).toSorted();
    expect([await read(first, both), await left()]).toEqual([1, ["promise-all"]]);
    await read(await of("a"), both);
    expect(await left()).toEqual(["promise-all"]);
    await read(await of("b"), both);
    expect(await left()).toEqual(["async-function", "promise-all"]);
    const other = await atWork();
    await supabase.sql`
      insert into public.analysis_askers (analysis_id, user_id, how) values (${first}, ${other.user.id}, 'cached')`;
    expect(await other.read(first, both)).toBe(2);
  });

  test("no page and no call of the Data API reaches what was deleted", async () => {
    const { user, analysis, read, believed } = await atWork();
    await read(await analysis(), [seen("async-function", 1)]);
    await forgetPattern(user.id, (await believed())[0]?.id ?? "");
    const [kept] = await supabase.sql<{ row: string }[]>`
      select to_jsonb(f)::text as row from private.forgotten_patterns f where f.user_id = ${user.id}`;
    expect(kept?.row).not.toContain("async-function");
  });
});
