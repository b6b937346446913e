import { randomUUID } from "node:crypto";
import { describe, expect, test, vi } from "vitest";
import { GET as readOwnCode } from "@/app/api/v1/analyses/[id]/own-code/route";
import { DELETE as disallow, GET as readSettings, PUT as allow } from "@/app/api/v1/me/own-code/route";
import { allowOwnCode, disallowOwnCode } from "@/lib/learning/own-code/consent";
import { endRun, keepCandidates, makeSome } from "@/lib/learning/own-code/make-exercises";
import { CONSENT } from "@/lib/learning/own-code/rules";
import { askOwnCode, keepItems, type KeptItem } from "@/lib/learning/own-code/store";
import { replay } from "@/lib/learning/mastery/apply-attempt";
import { readAttempts, readModel } from "@/lib/learning/mastery/store";
import { forgetLearnerPattern } from "@/lib/learning/patterns/correct-pattern";
import { readPatterns, rememberPatterns } from "@/lib/learning/patterns/store";
import { exerciseShown, rightAnswer } from "../../support/learning-answers.ts";
import { useProductEnv } from "../../support/product-env.ts";
import { useSupabase, type TestUser } from "../../support/supabase.ts";
import { call } from "../accounts/calls.ts";
import { analysedBy, CLAMP, functionsIn, runOf } from "./own-code-rows.ts";
import { responded, resumed, sessions, started } from "./session-calls.ts";

vi.mock("next/headers", async () => (await import("../accounts/request-scope.ts")).nextHeaders());
vi.mock("next/server", async (original) => (await import("../accounts/request-scope.ts")).nextServer(original));

const supabase = useSupabase();
useProductEnv({ supabase });

const ROOT = "/api/v1/me/own-code";
const me = (user: TestUser | null, method: "GET" | "PUT" | "DELETE", json?: unknown) =>
  call({ GET: readSettings, PUT: allow, DELETE: disallow }[method], {
    method,
    path: ROOT,
    ...(json === undefined ? {} : { json }),
    ...(user ? { token: user.accessToken } : {}),
  });
const ofAnalysis = (user: TestUser, id: string) =>
  call(readOwnCode, { path: `/api/v1/analyses/${id}/own-code`, params: { id }, token: user.accessToken });

const COUNTED = [
  "public.own_code_runs",
  "public.own_code_items",
  "private.own_code_functions",
  "private.own_code_exercises",
];
/** Rows of a learner's own code, table by table. */
async function kept(userId: string): Promise<number[]> {
  const [row] = await supabase.sql<{ counts: number[] }[]>`
    select array[
      (select count(*) from public.own_code_runs r where r.user_id = ${userId}),
      (select count(*) from public.own_code_items i where i.user_id = ${userId}),
      (select count(*) from private.own_code_functions f join public.own_code_runs r on r.id = f.run_id where r.user_id = ${userId}),
      (select count(*) from private.own_code_exercises x join public.own_code_items i on i.id = x.item_id where i.user_id = ${userId})
    ]::int[] as counts`;
  expect(row?.counts).toHaveLength(COUNTED.length);
  return row?.counts ?? [];
}

/** Somebody who allows it, with one analysis whose functions were made into exercises. */
async function withExercises(text = CLAMP) {
  const user = await supabase.asUser();
  const analysisId = await analysedBy(supabase, [user]);
  await allowOwnCode(user.id, CONSENT.version, null);
  const run = (await runOf(supabase, user.id, analysisId))?.id ?? "";
  const functions = functionsIn(text);
  await keepCandidates(run, functions, functions.length);
  let left: number | null = 1;
  while (left) left = await makeSome(run);
  await endRun(run, { found: functions.length, waiting: functions.length });
  return { user, analysisId, run };
}

const anItem = (of: Partial<KeptItem> = {}): KeptItem => ({
  id: randomUUID(),
  about: "predict",
  concepts: ["null-safety"],
  bloom: "understand",
  difficulty: 4,
  name: "f",
  path: "src/f.ts",
  line: 1,
  endLine: 3,
  snippet: "function f() {}",
  exercise: { uuid: randomUUID() } as never,
  ...of,
});

