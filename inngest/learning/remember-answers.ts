import { beyond, idiomsIn } from "@/lib/analysis/patterns/idioms";
import { AppError } from "@/lib/kernel/errors";
import { findExercise } from "@/lib/learning/content/read-content";
import { LEARNING_EVENTS } from "@/lib/learning/events";
import { codeOf, evidenceOfAnswer } from "@/lib/learning/patterns/answer-evidence";
import { idiomsOfTask, recallAnew } from "@/lib/learning/patterns/recall";
import { readAnswer, rememberPatterns } from "@/lib/learning/patterns/store";
import { inngest } from "../client";

/**
 * `learning/response.graded` → what the answer shows of its learner's patterns, found by the rules that repositories are read
 * with. The same answer again replaces what it said before, and so does a reviewer's word on it.
 */
export const rememberAnswersFunction = inngest.createFunction(
  {
    id: "remember-answers",
    name: "Remember the patterns of an answer",
    triggers: [{ event: "learning/response.graded" }, { event: "learning/response.settled" }],
    retries: 4,
    concurrency: [{ limit: 4 }],
  },
  async ({ event, step }) => {
    const { responseId } = LEARNING_EVENTS["learning/response.graded"].pick({ responseId: true }).parse(event.data);
    const remembered = await step.run("remember", () => rememberAnswer(responseId));
    return { responseId, remembered };
  },
);

/** @returns how many patterns it spoke of: none while a review is awaited, or when the answer or its exercise is gone */
async function rememberAnswer(responseId: string): Promise<number> {
  const given = await readAnswer(responseId);
  const exercise = given && findExercise(given.activityId);
  if (!given?.answer || !exercise || given.standing === "needs_review") return 0;
  const { userId, answer, passed } = given;
  const code = codeOf(exercise, answer);
  const written = code
    ? beyond(await idiomsIn(code.language, code.text), await idiomsIn(code.language, code.given))
    : [];
  const asked = new Set(
    idiomsOfTask(exercise.uuid).flatMap(({ pattern, role }) => (role === "write" ? [pattern] : [])),
  );
  const shown = evidenceOfAnswer({ exercise, answer, passed, language: code?.language ?? "", written, asked });
  try {
    const remembered = await rememberPatterns(userId, { kind: "exercise", responseId }, shown);
    await recallAnew(userId);
    return remembered;
  } catch (error) {
    if (error instanceof AppError && error.code === "not_found") return 0;
    throw error;
  }
}
