import { expect, test, vi } from "vitest";
import { readContent } from "@/lib/learning/content/read-content";
import { replay } from "@/lib/learning/mastery/apply-attempt";
import { readAttempts, readModel } from "@/lib/learning/mastery/store";
import { readAnswer } from "@/lib/learning/session/read-answer";
import { respond } from "@/lib/learning/session/respond";
import { keepCheckpoint } from "@/lib/learning/session/store";
import { exerciseShown, rightAnswer, wrongAnswer } from "../../support/learning-answers.ts";
import { useProductEnv } from "../../support/product-env.ts";
import { useSupabase, type TestUser } from "../../support/supabase.ts";
import { hinted, responded, resumed, sessions, started } from "./session-calls.ts";

vi.mock("next/headers", async () => (await import("../accounts/request-scope.ts")).nextHeaders());
vi.mock("next/server", async (original) => (await import("../accounts/request-scope.ts")).nextServer(original));

const supabase = useSupabase();
useProductEnv({ supabase });

const TRACK = "async-javascript-and-failure";

/** An exercise of the track that is answered in code, whose exemplar has a loop or a variable to ask about. */
function codeExercise(slug: string) {
  for (const { slug: track, concepts } of readContent())
    for (const concept of concepts)
      for (const exercise of concept.exercises)
        if (track === TRACK && exercise.slug === slug) return { concept: concept.slug, exercise };
  throw new Error(`there is no exercise ${slug}`);
}

/** Somebody whose session shows an exercise in code. */
async function atCode(own?: object) {
  const user = await supabase.asUser();
  const { session } = started(await sessions.start(user, { trackSlug: TRACK }));
  const { concept, exercise } = codeExercise("abortable-wait");
  const pending = {
    activityId: exercise.uuid,
    concept,
    review: false,
    hints: 0,
    expected: 0.7,
    reason: { code: "frontier", sentence: "Shown for the test." },
    shownAt: new Date().toISOString(),
    ...(own ? { own } : {}),
  };
  const progress = { ...session.progress, activityId: exercise.uuid, concept };
  await keepCheckpoint(user.id, session.id, session.version, pending as never, progress);
  return { user, id: session.id, exercise, concept };
}

async function answerShown(user: TestUser, id: string, right: boolean) {
  const { session, content } = resumed(await sessions.read(user, id));
  const activityId = content?.activityId ?? "";
  const exercise = await exerciseShown(supabase, activityId);
  const answer = right ? rightAnswer(exercise) : wrongAnswer(exercise);
  const json = { activityId, answer, version: session.version };
  return { exercise, json, told: responded(await sessions.respond(user, id, json)) };
}

test("after code that passed comes a question about it, whose verdict is evidence at the concept", async () => {
  const { user, id, exercise, concept } = await atCode();
  const { told } = await answerShown(user, id, true);
  expect(told.validation.passed).toBe(true);
  const question = told.nextContent;
  expect(question).toMatchObject({
    concept: { slug: concept },
    origin: { kind: "answer", path: null, line: null },
    reason: { code: "own_answer" },
    exercise: { kind: "choice", code: "exemplar" in exercise ? exercise.exemplar : "" },
  });
  expect(question?.exercise.options).toHaveLength(4);
  // Neither the session's row, which its learner may read, nor the page says what is right.
  const { data } = await user.client.from("learning_sessions").select("pending").eq("id", id).single();
  const { exercise: asked, json, told: after } = await answerShown(user, id, true);
  expect(JSON.stringify([question, data])).not.toContain(asked.explanation);
  expect(after).toMatchObject({ standing: "final", validation: { passed: true }, explanation: asked.explanation });
  expect(after.change).toMatchObject({ concept, reason: { code: "passed" } });
  expect(after.nextContent?.origin).toBeNull();
  expect(after.progress.answered).toBe(2);
  // Sent again it is told the same and counted once; the model is the fold of the answers.
  expect(responded(await sessions.respond(user, id, json)).responseId).toBe(after.responseId);
  expect((await readModel(user.id)).state).toEqual(replay(await readAttempts(user.id)));
  // Only one learner has seen it: it moves no difficulty that others meet.
  const shifts = await supabase.sql`select from private.learning_items where item_id = ${asked.uuid}`;
  expect(shifts).toHaveLength(0);
});