describe("the learner's word", () => {
  test("is off until it is given, names its wording and time, and is taken back", async () => {
    const user = await supabase.asUser();
    expect((await me(user, "GET")).body).toMatchObject({ allowed: false, consent: null, wording: { version: 1 } });
    const stale = await me(user, "PUT", { wording: CONSENT.version + 1 });
    expect([stale.status, stale.body.code]).toEqual([409, "conflict"]);
    const given = await me(user, "PUT", { wording: CONSENT.version });
    expect(given).toMatchObject({
      status: 200,
      body: { allowed: true, consent: { wording: CONSENT.version, givenAt: expect.any(String) } },
    });
    expect((await me(user, "PUT", { wording: CONSENT.version })).body).toEqual(given.body);
    expect((await me(user, "DELETE")).status).toBe(204);
    expect((await me(user, "GET")).body).toMatchObject({ allowed: false, consent: null });
    const { data } = await user.client.from("own_code_consents").select("wording,withdrawn_at");
    expect(data).toEqual([{ wording: CONSENT.version, withdrawn_at: expect.any(String) }]);
    for (const method of ["GET", "PUT", "DELETE"] as const)
      expect((await me(null, method, method === "PUT" ? { wording: 1 } : undefined)).status).toBe(401);
    expect((await me(user, "PUT", { wording: "1" })).status).toBe(400);
  });

  test("without it nothing is read, asked or kept", async () => {
    const user = await supabase.asUser();
    const analysisId = await analysedBy(supabase, [user]);
    expect(await askOwnCode(analysisId, [user.id], null)).toBe(0);
    expect(await kept(user.id)).toEqual([0, 0, 0, 0]);
    expect((await ofAnalysis(user, analysisId)).body).toEqual({ allowed: false, run: null, items: [] });
  });

  test("is asked for each person: of two who share an analysis, one may allow it", async () => {
    const [one, other] = [await supabase.asUser(), await supabase.asUser()];
    const analysisId = await analysedBy(supabase, [one, other]);
    await allowOwnCode(one.id, CONSENT.version, null);
    const later = await analysedBy(supabase, [one, other]);
    expect(await askOwnCode(later, [one.id, other.id], null)).toBe(1);
    expect(await askOwnCode(later, [one.id, other.id], null)).toBe(0);
    expect([await runOf(supabase, one.id, analysisId), await runOf(supabase, other.id, later)]).toEqual([
      expect.objectContaining({ status: "asked" }),
      null,
    ]);
  });

  test("taken back, it deletes all at once, and a run that is under way writes nothing any more", async () => {
    const { user, analysisId } = await withExercises();
    const another = await analysedBy(supabase, [user]);
    await askOwnCode(another, [user.id], null);
    const run = (await runOf(supabase, user.id, another))?.id ?? "";
    await keepCandidates(run, functionsIn(CLAMP), 2);
    expect((await kept(user.id)).every((count) => count > 0)).toBe(true);
    await disallowOwnCode(user.id);
    expect(await kept(user.id)).toEqual([0, 0, 0, 0]);
    expect(await makeSome(run)).toBeNull();
    expect(await keepItems(run, { positions: [1], items: [anItem()], used: 1, refused: 0 })).toBeNull();
    expect(await kept(user.id)).toEqual([0, 0, 0, 0]);
    expect((await ofAnalysis(user, analysisId)).body).toEqual({ allowed: false, run: null, items: [] });
  });
});

