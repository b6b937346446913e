import "server-only";
import { AppError } from "@/lib/kernel/errors";
import { gradeCriterion } from "@/lib/platform/ai/grade-criterion";
import { modelHosts } from "@/lib/platform/ai/providers";
import { readModelUses } from "@/lib/platform/ai/store";
import type { AnsweredBy } from "@/lib/platform/ai/task";
import { gradedVerdict } from "../bloom/graded-verdict";
import { validationSchema } from "../bloom/schemas";
import type { GraderOutcome } from "../bloom/weigh-criteria";
import { findExercise } from "../content/read-content";
import { openCriteria } from "../content/rules";
import { answerSchema } from "../content/schemas";
import { readGradable, settleGraded, type GradableResponse } from "../mastery/store";
import { settleAnswer, type Deciding } from "./settle-answer";

/**
 * What became of asking a model about an answer. `person`: it waits for one, because there is no model, its learner does not allow one,
 * or what a model said does not hold. `unavailable`: the same, because none answered now; it is worth asking again later. `decided`: nothing waited (any more). `gone`: there is no such answer.
 */
type GradedAs = "passed" | "not_passed" | "person" | "unavailable" | "decided" | "gone";

type Grader = Extract<AnsweredBy, { kind: "model" }>;

/**
 * Has a model look at what no check can tell of an answer, where one is configured and the learner allows it, and settles the answer by
 * the verb that an operator's word goes through ({@link settleAnswer}). Of several open lines all that could decide must be graded:
 * else everything waits for a person. Asked again it changes nothing: what is settled stays, and the same question is not paid for twice.
 * @throws AppError `database_unavailable`, and `conflict` when the learner answers faster than it can be counted: try again
 */
export async function gradeAnswer(responseId: string, now = new Date()): Promise<GradedAs> {
  const given = await readGradable(responseId);
  if (!given) return "gone";
  if (given.standing !== "needs_review") return "decided";
  if (modelHosts().length === 0 || !(await readModelUses(given.userId)).grading) return "person";
  const { grades, by, silent } = await gradesFor(given);
  const undecided = silent ? "unavailable" : "person";
  if (!by) return undecided;
  const first = decidingBy(given, grades, by);
  if (!first) return undecided;
  const look = async (): Promise<Deciding | null> => {
    const waiting = await readGradable(responseId);
    return waiting?.standing === "needs_review" ? decidingBy(waiting, grades, by) : null;
  };
  try {
    const changes = await settleAnswer(responseId, now, look, (settlement) =>
      settleGraded(`${by.provider}/${by.model}`, settlement),
    );
    if (!changes) return "decided";
  } catch (error) {
    // Taken back, or deleted, between the question and its answer.
    if (error instanceof AppError && error.code === "forbidden") return "person";
    if (error instanceof AppError && error.code === "not_found") return "gone";
    throw error;
  }
  return first.verdict.passed ? "passed" : "not_passed";
}

interface Grades {
  readonly grades: readonly GraderOutcome[];
  /** Null: no line is open, or a model's word on none of them holds. */
  readonly by: Grader | null;
  /** No model answered about one of the lines. */
  readonly silent: boolean;
}

async function gradesFor({ userId, activityId, answer, validation }: GradableResponse): Promise<Grades> {
  const exercise = findExercise(activityId);
  const words = wordsIn(answer);
  const verdict = validationSchema.loose().safeParse(validation);
  if (!exercise || words === null || !verdict.success) return { grades: [], by: null, silent: false };
  const waiting = new Set(
    verdict.data.criteria.filter(({ status }) => status === "needs_review").map(({ criterion }) => criterion),
  );
  const grades: GraderOutcome[] = [];
  let grader: Grader | null = null;
  let silent = false;
  for (const { id, text, by } of openCriteria(exercise)) {
    if (!waiting.has(id)) continue;
    const { prompt } = exercise;
    const said = await gradeCriterion(userId, { prompt, criterion: text, evidence: by.open.evidence, answer: words });
    if (said.by.kind === "rules" && said.by.because === "unavailable") silent = true;
    if (said.by.kind !== "model" || said.value.status === "needs_review") continue;
    const { status, quote, because } = said.value;
    grades.push({ criterion: id, demonstrated: status === "demonstrated", quote, because });
    grader = said.by;
  }
  return { grades, by: grader, silent };
}

function decidingBy(given: GradableResponse, graded: readonly GraderOutcome[], by: Grader): Deciding | null {
  const exercise = findExercise(given.activityId);
  const words = wordsIn(given.answer);
  const known = validationSchema.loose().safeParse(given.validation);
  if (!exercise || words === null || !known.success) return null;
  const grader = `The model ${by.model}`;
  const verdict = gradedVerdict(known.data, { rubric: exercise.rubric, words, graded, grader });
  return (
    verdict && { userId: given.userId, verdict, words: `${grader}: ${verdict.feedback}`.slice(0, 2_000), by: "model" }
  );
}

/** What the learner said in words: that alone is shown to a model. */
function wordsIn(given: unknown): string | null {
  const answer = answerSchema.safeParse(given);
  return answer.success && answer.data.kind === "argued" ? answer.data.words : null;
}
