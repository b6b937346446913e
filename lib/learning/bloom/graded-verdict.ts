import type { Criterion, Validation } from "./schemas";
import { awaitsReview, validateAnswer } from "./validate-answer";
import type { CheckOutcome, GraderOutcome } from "./weigh-criteria";

interface GradedAnswer {
  readonly rubric: readonly Criterion[];
  /** The words that a grade may quote. */
  readonly words: string;
  readonly graded: readonly GraderOutcome[];
  /** Who graded, as the learner reads it: "claude-haiku-4-5 (Anthropic)". */
  readonly grader: string;
}

/**
 * A verdict as it reads once a model has graded the lines that were open. It is weighed as the answer was: what a check found stays
 * as it was found, and a grade counts with words of the answer alone.
 * @returns null while something that could decide it is still open, or when the rubric is not the one of the verdict any more
 */
export function gradedVerdict<Known extends Validation>(
  verdict: Known,
  { rubric, words, graded, grader }: GradedAnswer,
): Known | null {
  const lines = new Map(verdict.criteria.map((line) => [line.criterion, line]));
  if (rubric.length !== lines.size || rubric.some(({ id }) => !lines.has(id))) return null;
  const open = verdict.criteria.filter(({ status }) => status === "needs_review");
  const checks = verdict.criteria.flatMap(({ criterion, status, evidence }): CheckOutcome[] =>
    status === "needs_review"
      ? []
      : evidence.map((one) => ({ criterion, passed: status === "demonstrated", evidence: one })),
  );
  const weighed = validateAnswer({
    level: verdict.level,
    rubric,
    answer: words,
    checks,
    graded: graded.map((grade) => ({ ...grade, because: `${grader} looked at it: ${grade.because}` })),
    // Where a check spoke of a part, the grade is heard about the rest.
    undecided: open.map(({ criterion, evidence }) => ({ criterion, shows: evidence[0]?.shows ?? "" })),
    // Of the next step nothing is said here: the session has gone on long since.
    hintsUsed: 0,
    asked: [],
    shown: [],
    failuresBefore: 0,
  });
  if (awaitsReview(weighed)) return null;
  const { passed, score, criteria, feedback, step } = weighed;
  return {
    ...verdict,
    passed,
    score,
    criteria,
    feedback,
    step: {
      code: "settled",
      advanced: false,
      sentence: passed
        ? `${grader} looked at what no check can tell, and this answer passed; what came since was counted anew.`
        : `${grader} looked at what no check can tell. ${step.sentence}`,
    },
  };
}

/** A verdict that still waits, with the reason why nothing decided it at each open line that has one. */
export function waitingVerdict<Known extends Validation>(verdict: Known, why: ReadonlyMap<string, string>): Known {
  return {
    ...verdict,
    criteria: verdict.criteria.map((line) => {
      const shows = line.status === "needs_review" ? why.get(line.criterion) : undefined;
      return shows === undefined ? line : { ...line, evidence: [{ shows, quote: null, line: null }] };
    }),
  };
}