describe("what is kept", () => {
  test("names its place, is in the export, and is nobody else's", async () => {
    const { user, analysisId } = await withExercises();
    const { status, body } = await ofAnalysis(user, analysisId);
    expect([status, body["run"]]).toEqual([200, expect.objectContaining({ status: "done", because: null })]);
    expect(body["items"]).toContainEqual(
      expect.objectContaining({ name: "clamp", path: "src/clamp.ts", line: 1, endLine: 5 }),
    );
    const { data } = await user.client.rpc("export_my_data");
    const exported = JSON.stringify(data);
    for (const table of ["own_code_consents", "own_code_runs", "own_code_items"])
      expect(exported).toContain(`"${table}"`);
    expect(exported).toContain("if (value === null) return low;");
    const stranger = await supabase.asUser();
    expect((await ofAnalysis(stranger, analysisId)).status).toBe(404);
    expect((await stranger.client.from("own_code_items").select("id")).data).toEqual([]);
    // Somebody who shares the analysis sees the analysis, and nothing of this.
    await supabase.sql`
      insert into public.analysis_askers (analysis_id, user_id, how) values (${analysisId}, ${stranger.id}, 'cached')`;
    expect((await ofAnalysis(stranger, analysisId)).body).toMatchObject({ run: null, items: [] });
    // The answers are where nobody reads them.
    const items = await user.client.from("own_code_items").select("*");
    expect(Object.keys(items.data?.[0] ?? {})).not.toContain("exercise");
  });

  test("stays within the limits of an item, an analysis and a learner", async () => {
    const { user, run } = await withExercises();
    await supabase.sql`update public.own_code_runs set status = 'running', finished_at = null where id = ${run}`;
    const before = (await kept(user.id))[1] ?? 0;
    const offer = async (items: readonly KeptItem[]) => {
      await supabase.sql`insert into private.own_code_functions (run_id, position, function) values (${run}, 1, '{}')`;
      await keepItems(run, { positions: [1], items, used: 0, refused: 0 });
      return (await kept(user.id))[1] ?? 0;
    };
    expect(await offer([anItem({ snippet: "x".repeat(7_000) })])).toBe(before);
    expect(await offer([anItem({ exercise: { code: "x".repeat(30_000) } as never })])).toBe(before);
    expect(await offer(Array.from({ length: 60 }, () => anItem()))).toBe(40);
    // As if five analyses were full.
    for (let n = 0; n < 5; n += 1) {
      const other = await analysedBy(supabase, [user]);
      await supabase.sql`
        with r as (insert into public.own_code_runs (user_id, analysis_id) values (${user.id}, ${other}) returning id)
        insert into public.own_code_items
          (user_id, analysis_id, run_id, about, concepts, bloom, difficulty, name, path, line, end_line, snippet)
        select ${user.id}, ${other}, r.id, 'predict', '{null-safety}', 'understand', 4, 'f', 'a.ts', 1, 3, 'f'
        from r, generate_series(1, 39)`;
    }
    await supabase.sql`delete from public.own_code_items where run_id = ${run}`;
    expect(await offer(Array.from({ length: 30 }, () => anItem()))).toBe(200);
  });

  test("the same step twice keeps an exercise once", async () => {
    const user = await supabase.asUser();
    const analysisId = await analysedBy(supabase, [user]);
    await allowOwnCode(user.id, CONSENT.version, null);
    const run = (await runOf(supabase, user.id, analysisId))?.id ?? "";
    const functions = functionsIn(CLAMP);
    expect(await keepCandidates(run, functions, 2)).toBe(2);
    expect(await keepCandidates(run, [], 0)).toBe(2);
    const step = { positions: [1], items: [anItem()], used: 1, refused: 0 };
    expect(await keepItems(run, step)).toBe(1);
    expect(await keepItems(run, { ...step, items: [anItem()] })).toBe(1);
    expect((await kept(user.id))[1]).toBe(1);
    expect(await runOf(supabase, user.id, analysisId)).toMatchObject({ status: "running", found: 2, tried: 1 });
  });

  test("goes with the analysis and with the account", async () => {
    const { user, analysisId } = await withExercises();
    await supabase.sql`delete from public.analyses where id = ${analysisId}`;
    expect(await kept(user.id)).toEqual([0, 0, 0, 0]);
    const leaving = await withExercises();
    expect((await kept(leaving.user.id))[1]).toBeGreaterThan(0);
    await leaving.user.client.rpc("delete_my_account");
    expect(await kept(leaving.user.id)).toEqual([0, 0, 0, 0]);
    expect(await supabase.sql`select from public.own_code_consents where user_id = ${leaving.user.id}`).toHaveLength(0);
  });

  test("a pattern that is deleted takes along what was made of its places, and it is not made again", async () => {
    const { user, analysisId, run } = await withExercises();
    const at = (line: number) => ({ path: "src/clamp.ts", line, endLine: line, language: "TypeScript" });
    const shared = { kind: "habit" as const, concept: "conditionals", count: 1, good: 1, fingerprints: [] };
    await rememberPatterns(
      user.id,
      { kind: "repository", analysisId, repoUrl: "https://github.com/octo/own", commit: "a".repeat(40) },
      [{ ...shared, pattern: "guard-clause", places: [at(3)] }] as never,
    );
    const paths = async () =>
      (await supabase.sql<{ line: number }[]>`select line from public.own_code_items where user_id = ${user.id}`).map(
        ({ line }) => line,
      );
    const before = await paths();
    expect(before).toContain(1);
    const [pattern] = await readPatterns(user.id);
    await forgetLearnerPattern(user.id, pattern?.id ?? "");
    const after = await paths();
    expect(after).not.toContain(1);
    expect(after).toEqual(before.filter((line) => line !== 1));
    await supabase.sql`update public.own_code_runs set status = 'running', finished_at = null where id = ${run}`;
    await supabase.sql`insert into private.own_code_functions (run_id, position, function) values (${run}, 1, '{}')`;
    await keepItems(run, {
      positions: [1],
      items: [
        anItem({ path: "src/clamp.ts", line: 1, endLine: 5 }),
        anItem({ path: "src/other.ts", line: 1, endLine: 5 }),
      ],
      used: 1,
      refused: 0,
    });
    const places = await supabase.sql<{ path: string; line: number }[]>`
      select path, line from public.own_code_items where user_id = ${user.id} and line = 1`;
    expect(places).toEqual([{ path: "src/other.ts", line: 1 }]);
  });
});

