import { describe, expect, test, vi } from "vitest";
import { openCriteria } from "@/lib/learning/content/rules";
import { replay } from "@/lib/learning/mastery/apply-attempt";
import { readAttempts, readModel, settleGraded } from "@/lib/learning/mastery/store";
import { decideAppeal } from "@/lib/learning/review/decide-appeal";
import { gradeAnswer } from "@/lib/learning/review/grade-answer";
import { readAnswer } from "@/lib/learning/session/read-answer";
import { exerciseOf, exerciseShown, rightAnswer, wrongAnswer } from "../../support/learning-answers.ts";
import { elements, useModels } from "../../support/models.ts";
import { useSupabase } from "../../support/supabase.ts";
import { refusal } from "./learner.ts";
import { argued, LESSON, NAMES, QUOTE, SEAT, TRACK, useOpenAnswers } from "./open-answers.ts";
import { responded, resumed, sessions, started } from "./session-calls.ts";

vi.mock("next/headers", async () => (await import("../accounts/request-scope.ts")).nextHeaders());
vi.mock("next/server", async (original) => (await import("../accounts/request-scope.ts")).nextServer(original));

const supabase = useSupabase();
const models = await useModels(supabase);
const { claude, other, changed } = models;
const { answered, says, kept, notices, settledMessages } = useOpenAnswers(supabase, models);

describe("the answer itself", () => {
  test("waits at once with what checks found, counts nothing, and no model is asked for it", async () => {
    const { learner, told, session } = await answered();
    expect(told).toMatchObject({
      standing: "needs_review",
      change: null,
      validation: { passed: false, step: { code: "awaiting_review" } },
    });
    expect(told.validation.criteria.map(({ criterion, status, by }) => [criterion, status, by])).toEqual([
      ["decides", "demonstrated", "check"],
      ["between", "needs_review", "nobody"],
    ]);
    expect(told.nextContent).not.toBeNull();
    expect([claude.calls, other.calls]).toEqual([[], []]);
    expect((await readModel(learner.id)).state.attempts).toBe(0);
    expect(resumed(await sessions.read(learner, session)).answers[0]?.standing).toBe("needs_review");
  });

  test("is not asked for again in the next session while it waits", async () => {
    const { learner, session } = await answered();
    await sessions.end(learner, session);
    const asked: string[] = [];
    const { session: next } = started(await sessions.start(learner, { trackSlug: TRACK, lessonSlug: LESSON }));
    for (let { session: now, content } = resumed(await sessions.read(learner, next.id)); content && asked.length < 4;) {
      asked.push(content.activityId);
      const given = rightAnswer(await exerciseShown(supabase, content.activityId));
      // With a hint nothing is mastered, so that the lesson stays open.
      const json = { activityId: content.activityId, answer: given, hintsUsed: 1, version: now.version };
      responded(await sessions.respond(learner, next.id, json));
      ({ session: now, content } = resumed(await sessions.read(learner, next.id)));
    }
    expect(asked.length).toBeGreaterThan(1);
    expect(asked).not.toContain(SEAT);
  });

  test("fails at once by what a check can tell: nobody is asked about the rest", async () => {
    for (const given of [wrongAnswer(SEAT), argued("Because."), argued("")]) {
      const { told, id } = await answered(given);
      expect([told.standing, told.validation.passed]).toEqual(["final", false]);
      expect(await gradeAnswer(id)).toBe("decided");
    }
    expect(claude.calls).toEqual([]);
  });
});

