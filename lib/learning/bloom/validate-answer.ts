import { BLOOM_LEVELS, type BloomLevel, type Criterion, type CriterionResult, type Validation } from "./schemas";
import { type CheckOutcome, type GraderOutcome, weighCriteria } from "./weigh-criteria";

/** The share of the rubric's weight that a passed answer demonstrates. */
const PASS_SCORE = 0.7;
/** So many failures in a row at a level lead to the one below. */
const FAILURES_TO_STEP_BACK = 2;

export interface Answered {
  readonly level: BloomLevel;
  readonly rubric: readonly Criterion[];
  readonly answer: string;
  readonly checks: readonly CheckOutcome[];
  readonly graded: readonly GraderOutcome[];
  readonly hintsUsed: number;
  /** Of the concept: the levels it asks for, those shown before without a hint, and failures in a row at this level. */
  readonly asked: readonly BloomLevel[];
  readonly shown: readonly BloomLevel[];
  readonly failuresBefore: number;
}

/**
 * Passed is an answer that demonstrates each required criterion, and {@link PASS_SCORE} of the rubric's weight. The level
 * stays the task's. The next one is the lowest that the concept asks for and nobody has shown yet, after a pass without a
 * hint; the same after a pass with hints, a failure, or while somebody has to look; the one below after two failures.
 */
export function validateAnswer(answered: Answered): Validation {
  const criteria = weighCriteria(answered.rubric, answered.answer, answered.checks, answered.graded);
  const weight = (status: CriterionResult["status"]) =>
    answered.rubric.reduce((sum, line, index) => (criteria[index]?.status === status ? sum + line.weight : sum), 0);
  const whole = answered.rubric.reduce((sum, line) => sum + line.weight, 0);
  const score = whole === 0 ? 0 : weight("demonstrated") / whole;
  const best = whole === 0 ? 0 : (weight("demonstrated") + weight("needs_review")) / whole;
  const required = criteria.filter((result) => result.required);
  const passed = score >= PASS_SCORE && required.every(({ status }) => status === "demonstrated");
  const open =
    !passed && best >= PASS_SCORE && required.every(({ status }) => status !== "not_demonstrated") && best > score;
  const step = passed ? afterPass(answered) : open ? afterDoubt(answered, criteria) : afterFailure(answered, criteria);
  return {
    passed,
    score,
    level: answered.level,
    nextLevel: step.nextLevel,
    criteria,
    feedback: feedbackOn(criteria, passed),
    step: { code: step.code, advanced: step.code === "advanced", sentence: step.sentence },
  };
}

/** @returns whether the answer waits for somebody to look: it neither passed nor failed, and says nothing of skill yet. */
export function awaitsReview(validation: Pick<Validation, "step">): boolean {
  return validation.step.code === "awaiting_review";
}

interface Step {
  readonly code: Validation["step"]["code"];
  readonly nextLevel: BloomLevel | null;
  readonly sentence: string;
}

function afterPass({ level, asked, shown, hintsUsed }: Answered): Step {
  if (hintsUsed > 0) {
    return {
      code: "hints_used",
      nextLevel: level,
      sentence: `Passed, with ${hintsUsed === 1 ? "one hint" : `${hintsUsed} hints`}: once more at this level without one, and it goes on.`,
    };
  }
  const next = BLOOM_LEVELS.find((one) => asked.includes(one) && one !== level && !shown.includes(one));
  return next === undefined
    ? { code: "all_levels_shown", nextLevel: null, sentence: "Each level that this concept asks for has been shown." }
    : { code: "advanced", nextLevel: next, sentence: `Passed without a hint: on to "${next}".` };
}

function afterDoubt({ level }: Answered, criteria: readonly CriterionResult[]): Step {
  const waiting = criteria.filter(({ status }) => status === "needs_review");
  return {
    code: "awaiting_review",
    nextLevel: level,
    sentence: `It does not go on yet, because somebody has to look at ${named(waiting)}. Nothing counts against you meanwhile.`,
  };
}

function afterFailure({ level, asked, failuresBefore }: Answered, criteria: readonly CriterionResult[]): Step {
  const missing = criteria.filter(({ status, required }) => status === "not_demonstrated" && required);
  const lacking = missing.length > 0 ? missing : criteria.filter(({ status }) => status === "not_demonstrated");
  const why =
    missing.length > 0
      ? `it has to show ${named(missing)}, and did not`
      : `less than ${Math.round(PASS_SCORE * 100)} % of what is asked for was shown; missing is ${named(lacking)}`;
  const lower = BLOOM_LEVELS.slice(0, BLOOM_LEVELS.indexOf(level)).findLast((one) => asked.includes(one));
  if (failuresBefore + 1 >= FAILURES_TO_STEP_BACK && lower !== undefined) {
    return {
      code: "stepped_back",
      nextLevel: lower,
      sentence: `It does not go on: ${why}. After ${failuresBefore + 1} tries the next task is one of "${lower}", from where this one is nearer.`,
    };
  }
  return {
    code: missing.length > 0 ? "not_demonstrated" : "score_too_low",
    nextLevel: level,
    sentence: `It does not go on: ${why}.`,
  };
}

function named(criteria: readonly CriterionResult[]): string {
  const [first, second] = criteria;
  if (!first) return "what is left";
  const more = criteria.length - 2;
  const quoted = ({ text }: CriterionResult) => `“${headOf(text)}”`;
  return [quoted(first), ...(second ? [quoted(second)] : []), ...(more > 0 ? [`${more} more`] : [])].join(", ");
}

/** A criterion as the head of a sentence: without its full stop. */
const headOf = (text: string): string => text.replace(/\.$/, "");

function feedbackOn(criteria: readonly CriterionResult[], passed: boolean): string {
  const lacking = criteria.find(({ status }) => status === "not_demonstrated");
  if (lacking) return `${headOf(lacking.text)}: ${lacking.evidence[0]?.shows ?? "it was not found in the answer."}`;
  const waiting = criteria.find(({ status }) => status === "needs_review");
  if (waiting) return `${headOf(waiting.text)}: ${waiting.evidence[0]?.shows ?? "somebody has to look at it."}`;
  return passed ? "Everything that was asked for is there." : "There is nothing in the rubric that could be shown.";
}
