import { randomUUID } from "node:crypto";
import { describe, expect, test, vi } from "vitest";
import { GET as listSessions } from "@/app/api/v1/learning-sessions/route";
import { DELETE as leave, POST as enrol } from "@/app/api/v1/tracks/[slug]/enrolments/route";
import { replay } from "@/lib/learning/mastery/apply-attempt";
import { readAttempts, readModel } from "@/lib/learning/mastery/store";
import { draftRunSchema, sessionListSchema } from "@/lib/learning/session/schemas";
import { exerciseOf, exerciseShown, rightAnswer, wrongAnswer } from "../../support/learning-answers.ts";
import { withinOneWindow } from "../../support/limit-window.ts";
import { useProductEnv } from "../../support/product-env.ts";
import { useSupabase, type TestUser } from "../../support/supabase.ts";
import { call } from "../accounts/calls.ts";
import { codeTask, hinted, responded, resumed, sessions, started } from "./session-calls.ts";

vi.mock("next/headers", async () => (await import("../accounts/request-scope.ts")).nextHeaders());
vi.mock("next/server", async (original) => (await import("../accounts/request-scope.ts")).nextServer(original));

const supabase = useSupabase();
useProductEnv({ supabase });

const TRACK = "typescript-in-practice";
const LESSON = { trackSlug: TRACK, lessonSlug: "null-safety" };

async function atWork(request: object = LESSON) {
  const user = await supabase.asUser();
  const begun = started(await sessions.start(user, request));
  const { id } = begun.session;
  const row = async () =>
    (await supabase.sql`select * from public.learning_sessions where id = ${id}`)[0] as Record<string, unknown>;
  /** Answers what is shown, rightly or not. */
  const answer = async (right: boolean) => {
    const { session, content } = resumed(await sessions.read(user, id));
    const activityId = content?.activityId ?? "";
    const exercise = await exerciseShown(supabase, activityId);
    const given = right ? rightAnswer(exercise) : wrongAnswer(exercise);
    return responded(await sessions.respond(user, id, { activityId, answer: given, version: session.version }));
  };
  const first = begun.content.activityId;
  return { user, begun, id, first, row, answer };
}

const answersOf = async (id: string) =>
  (await supabase.sql`select id from public.learning_responses where session_id = ${id}`).length;

describe("POST /api/v1/learning-sessions", () => {
  test("starts on the item that the engine chose, without its answer, with what lies round it", async () => {
    const { begun, id, row, user } = await atWork({ trackSlug: TRACK });
    expect(begun.session).toMatchObject({ trackSlug: TRACK, lessonSlug: null, status: "active", version: 1 });
    expect(begun.content.exercise).not.toHaveProperty("answer");
    expect(JSON.stringify(begun.content)).not.toContain(exerciseOf(begun.content.activityId).explanation);
    expect(begun.content.reason.code).toBe("frontier");
    // A new learner begins where nothing else is asked for.
    expect(begun.content.concept.slug).toBe("type-safety");
    expect(begun.nextSteps[0]).toMatchObject({ concept: "type-safety", status: "now" });
    expect(begun.nextSteps.some(({ status }) => status === "locked")).toBe(true);
    expect(begun.relatedTopics.map(({ slug }) => slug)).toContain("type-narrowing");
    expect(begun.estimatedCompletion?.minutes).toBeGreaterThan(0);
    expect(await row()).toMatchObject({ track_slug: TRACK, status: "active" });
    const events = await supabase.sql<{ name: string }[]>`
      select name from private.outbox where aggregate_id = ${id}`;
    expect(events.map(({ name }) => name)).toEqual(["learning/session.started"]);
    const told = await supabase.sql<{ type: string }[]>`
      select payload ->> 'type' as type from realtime.messages where topic = ${`user:${user.id}`}`;
    expect(told.map(({ type }) => type)).toContain("session:started");
  });

  test("finds the lesson of a topic by its slug, its title or a part of it", async () => {
    const user = await supabase.asUser();
    for (const topic of ["null-safety", "Missing values", "missing"])
      expect(started(await sessions.start(user, { topic })).session).toMatchObject({
        trackSlug: TRACK,
        lessonSlug: "null-safety",
        topic: "Missing values",
      });
    expect(started(await sessions.start(user, { topic: TRACK })).session.lessonSlug).toBeNull();
  });

  test.each([
    [{}, 422, "rule_broken"],
    [{ topic: "a", trackSlug: TRACK }, 422, "rule_broken"],
    [{ topic: "quantum gardening" }, 422, "rule_broken"],
    [{ topic: "promises", lessonSlug: "promises" }, 422, "rule_broken"],
    [{ trackSlug: "no-such-track" }, 404, "not_found"],
    [{ trackSlug: TRACK, lessonSlug: "promises" }, 404, "not_found"],
    [{ trackSlug: 7 }, 400, "invalid_request"],
    [{ trackSlug: TRACK, surprise: 1 }, 400, "invalid_request"],
  ])("refuses %j with %i %s", async (json, status, code) => {
    const reply = await sessions.start(await supabase.asUser(), json);
    expect([reply.status, reply.body.code]).toEqual([status, code]);
  });

  test("is for who has signed in, and 100 an hour", async () => {
    expect((await sessions.start(null, LESSON)).status).toBe(401);
    const user = await supabase.asUser();
    await withinOneWindow(3600, 120);
    for (let n = 0; n < 100; n += 1) expect((await sessions.start(user, { trackSlug: "none" })).status).toBe(404);
    const limited = await sessions.start(user, LESSON);
    expect([limited.status, limited.body.code]).toEqual([429, "rate_limited"]);
    expect(Number(limited.headers.get("retry-after"))).toBeGreaterThan(0);
  });
});