describe("a model that the learner allows", () => {
  test("settles it with words of the answer: verdict, model, reason, notice, message and record, once", async () => {
    const { learner, session, id } = await answered();
    says(true, [QUOTE]);
    expect(await gradeAnswer(id)).toBe("passed");
    const { standing, passed, validation } = await kept(id);
    expect([standing, passed, validation.passed, validation.score, validation.step.code]).toEqual([
      "final",
      true,
      true,
      1,
      "settled",
    ]);
    expect(validation.criteria[0]).toMatchObject({ status: "demonstrated", by: "check" });
    expect(validation.criteria[1]).toMatchObject({
      status: "demonstrated",
      by: "grader",
      evidence: [{ quote: QUOTE, line: 1 }],
    });
    expect(validation.criteria[1]?.evidence[0]?.shows).toContain("The model claude-haiku-5-5 looked at it");

    const { state: believed } = await readModel(learner.id);
    expect(believed).toEqual(replay(await readAttempts(learner.id)));
    expect(believed.attempts).toBe(1);
    const { data: reasons } = await learner.client.from("mastery_changes").select("concept, reason_code, reason");
    expect(reasons).toMatchObject([{ concept: LESSON, reason_code: "counted_anew" }]);
    expect(reasons?.[0]?.reason).toContain("A model found");
    expect(await notices(learner)).toMatchObject([
      { title: "Your answer was graded, and passed", href: `/learn/sessions/${session}?answer=${id}` },
    ]);
    expect(await settledMessages(session)).toEqual([{ data: { responseId: id, passed: true } }]);
    const audit = await supabase.sql<{ actor_id: string | null; detail: Record<string, unknown> }[]>`
      select actor_id, detail from private.account_audit where user_id = ${learner.id} and action = 'answer_graded'`;
    expect(audit).toMatchObject([
      {
        actor_id: null,
        detail: { responseId: id, grader: "anthropic/claude-haiku-5-5", before: "needs_review", passed: true },
      },
    ]);

    const calls = claude.calls.length;
    expect(await gradeAnswer(id)).toBe("decided");
    expect([claude.calls.length, (await settledMessages(session)).length, (await notices(learner))?.length]).toEqual([
      calls,
      1,
      1,
    ]);
    expect((await readModel(learner.id)).state).toEqual(believed);
  });

  test("is told question, criterion, evidence and words alone, fenced as data", async () => {
    const { learner, id } = await answered();
    says(true, [QUOTE]);
    await gradeAnswer(id);
    const sent = JSON.stringify(claude.calls[0]?.body);
    for (const { text, by } of openCriteria(exerciseOf(SEAT)))
      for (const words of [text, by.open.evidence]) expect(sent).toContain(JSON.stringify(words).slice(1, -1));
    for (const secret of [learner.id, learner.email, exerciseOf(SEAT).explanation.slice(0, 40)])
      expect(sent).not.toContain(secret);
    expect(sent).toMatch(/<<<answer [A-Za-z0-9]+/);
  });

  test("may say that it is not shown: the learner is told why, and may appeal to a person, whose word stays", async () => {
    const { learner, session, id } = await answered();
    says(false, [QUOTE], "The second request ran, but you do not name the await during which it did.");
    expect(await gradeAnswer(id)).toBe("not_passed");
    expect(await kept(id)).toMatchObject({
      standing: "final",
      passed: false,
      validation: { step: { code: "settled" } },
    });
    const told = await readAnswer(learner.client, learner.id, session, id);
    expect(told.validation.step.sentence).toContain("“Says that the second request ran while the first one waited”");
    expect([told.grader, told.change?.reason.code, told.explanation]).toEqual([null, "counted_anew", null]);

    expect((await sessions.appeal(learner, session, id, { words: "I say it in the first line." })).status).toBe(202);
    const operator = await supabase.asUser({ roles: ["operator"] });
    await decideAppeal(operator.id, id, { decision: "upheld", reason: "So it does." });
    expect(await kept(id)).toMatchObject({ standing: "overturned", passed: true });
    expect((await readModel(learner.id)).state).toEqual(replay(await readAttempts(learner.id)));
    expect(await settledMessages(session)).toHaveLength(2);
    expect(await gradeAnswer(id)).toBe("decided");
  });

  test("counts the answer at its place, also when another was given meanwhile", async () => {
    const { learner, session, id } = await answered();
    const { session: now, content } = resumed(await sessions.read(learner, session));
    const next = content?.activityId ?? "";
    responded(
      await sessions.respond(learner, session, { activityId: next, answer: rightAnswer(next), version: now.version }),
    );
    says(true, [QUOTE]);
    expect(await gradeAnswer(id)).toBe("passed");
    const attempts = await readAttempts(learner.id);
    expect(attempts[0]?.id).toBe(id);
    expect((await readModel(learner.id)).state).toEqual(replay(attempts));
  });

  test("leaves all to a person where one of two open lines is not graded", async () => {
    const given = argued(
      "There are endlessly many spellings that attackers find.\nI would accept only lower-case letters.",
      null,
    );
    const { id } = await answered(given, { activityId: NAMES });
    changed({ AI_OPENAI_API_KEY: undefined });
    const because = "You say that the spellings of a list are endless.";
    claude.says((call) =>
      JSON.stringify(call.body).includes("cannot be complete")
        ? elements([{ demonstrated: true, quotes: ["endlessly many spellings"], because }])
        : elements([{ demonstrated: true, quotes: ["nothing that stands there"], because }]),
    );
    expect(await gradeAnswer(id)).toBe("person");
    expect((await kept(id)).standing).toBe("needs_review");
    expect(claude.calls).toHaveLength(2);
  });
});

test("a person who was faster stays right: what a model says then is not written", async () => {
  const { learner, id } = await answered();
  const operator = await supabase.asUser({ roles: ["operator"] });
  await decideAppeal(operator.id, id, { decision: "dismissed", reason: "It does not say when." });
  const model = await readModel(learner.id);
  const settlement = { responseId: id, passed: true, words: "So.", validation: { passed: true }, model, changes: [] };
  expect(await refusal(settleGraded("anthropic/m", settlement))).toBe("conflict");
  expect(await kept(id)).toMatchObject({ standing: "upheld", passed: false });
  expect(await gradeAnswer(id)).toBe("decided");
});

test("an answer that is gone with its account is nobody's to grade", async () => {
  const { learner, id } = await answered();
  await supabase.sql`delete from auth.users where id = ${learner.id}`;
  expect(await gradeAnswer(id)).toBe("gone");
});
