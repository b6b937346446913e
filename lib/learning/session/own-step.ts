import "server-only";
import type { OwnCodeQuestion } from "../bloom/schemas";
import type { Answer, Exercise } from "../content/schemas";
import { chooseOwn, OWN_ITEMS, OWN_QUESTIONS } from "../own-code/choose-own";
import { questionFor } from "../own-code/make-question";
import type { OwnChoice } from "../own-code/store";
import type { LearnerState } from "../mastery/schemas";
import { chanceToPass, authoredDifficulty } from "../mastery/predictor";
import type { AnyActivity } from "./activity";
import { activityOf, guessOf } from "./path";
import type { Pending } from "./schemas";

interface Passed {
  readonly responseId: string;
  readonly activity: AnyActivity;
  readonly answer: Answer;
  readonly questions: readonly OwnCodeQuestion[];
  readonly shown: Pending;
  readonly learner: LearnerState;
  readonly now: Date;
}

/**
 * After an exercise of the content was passed with code of the learner's own: a question about that code for the session to
 * show next, to be kept with the answer. At most {@link OWN_QUESTIONS} a session.
 * @returns null where nothing can be asked
 */
export function askAboutAnswer(passed: Passed): { readonly question: Exercise; readonly shown: Pending } | null {
  const { responseId, activity, answer, questions, shown, learner, now } = passed;
  const { concept, exercise, origin } = activity;
  const isCode = exercise.kind === "fix" || exercise.kind === "write" || exercise.kind === "refactor";
  if (!isCode || origin !== null || answer.kind !== "text" || shown.own.questions >= OWN_QUESTIONS) return null;
  const question = questionFor(responseId, { exercise, concept: concept.slug, text: answer.text }, questions);
  if (!question) return null;
  const skill = learner.ability + (learner.concepts[concept.slug]?.offset ?? 0);
  const next: Pending = {
    activityId: question.uuid,
    concept: concept.slug,
    review: false,
    hints: 0,
    expected: chanceToPass(skill, {
      difficulty: authoredDifficulty(question.difficulty),
      guess: guessOf(question),
    }),
    reason: { code: "own_answer", sentence: "You have just passed with this code of yours: one question about it." },
    shownAt: now.toISOString(),
    foreseen: null,
    own: { ...shown.own, is: "question", questions: shown.own.questions + 1 },
    waiting: shown.waiting,
  };
  return { question, shown: next };
}

/**
 * Shows an exercise of the learner's own code instead of the one that was chosen, where one fits (`chooseOwn`): at most
 * {@link OWN_ITEMS} a session, and never two in a row.
 */
export function withOwnCode(
  next: Pending,
  shown: Pending,
  learner: LearnerState,
  candidates: readonly OwnChoice[],
): Pending {
  const kept = { ...next, own: { ...shown.own, is: null } };
  if (shown.own.items >= OWN_ITEMS || shown.own.is === "item") return kept;
  const { bloom } = activityOf(next.activityId).exercise;
  const found = chooseOwn(learner, { concept: next.concept, bloom, review: next.review }, candidates);
  if (!found) return kept;
  const { own, expected } = found;
  return {
    ...kept,
    activityId: own.id,
    expected,
    reason: {
      code: "own_code",
      sentence: `${next.reason.code === "lapsed" ? "Its last review was not passed" : "The next concept on your path"}, and this function of yours shows it: ${own.path}, line ${own.line}. The chance that you pass is put at ${Math.round(expected * 100)} %.`,
    },
    foreseen: null,
    own: { is: "item", items: shown.own.items + 1, questions: shown.own.questions },
  };
}