describe("POST …/responses", () => {
  test("judges, says why, moves mastery with its reason and goes on to the next item", async () => {
    const { user, id, first, begun } = await atWork();
    const reply = await sessions.respond(user, id, { activityId: first, answer: rightAnswer(first), version: 1 });
    const told = responded(reply);
    expect(told.validation).toMatchObject({ passed: true, score: 1, level: begun.content.exercise.bloom });
    expect(told.validation.criteria.every(({ status, by }) => status === "demonstrated" && by === "check")).toBe(true);
    expect(told.explanation).toBe(exerciseOf(first).explanation);
    expect(told.change).toMatchObject({ concept: "null-safety", reason: { code: "passed" } });
    expect(told.change?.after).toBeGreaterThan(told.change?.before ?? 1);
    expect(told.nextContent?.activityId).not.toBe(first);
    expect(told.progress).toMatchObject({ answered: 1, passed: 1, activityId: told.nextContent?.activityId });
    expect(told.session.version).toBe(2);
    const heard = await supabase.sql<{ type: string; version: number; data: unknown }[]>`
      select payload ->> 'type' as type, (payload ->> 'version')::int as version, payload -> 'data' as data
      from realtime.messages where topic = ${`session:${id}`}`;
    expect(heard).toEqual([{ type: "progress", version: 2, data: told.progress }]);
    const stored = await readModel(user.id);
    expect(stored.state).toEqual(replay(await readAttempts(user.id)));
    expect(stored.state.concepts["null-safety"]?.attempts).toBe(1);
  });

  test("says of a wrong answer what is missing and which idea it comes from, and keeps the solution", async () => {
    const { user, id, first } = await atWork();
    const told = responded(
      await sessions.respond(user, id, { activityId: first, answer: wrongAnswer(first), version: 1 }),
    );
    expect(told.validation.passed).toBe(false);
    expect(told.validation.step.advanced).toBe(false);
    expect(told.validation.step.sentence).toContain("does not go on");
    expect(told.misconception?.feedback).toBe(exerciseOf(first).misconceptions[0]?.feedback);
    expect(told.explanation).toBeNull();
    expect(told.change).toMatchObject({ reason: { code: "failed" } });
  });

  test("the same answer sent again is told the same and counted once", async () => {
    const { user, id, first } = await atWork();
    const json = { activityId: first, answer: rightAnswer(first), version: 1 };
    const [one, two] = await Promise.all([sessions.respond(user, id, json), sessions.respond(user, id, json)]);
    const again = responded(await sessions.respond(user, id, json));
    expect(responded(two).responseId).toBe(responded(one).responseId);
    expect(again).toEqual(responded(one));
    expect(await answersOf(id)).toBe(1);
    expect((await readModel(user.id)).state.attempts).toBe(1);
  });

  test("of two devices that answer one item otherwise, one is told to load again", async () => {
    const { user, id, first } = await atWork();
    const replies = await Promise.all([
      sessions.respond(user, id, { activityId: first, answer: rightAnswer(first), version: 1 }),
      sessions.respond(user, id, { activityId: first, answer: wrongAnswer(first), version: 1 }),
    ]);
    expect(replies.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    expect(await answersOf(id)).toBe(1);
    const other = resumed(await sessions.read(user, id));
    expect([other.session.version, other.answers.length]).toEqual([2, 1]);
    expect(other.content?.activityId).not.toBe(first);
  });

  test("two sessions of one learner are both counted", async () => {
    const { user, id, first } = await atWork();
    const other = started(await sessions.start(user, { topic: "promises" }));
    const activityId = other.content.activityId;
    const [one, two] = await Promise.all([
      sessions.respond(user, id, { activityId: first, answer: rightAnswer(first), version: 1 }),
      sessions.respond(user, other.session.id, { activityId, answer: rightAnswer(activityId), version: 1 }),
    ]);
    expect([one.status, two.status]).toEqual([200, 200]);
    const { state } = await readModel(user.id);
    expect([state.attempts, Object.keys(state.concepts).toSorted()]).toEqual([2, ["null-safety", "promises"]]);
    expect(state).toEqual(replay(await readAttempts(user.id)));
  });

  test("refuses a stale version, another task, another kind of answer, and one that is too large", async () => {
    const { user, id, first, answer } = await atWork();
    const json = { activityId: first, answer: rightAnswer(first), version: 1 };
    const tried = async (change: object) => {
      const reply = await sessions.respond(user, id, { ...json, ...change });
      return [reply.status, reply.body.code];
    };
    const otherKind = exerciseOf(first).kind === "locate" ? { kind: "choice", ids: [] } : { kind: "line", line: 1 };
    expect(await tried({ answer: otherKind })).toEqual([422, "rule_broken"]);
    expect(await tried({ activityId: randomUUID() })).toEqual([409, "conflict"]);
    expect(await tried({ answer: { kind: "text", text: "x".repeat(70_000) } })).toEqual([422, "rule_broken"]);
    expect(await tried({ answer: { kind: "text", text: "x".repeat(1024 * 1024) } })).toEqual([
      413,
      "payload_too_large",
    ]);
    expect(await tried({ answer: { kind: "poem", text: "x" } })).toEqual([400, "invalid_request"]);
    expect(await answersOf(id)).toBe(0);
    await answer(true);
    expect(await tried({ version: 9 })).toEqual([409, "conflict"]);
    expect(await answersOf(id)).toBe(1);
  });

  test("an hour ends the session: what comes later is 410, and the summary is there", async () => {
    const { user, id, answer } = await atWork();
    await answer(true);
    const before = resumed(await sessions.read(user, id));
    await supabase.sql`
      update public.learning_sessions set started_at = started_at - interval '61 minutes' where id = ${id}`;
    const activityId = before.content?.activityId ?? "";
    const late = { activityId, answer: rightAnswer(activityId), version: before.session.version };
    for (const reply of [
      await sessions.respond(user, id, late),
      await sessions.run(user, id, { activityId, answer: late.answer }),
      await sessions.hint(user, id, { activityId, seen: 0 }),
      await sessions.beat(user, id),
    ])
      expect([reply.status, reply.body.code]).toEqual([410, "learning_session_ended"]);
    const after = resumed(await sessions.read(user, id));
    expect(after.session).toMatchObject({ status: "expired", summary: { answered: 1, passed: 1 } });
    expect([after.content, after.answers.length]).toEqual([null, 1]);
  });

  test("ten answers make it whole: it ends with a summary, and the last answer can be asked for again", async () => {
    const { user, id, answer } = await atWork({ trackSlug: TRACK });
    for (let n = 0; n < 9; n += 1) expect((await answer(n % 3 !== 2)).nextContent).not.toBeNull();
    const { session, content } = resumed(await sessions.read(user, id));
    const activityId = content?.activityId ?? "";
    const json = { activityId, answer: rightAnswer(activityId), version: session.version };
    const last = responded(await sessions.respond(user, id, json));
    expect(last.nextContent).toBeNull();
    expect(last.session).toMatchObject({
      status: "completed",
      progress: { answered: 10, activityId: null },
      summary: { answered: 10, hintsUsed: 0, because: "That makes 10 answers: the session is whole." },
    });
    // One in words may be among them: it waits for somebody to look.
    const { passed = 0, awaitingReview = 0 } = last.session.summary ?? {};
    expect([passed + awaitingReview, awaitingReview < 7]).toEqual([7, true]);
    expect(last.session.summary?.concepts[0]).toMatchObject({ statusBefore: "practising", reason: expect.any(String) });
    expect(responded(await sessions.respond(user, id, json))).toEqual(last);
    const told = await supabase.sql<{ type: string }[]>`
      select payload ->> 'type' as type from realtime.messages where topic = ${`session:${id}`}
      order by (payload ->> 'version')::int desc limit 1`;
    expect(told).toEqual([{ type: "session:completed" }]);
  });
});

describe("hints", () => {
  test("come one by one, count once however often they are asked for, and are never the solution", async () => {
    const { user, id, first, begun } = await atWork();
    const one = hinted(await sessions.hint(user, id, { activityId: first, seen: 0 }));
    const again = hinted(await sessions.hint(user, id, { activityId: first, seen: 0 }));
    expect(again).toEqual(one);
    expect(one).toMatchObject({ number: 1, text: exerciseOf(first).hints[0], left: begun.content.hintsLeft - 1 });
    const { content, session } = resumed(await sessions.read(user, id));
    expect([content?.hints, session.version, session.progress.hintsUsed]).toEqual([[one.text], one.version, 1]);
    const told = responded(
      // The device says that it had none: what was given counts.
      await sessions.respond(user, id, {
        activityId: first,
        answer: rightAnswer(first),
        hintsUsed: 0,
        version: one.version,
      }),
    );
    expect([told.validation.step.code, told.change?.reason.code]).toEqual(["hints_used", "passed_with_hints"]);
  });

  test("end, and what is not shown has none", async () => {
    const { user, id, first, begun } = await atWork();
    for (let seen = 0; seen < begun.content.hintsLeft; seen += 1)
      hinted(await sessions.hint(user, id, { activityId: first, seen }));
    const over = await sessions.hint(user, id, { activityId: first, seen: begun.content.hintsLeft });
    expect([over.status, over.body.code]).toEqual([422, "rule_broken"]);
    const other = started(await sessions.start(user, { topic: "sql" })).content.activityId;
    expect((await sessions.hint(user, id, { activityId: other, seen: 0 })).status).toBe(409);
  });
});

describe("running, beating, leaving", () => {
  test("code is run and not graded, and is there on the next device", async () => {
    const { user, id, row } = await atWork();
    const code = await codeTask(supabase.sql, user, id);
    const answer = { kind: "text", text: "console.log(6 * 7);" };
    const ran = await sessions.run(user, id, { activityId: code, answer });
    // What the tests import is not there: they fail, and what is there runs all the same.
    expect(ran.body).toMatchObject({ status: "finished", output: "42\n" });
    const { tests, hiddenTests } = draftRunSchema.parse(ran.body);
    expect([tests.map(({ passed }) => passed), hiddenTests]).toEqual([tests.map(() => false), expect.any(Number)]);
    const right = draftRunSchema.parse(
      (await sessions.run(user, id, { activityId: code, answer: rightAnswer(code) })).body,
    );
    expect(right.tests).toEqual(tests.map(({ name }) => ({ name, passed: true, message: null })));
    expect(right.hiddenTests).toBeGreaterThanOrEqual(right.tests.length);
    const bad = await sessions.run(user, id, { activityId: code, answer: { kind: "text", text: "throw 1" } });
    expect(bad.body).toMatchObject({ status: "failed" });
    const other = resumed(await sessions.read(user, id));
    expect(other.draft).toMatchObject({ activityId: code, answer: { kind: "text", text: "throw 1" } });
    expect(other.metrics).toMatchObject({ engagement: { runs: 3 }, errors: { runErrors: 1, failed: 0 } });
    expect([await answersOf(id), (await row())["version"]]).toEqual([0, "1"]);
  });

  test("a heartbeat keeps the session awake and the draft for the other device", async () => {
    const { user, id, first, row } = await atWork();
    await supabase.sql`
      update public.learning_sessions set seen_at = seen_at - interval '40 seconds' where id = ${id}`;
    const draft = { activityId: first, answer: { kind: "text", text: "half of it" } };
    expect((await sessions.beat(user, id, { draft })).status).toBe(204);
    expect((await sessions.beat(user, id)).status).toBe(204);
    expect(resumed(await sessions.read(user, id)).draft).toMatchObject(draft);
    expect(Number((await row())["active_seconds"])).toBeGreaterThanOrEqual(40);
    await supabase.sql`delete from public.learning_sessions where id = ${id}`;
    expect(await supabase.sql`select 1 from private.states where key = ${id}`).toHaveLength(0);
  });

  test("who goes gets a summary, and going twice changes nothing", async () => {
    const { user, id, answer } = await atWork();
    await answer(false);
    const left = await sessions.end(user, id);
    expect(left.body).toMatchObject({ status: "left", summary: { answered: 1, passed: 0, because: "You ended it." } });
    expect((await sessions.end(user, id)).body).toEqual(left.body);
  });
});

describe("what is another's", () => {
  test("is not there for anybody else, and not for nobody", async () => {
    const { user, id, first, answer } = await atWork();
    const { responseId } = await answer(false);
    const stranger = await supabase.asUser();
    const given = { activityId: first, answer: rightAnswer(first) };
    const calls = (as: TestUser | null) => [
      sessions.read(as, id),
      sessions.respond(as, id, { ...given, version: 2 }),
      sessions.run(as, id, given),
      sessions.hint(as, id, { activityId: first, seen: 0 }),
      sessions.beat(as, id),
      sessions.end(as, id),
      sessions.appeal(as, id, responseId, { words: "It is right." }),
    ];
    for (const reply of await Promise.all(calls(stranger)))
      expect([reply.status, reply.body.code]).toEqual([404, "not_found"]);
    for (const reply of await Promise.all(calls(null))) expect(reply.status).toBe(401);
    const page = await call(listSessions, { path: "/api/v1/learning-sessions", token: stranger.accessToken });
    expect(sessionListSchema.parse(page.body).items).toEqual([]);
    expect(resumed(await sessions.read(user, id)).session.status).toBe("active");
  });
});

describe("tracks", () => {
  test("are enrolled in once, left, and come back to", async () => {
    const user = await supabase.asUser();
    const path = `/api/v1/tracks/${TRACK}/enrolments`;
    const ask = (method: "POST" | "DELETE", slug = TRACK) =>
      call(method === "POST" ? enrol : leave, { method, path, params: { slug }, token: user.accessToken });
    const first = await ask("POST");
    expect([first.status, first.body["trackSlug"]]).toEqual([201, TRACK]);
    expect(await ask("POST")).toMatchObject({ status: 200, body: first.body });
    expect((await ask("DELETE")).status).toBe(204);
    expect((await ask("POST")).status).toBe(200);
    for (const slug of ["no-such-track", "NO/track"]) expect((await ask("POST", slug)).status).toBe(404);
    expect((await call(enrol, { method: "POST", path, params: { slug: TRACK } })).status).toBe(401);
  });

  test("sessions are listed page by page, the newest first", async () => {
    const user = await supabase.asUser();
    const ids: string[] = [];
    for (let n = 0; n < 3; n += 1) ids.unshift(started(await sessions.start(user, LESSON)).session.id);
    const page = async (query: string) =>
      sessionListSchema.parse(
        (await call(listSessions, { path: `/api/v1/learning-sessions${query}`, token: user.accessToken })).body,
      );
    const one = await page("?limit=2");
    const two = await page(`?limit=2&cursor=${one.nextCursor}`);
    expect([...one.items, ...two.items].map(({ id }) => id)).toEqual(ids);
    expect(two.nextCursor).toBeNull();
    const bad = await call(listSessions, {
      path: "/api/v1/learning-sessions?cursor=nonsense",
      token: user.accessToken,
    });
    expect([bad.status, bad.body.code]).toEqual([400, "invalid_request"]);
  });
});