test("an answer is one read and one write of the database, and so is one to a question about it", async () => {
  const { user, id } = await atCode();
  const functionsOf = async () => {
    const { session, content } = resumed(await sessions.read(user, id));
    const activityId = content?.activityId ?? "";
    const answer = rightAnswer(await exerciseShown(supabase, activityId));
    const asked = vi.spyOn(globalThis, "fetch");
    await respond(user.id, id, { activityId, answer, version: session.version } as never, null);
    const addresses = asked.mock.calls.map(([to]) => (to instanceof Request ? to.url : String(to)));
    asked.mockRestore();
    return addresses.flatMap((address) => /\/rpc\/(\w+)/.exec(address)?.[1] ?? []);
  };
  for (let answers = 0; answers < 2; answers += 1)
    expect(await functionsOf()).toEqual(["read_answering_turn", "take_learning_answer"]);
});

test("a wrong answer to it says why, because it does not come again, and never counts at the gate", async () => {
  const { user, id, concept } = await atCode();
  await answerShown(user, id, true);
  const { exercise, told } = await answerShown(user, id, false);
  expect(told.validation.passed).toBe(false);
  expect(told.explanation).toBe(exercise.explanation);
  expect(told.change).toMatchObject({ concept, reason: { code: "failed" } });
  expect(told.nextContent?.activityId).not.toBe(exercise.uuid);
  expect(await readAnswer(user.client, user.id, id, told.responseId)).toMatchObject({
    title: "A question about your answer",
    concept: { slug: concept },
    explanation: exercise.explanation,
  });
  const { state } = await readModel(user.id);
  expect(state.concepts[concept]?.passes).not.toContain(exercise.uuid);
});

test("code that did not pass is not asked about, and there are three questions a session", async () => {
  const failed = await atCode();
  expect((await answerShown(failed.user, failed.id, false)).told.nextContent?.origin).toBeNull();
  const often = await atCode({ is: null, items: 0, questions: 3 });
  expect((await answerShown(often.user, often.id, true)).told.nextContent?.origin).toBeNull();
});

test("it has a hint, nothing to run, and is nobody else's", async () => {
  const { user, id } = await atCode();
  const activityId = (await answerShown(user, id, true)).told.nextContent?.activityId ?? "";
  const exercise = await exerciseShown(supabase, activityId);
  expect(hinted(await sessions.hint(user, id, { activityId, seen: 0 }))).toMatchObject({ number: 1, left: 0 });
  const run = await sessions.run(user, id, { activityId, answer: rightAnswer(exercise) });
  expect([run.status, run.body.code]).toEqual([422, "rule_broken"]);
  const stranger = await supabase.asUser();
  expect((await sessions.hint(stranger, id, { activityId, seen: 0 })).status).toBe(404);
  const own = started(await sessions.start(stranger, { trackSlug: TRACK })).session;
  const stolen = { activityId, answer: rightAnswer(exercise), version: own.version };
  expect((await sessions.respond(stranger, own.id, stolen)).status).toBe(409);
});

test("it goes with its session, and a session whose question is gone goes on with another task", async () => {
  const { user, id } = await atCode();
  const { told } = await answerShown(user, id, true);
  const gone = told.nextContent?.activityId ?? "";
  await supabase.sql`delete from private.own_code_questions where id = ${gone}`;
  const json = { activityId: gone, answer: { kind: "choice", ids: ["choice-1"] }, version: told.session.version };
  expect((await sessions.respond(user, id, json)).body.code).toBe("conflict");
  const again = resumed(await sessions.read(user, id));
  expect(again.content?.origin).toBeNull();
  expect(again.content?.activityId).not.toBe(gone);
  expect(again.session.version).toBe(told.session.version + 1);
  const another = await atCode();
  await answerShown(another.user, another.id, true);
  const count = async () =>
    (await supabase.sql`select from private.own_code_questions where session_id = ${another.id}`).length;
  expect(await count()).toBe(1);
  await supabase.sql`delete from public.learning_sessions where id = ${another.id}`;
  expect(await count()).toBe(0);
});