describe("in a session", () => {
  const LESSON = { trackSlug: "typescript-in-practice", lessonSlug: "null-safety" };

  /** Goes on rightly until the session shows an exercise of own code, or ends. */
  async function untilOwn(user: TestUser, id: string) {
    const seen: string[] = [];
    for (;;) {
      const { session, content } = resumed(await sessions.read(user, id));
      if (!content) return { seen, content: null, session };
      if (content.origin?.kind === "repository") return { seen, content, session };
      seen.push(content.activityId);
      const answer = rightAnswer(await exerciseShown(supabase, content.activityId));
      responded(await sessions.respond(user, id, { activityId: content.activityId, answer, version: session.version }));
    }
  }

  test("one comes where concept and level fit, with its place, and counts with the difficulty of its rule", async () => {
    const { user } = await withExercises();
    const { id } = started(await sessions.start(user, LESSON)).session;
    const { content, session, seen } = await untilOwn(user, id);
    expect(content).toMatchObject({
      concept: { slug: "null-safety" },
      reason: { code: "own_code", sentence: expect.stringContaining("src/clamp.ts, line 1") },
      origin: { kind: "repository", path: "src/clamp.ts", line: 1, endLine: 5, commit: "a".repeat(40) },
    });
    // Never the first of a session.
    expect(seen.length).toBeGreaterThan(0);
    const activityId = content?.activityId ?? "";
    const exercise = await exerciseShown(supabase, activityId);
    expect(JSON.stringify(content)).not.toContain(exercise.explanation);
    const json = { activityId, answer: rightAnswer(exercise), version: session.version };
    const told = responded(await sessions.respond(user, id, json));
    expect(told).toMatchObject({
      validation: { passed: true, level: exercise.bloom },
      change: { concept: "null-safety" },
      explanation: exercise.explanation,
    });
    expect((await readModel(user.id)).state).toEqual(replay(await readAttempts(user.id)));
    expect(await supabase.sql`select from private.learning_items where item_id = ${activityId}`).toHaveLength(0);
    // Not two in a row, and one that passed does not come again.
    expect(told.nextContent?.origin?.kind).not.toBe("repository");
    const after = await untilOwn(user, id);
    expect(after.content?.activityId).not.toBe(activityId);
  });

  test("another learner's exercise is not there, whoever names it", async () => {
    const { user } = await withExercises();
    const { id } = started(await sessions.start(user, LESSON)).session;
    const { content } = await untilOwn(user, id);
    const activityId = content?.activityId ?? "";
    const stranger = await supabase.asUser();
    const own = started(await sessions.start(stranger, LESSON)).session;
    const answer = rightAnswer(await exerciseShown(supabase, activityId));
    expect((await sessions.respond(stranger, own.id, { activityId, answer, version: own.version })).status).toBe(409);
    expect((await sessions.hint(stranger, own.id, { activityId, seen: 0 })).status).toBe(409);
    // Even a session that was made to show it does not.
    await supabase.sql`
      update public.learning_sessions set pending = pending || ${supabase.sql.json({ activityId, own: { is: "item", items: 1, questions: 0 } })}
      where id = ${own.id}`;
    const shown = resumed(await sessions.read(stranger, own.id));
    expect(shown.content?.activityId).not.toBe(activityId);
    expect(shown.content?.origin).toBeNull();
  });

  test("one whose code was deleted while it was shown is gone, and the session goes on", async () => {
    const { user } = await withExercises();
    const { id } = started(await sessions.start(user, LESSON)).session;
    const { content, session } = await untilOwn(user, id);
    const activityId = content?.activityId ?? "";
    const answer = rightAnswer(await exerciseShown(supabase, activityId));
    await disallowOwnCode(user.id);
    const reply = await sessions.respond(user, id, { activityId, answer, version: session.version });
    expect([reply.status, reply.body.code]).toEqual([409, "conflict"]);
    const again = resumed(await sessions.read(user, id));
    expect(again.content?.origin).toBeNull();
    expect(again.session.version).toBeGreaterThan(session.version);
  });
});
