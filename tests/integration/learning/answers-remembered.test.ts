import { randomUUID } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { serve } from "inngest/node";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { inngest as client } from "@/inngest/client";
import { rememberAnswersFunction } from "@/inngest/learning/remember-answers";
import { serverEnv } from "@/lib/env/server";
import { readContent } from "@/lib/learning/content/read-content";
import type { Answer } from "@/lib/learning/content/schemas";
import { correctLearnerPattern, forgetLearnerPattern } from "@/lib/learning/patterns/correct-pattern";
import { knownStructures, readPatterns, rememberPatterns } from "@/lib/learning/patterns/store";
import { decideAppeal } from "@/lib/learning/review/decide-appeal";
import type { StartedSession } from "@/lib/learning/session/schemas";
import { insertSession } from "@/lib/learning/session/store";
import { drainOutbox } from "@/lib/platform/outbox/outbox";
import { startInngest } from "../../../devstack/inngest/server.ts";
import type { RunningService } from "../../../devstack/service.ts";
import { eventually } from "../../support/eventually.ts";
import { keepAnalysis } from "../../support/kept-analysis.ts";
import { rightAnswer, wrongAnswer } from "../../support/learning-answers.ts";
import { useProductEnv } from "../../support/product-env.ts";
import { useSupabase, type TestUser } from "../../support/supabase.ts";
import { responded, sessions, started } from "./session-calls.ts";

vi.mock("next/headers", async () => (await import("../accounts/request-scope.ts")).nextHeaders());
vi.mock("next/server", async (original) => (await import("../accounts/request-scope.ts")).nextServer(original));

const KEYS = { eventKey: "test", signingKey: `signkey-test-${"0".repeat(32)}` };
const supabase = useSupabase();
useProductEnv({ supabase });
const state: { executor?: RunningService; app?: Server } = {};

beforeAll(async () => {
  state.app = createServer(serve({ client, functions: [rememberAnswersFunction], servePath: "/api/inngest" }));
  await new Promise<void>((resolve) => state.app?.listen(0, "127.0.0.1", resolve));
  const { port } = state.app.address() as AddressInfo;
  state.executor = await startInngest({
    port: 0,
    databaseUrl: supabase.databaseUrl,
    ...KEYS,
    apps: [`http://127.0.0.1:${port}/api/inngest`],
    backoff: () => 200,
    log: () => undefined,
  });
  process.env["INNGEST_BASE_URL"] = state.executor.url;
  Object.assign(serverEnv(), { INNGEST_BASE_URL: state.executor.url });
  await eventually(async () => {
    expect((await fetch(`${state.executor?.url}/v0/apps/sync`, { method: "POST" })).status).toBe(200);
  });
});
afterAll(async () => {
  await state.executor?.close();
  state.app?.closeAllConnections();
  state.app?.close();
});

const TRACK = "async-javascript-and-failure";
const LESSON = "concurrent-waiting";

function exercise(slug: string) {
  for (const { concepts } of readContent())
    for (const { exercises } of concepts) for (const one of exercises) if (one.slug === slug) return one;
  throw new Error(`content has no exercise ${slug}`);
}
const TOGETHER = exercise("independent-requests").uuid;
const IDEA = "independent-requests-started-then-awaited";

/** Answers one exercise in a session of its own, through the API. */
async function answer(user: TestUser, activityId: string, given: Answer) {
  const { id } = await insertSession({
    userId: user.id,
    topic: "Waiting",
    track: TRACK,
    lesson: LESSON,
    pending: {
      activityId,
      concept: LESSON,
      review: false,
      hints: 0,
      expected: 0.7,
      reason: { code: "frontier", sentence: "It comes next." },
      shownAt: new Date().toISOString(),
      foreseen: null,
    },
    progress: { answered: 0, passed: 0, hintsUsed: 0, goal: 10, activityId, concept: LESSON },
    traceparent: null,
  });
  return responded(await sessions.respond(user, id, { activityId, answer: given, version: 1 }));
}

const text = (code: string): Answer => ({ kind: "text", text: code });
const believed = async (user: TestUser) =>
  (await readPatterns(user.id)).map(({ pattern, kind, count, good }) => [pattern, kind, count, good]);
const named = async (user: TestUser, pattern: string) => {
  const found = (await readPatterns(user.id)).find((one) => one.pattern === pattern);
  if (!found) throw new Error(`${pattern} is not believed`);
  return found;
};
const remembered = async (user: TestUser, pattern: string) => {
  await drainOutbox();
  await eventually(async () => expect((await believed(user)).map(([name]) => name)).toContain(pattern));
};
/** The same event once more, as a relay that lost an acknowledgement would send it. */
async function sendAgain(responseId: string) {
  await supabase.sql`
    insert into private.outbox (aggregate_type, aggregate_id, name, data)
    select aggregate_type, aggregate_id, name, data from private.outbox
    where data ->> 'responseId' = ${responseId} and name = 'learning/response.graded' limit 1`;
  await drainOutbox();
}

