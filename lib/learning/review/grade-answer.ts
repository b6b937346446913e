import "server-only";
import { AppError } from "@/lib/kernel/errors";
import { gradeCriterion } from "@/lib/platform/ai/grade-criterion";
import { modelHosts } from "@/lib/platform/ai/providers";
import { readModelUses } from "@/lib/platform/ai/store";
import type { AnsweredBy } from "@/lib/platform/ai/task";
import type { Json } from "@/lib/platform/supabase/database.types";
import { gradedVerdict, waitingVerdict } from "../bloom/graded-verdict";
import { validationSchema } from "../bloom/schemas";
import type { GraderOutcome } from "../bloom/weigh-criteria";
import { findExercise } from "../content/read-content";
import { openCriteria } from "../content/rules";
import { answerSchema } from "../content/schemas";
import { noteWaitingResponse, readGradable, settleGraded, type GradableResponse } from "../mastery/store";
import { settleAnswer, type Deciding } from "./settle-answer";

/**
 * What became of asking a model about an answer. `person`: it waits for one, because there is no model, its learner does not allow one,
 * or what a model said does not hold. `unavailable`: the same, because none answered now; it is worth asking again later. `decided`: nothing waited (any more). `gone`: there is no such answer.
 */
type GradedAs = "passed" | "not_passed" | "person" | "unavailable" | "decided" | "gone";

type Grader = Extract<AnsweredBy, { kind: "model" }>;

interface Asking {
  readonly now?: Date;
  /** Where no model answers, nobody asks again: the learner is told that a person reads it. */
  readonly last?: boolean;
}

const PARTLY = "A model has judged this line, but not every line, so all of it waits together.";
const AGAIN = "No model answers now: one is asked again later, and a person may be faster.";

/**
 * Has a model look at what no check can tell of an answer, where one is configured and the learner allows it, and settles the answer by
 * the verb that an operator's word goes through ({@link settleAnswer}). Of several open lines all that could decide must be graded:
 * else everything waits for a person. Asked again it changes nothing: what is settled stays, and the same question is not paid for twice.
 * @throws AppError `database_unavailable`, and `conflict` when the learner answers faster than it can be counted: try again
 */
export async function gradeAnswer(
  responseId: string,
  { now = new Date(), last = false }: Asking = {},
): Promise<GradedAs> {
  const given = await readGradable(responseId);
  if (!given) return "gone";
  if (given.standing !== "needs_review") return "decided";
  if (modelHosts().length === 0 || !(await readModelUses(given.userId)).grading) return "person";
  const { grades, by, silent, why } = await gradesFor(given);
  const first = by && decidingBy(given, grades, by);
  if (!first) {
    await noteWaiting(
      given,
      new Map([...grades.map(({ criterion }) => [criterion, PARTLY] as const), ...why]),
      silent && !last,
    );
    return silent ? "unavailable" : "person";
  }
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
  /** For each line without a grade, why. */
  readonly why: ReadonlyMap<string, string>;
}

async function gradesFor({ userId, activityId, answer, validation }: GradableResponse): Promise<Grades> {
  const exercise = findExercise(activityId);
  const words = wordsIn(answer);
  const verdict = validationSchema.loose().safeParse(validation);
  if (!exercise || words === null || !verdict.success) return { grades: [], by: null, silent: false, why: new Map() };
  const waiting = new Set(
    verdict.data.criteria.filter(({ status }) => status === "needs_review").map(({ criterion }) => criterion),
  );
  const grades: GraderOutcome[] = [];
  let grader: Grader | null = null;
  let silent = false;
  const why = new Map<string, string>();
  for (const { id, text, by } of openCriteria(exercise)) {
    if (!waiting.has(id)) continue;
    const { prompt } = exercise;
    const said = await gradeCriterion(userId, { prompt, criterion: text, evidence: by.open.evidence, answer: words });
    if (said.by.kind === "rules" && said.by.because === "unavailable") silent = true;
    if (said.by.kind !== "model" || said.value.status === "needs_review") {
      why.set(id, said.value.because);
      continue;
    }
    const { status, quote, because } = said.value;
    grades.push({ criterion: id, demonstrated: status === "demonstrated", quote, because });
    grader = said.by;
  }
  return { grades, by: grader, silent, why };
}

/** Tells the learner at each open line why the answer still waits, and for whom. What somebody decided meanwhile stays. */
async function noteWaiting(given: GradableResponse, why: ReadonlyMap<string, string>, again: boolean): Promise<void> {
  const known = validationSchema.loose().safeParse(given.validation);
  if (!known.success || why.size === 0) return;
  const told = again ? new Map([...why.keys()].map((line) => [line, AGAIN])) : why;
  const noted = { ...waitingVerdict(known.data, told), waitsFor: again ? "model" : "person" };
  await noteWaitingResponse(given.id, noted as unknown as Json);
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