describe("an answer in code", () => {
  test("that passed shows what was written in it well, not what was given", async () => {
    const user = await supabase.asUser();
    const { responseId, validation } = await answer(user, TOGETHER, rightAnswer(TOGETHER));
    expect(validation.passed).toBe(true);
    await remembered(user, "concurrent-awaits");
    const together = await named(user, "concurrent-awaits");
    expect(together).toMatchObject({ kind: "habit", concept: "concurrent-waiting", count: 1, good: 1 });
    expect(together.sightings).toMatchObject([
      { source: "exercise", responseId, repoUrl: null, places: [{ path: "solution.js", line: 2 }] },
    ]);
    // `news.map(…)` stands in the stub.
    expect((await believed(user)).map(([name]) => name)).not.toContain("collection-pipeline");
    const before = await believed(user);
    await sendAgain(responseId);
    const other = await answer(user, TOGETHER, text("export const dashboard = 1;"));
    expect(other.validation.passed).toBe(false);
    await settledRuns(responseId);
    await settledRuns(other.responseId);
    expect(await believed(user)).toEqual(before);
  });

  test("is known by its structure, however its names are called", async () => {
    const user = await supabase.asUser();
    const code = "export async function dashboard(a) {\n  const [u, n] = await Promise.all([a.user(), a.news()]);\n";
    await answer(user, TOGETHER, text(`${code}  return { name: u.name, headlines: n.map((x) => x.title) };\n}\n`));
    await remembered(user, "concurrent-awaits");
    const { idiomsIn } = await import("@/lib/analysis/patterns/idioms");
    const elsewhere = await idiomsIn("TypeScript", "const [one, two] = await Promise.all([api.one(), api.two()]);");
    const prints = elsewhere.map(({ fingerprint }) => fingerprint);
    expect([...(await knownStructures(user.id, prints)).keys()]).toContain("concurrent-awaits");
    expect((await knownStructures((await supabase.asUser()).id, prints)).size).toBe(0);
  });

  test("with a known wrong idea makes an error pattern, counted and told the next time", async () => {
    const user = await supabase.asUser();
    const first = await answer(user, TOGETHER, wrongAnswer(TOGETHER));
    expect(first).toMatchObject({ validation: { passed: false }, remarks: [] });
    await settledRuns(first.responseId);
    expect(await named(user, IDEA)).toMatchObject({ kind: "misconception", count: 1, good: 0 });
    const second = await answer(user, TOGETHER, wrongAnswer(TOGETHER));
    expect(second.remarks).toMatchObject([{ code: "misconception_again", pattern: IDEA, times: 2, place: null }]);
    expect(second.remarks[0]?.sentence).toBe("This is the second time that this idea shows in an answer of yours.");
    await settledRuns(second.responseId);
    expect((await named(user, IDEA)).count).toBe(2);
    // Who says that it was misread is not told of it.
    await correctLearnerPattern(user.id, (await named(user, IDEA)).id, "wrong", "");
    expect((await answer(user, TOGETHER, wrongAnswer(TOGETHER))).remarks).toEqual([]);
  });

  test("that a reviewer lets pass is remembered as one that passed", async () => {
    const [user, reviewer] = [await supabase.asUser(), await supabase.asUser({ roles: ["operator"] })];
    const { responseId } = await answer(user, TOGETHER, wrongAnswer(TOGETHER));
    await remembered(user, IDEA);
    const { id } = await named(user, IDEA);
    expect(id).toBeTruthy();
    await sessions.appeal(user, (await sessionOf(responseId)) ?? "", responseId, { words: "It does the same." });
    await decideAppeal(reviewer.id, responseId, { decision: "upheld", reason: "It does the same." });
    await drainOutbox();
    await eventually(async () => expect((await believed(user)).map(([name]) => name)).not.toContain(IDEA));
    expect((await believed(user)).every(([, kind, count, good]) => kind !== "habit" || count === good)).toBe(true);
  });
});

const sessionOf = async (responseId: string) =>
  (
    await supabase.sql<{ session: string }[]>`
      select session_id as session from public.learning_responses where id = ${responseId}`
  )[0]?.session;

describe("what was deleted", () => {
  test("does not come back from answers given before, looked at by then or not; from a new one it does", async () => {
    const user = await supabase.asUser();
    const first = await answer(user, TOGETHER, rightAnswer(TOGETHER));
    await remembered(user, "concurrent-awaits");
    // Given before the deletion, looked at after it.
    const late = await answer(user, TOGETHER, rightAnswer(TOGETHER));
    await forgetLearnerPattern(user.id, (await named(user, "concurrent-awaits")).id);
    await sendAgain(first.responseId);
    await settledRuns(first.responseId);
    await settledRuns(late.responseId);
    expect((await believed(user)).map(([name]) => name)).not.toContain("concurrent-awaits");
    const next = await answer(user, TOGETHER, rightAnswer(TOGETHER));
    await remembered(user, "concurrent-awaits");
    expect((await named(user, "concurrent-awaits")).sightings.map(({ responseId }) => responseId)).toEqual([
      next.responseId,
    ]);
  });

  test("and was only the learner's own word leaves its mark too", async () => {
    const user = await supabase.asUser();
    const analysisId = await keepAnalysis(supabase, { asker: user, repository: `word-${randomUUID()}` });
    await seen(user, analysisId, "concurrent-awaits");
    const { id } = await named(user, "concurrent-awaits");
    await correctLearnerPattern(user.id, id, "known", "");
    await supabase.sql`delete from public.analyses where id = ${analysisId}`;
    const late = await answer(user, TOGETHER, rightAnswer(TOGETHER));
    await forgetLearnerPattern(user.id, id);
    await settledRuns(late.responseId);
    expect((await believed(user)).map(([name]) => name)).not.toContain("concurrent-awaits");
  });
});

/** Delivers what is due, and waits until the workflow of this answer has come to its end. */
async function settledRuns(responseId: string): Promise<void> {
  await drainOutbox();
  await eventually(async () => {
    const runs = await supabase.sql<{ status: string }[]>`
      select r.status from devstack_inngest.events e left join devstack_inngest.runs r on e.id = any (r.event_ids)
      where e.payload::text like ${`%${responseId}%`}`;
    expect(runs.length).toBeGreaterThan(0);
    expect(runs.every(({ status }) => status === "completed")).toBe(true);
  });
}

async function seen(user: TestUser, analysisId: string, pattern: string, kind: "habit" | "risk" = "habit") {
  await rememberPatterns(
    user.id,
    { kind: "repository", analysisId, repoUrl: "https://github.com/octo/api", commit: "a".repeat(40) },
    [
      {
        pattern,
        kind,
        concept: "concurrent-waiting",
        count: 3,
        good: kind === "habit" ? 3 : 0,
        places: [{ path: "src/load.ts", line: 12, endLine: 14, language: "TypeScript" }],
        fingerprints: [],
      },
    ],
  );
}

/** One session in ten begins with a task from behind the nearest ones, by a die of its own: so it is started anew. */
async function drawnWithin(tries: number, user: TestUser, words: string): Promise<StartedSession> {
  const begun = started(await sessions.start(user, { trackSlug: TRACK, lessonSlug: LESSON }));
  return tries === 1 || begun.content.reason.sentence.includes(words) ? begun : drawnWithin(tries - 1, user, words);
}

describe("memory in a session", () => {
  test("says where the learner has written the idiom of the task; the same answer again is told the same", async () => {
    const user = await supabase.asUser();
    const analysisId = await keepAnalysis(supabase, { asker: user, repository: `own-${randomUUID()}` });
    await seen(user, analysisId, "concurrent-awaits");
    const first = await answer(user, TOGETHER, rightAnswer(TOGETHER));
    expect(first.remarks).toEqual([
      {
        code: "written_before",
        pattern: "concurrent-awaits",
        name: "Waiting for several things together",
        times: 3,
        place: { repoUrl: "https://github.com/octo/api", commit: "a".repeat(40), path: "src/load.ts", line: 12 },
        sentence: "You have written “Waiting for several things together” before: octo/api, src/load.ts, line 12.",
      },
    ]);
    await forgetLearnerPattern(user.id, (await named(user, "concurrent-awaits")).id);
    const again = await sessions.respond(user, first.session.id, {
      activityId: TOGETHER,
      answer: rightAnswer(TOGETHER),
      version: 1,
    });
    expect(responded(again).remarks).toEqual(first.remarks);
    const other = await answer(await supabase.asUser(), TOGETHER, rightAnswer(TOGETHER));
    expect(other.remarks).toEqual([]);
  });

  test("draws a task of its own to whoever wants to learn its idiom, and says so", async () => {
    const user = await supabase.asUser();
    const plain = started(await sessions.start(user, { trackSlug: TRACK, lessonSlug: LESSON }));
    const analysisId = await keepAnalysis(supabase, { asker: user, repository: `want-${randomUUID()}` });
    await seen(user, analysisId, "concurrent-awaits");
    await correctLearnerPattern(user.id, (await named(user, "concurrent-awaits")).id, "want_to_learn", "");
    const drawn = await drawnWithin(20, user, "which you want to learn");
    expect(plain.content.reason.sentence).not.toContain("which you want to learn");
    expect(drawn.content.reason.sentence).toContain("“Waiting for several things together”, which you want to learn.");
    expect(drawn.content.expected).toBeGreaterThan(0.59);
  });
});
