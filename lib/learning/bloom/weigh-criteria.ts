import type { AnswerEvidence, Criterion, CriterionResult } from "./schemas";

/** What a deterministic check found about a criterion: a test that ran, a choice compared, a construct looked for. */
export interface CheckOutcome {
  readonly criterion: string;
  readonly passed: boolean;
  readonly evidence: AnswerEvidence;
}

/** A criterion, or a part of one, that checks cannot decide, and why: what they did find of it is not the whole. */
export interface UndecidedCriterion {
  readonly criterion: string;
  readonly shows: string;
}

/** What a person or a model says about an open criterion, with the words of the answer that it rests on. */
export interface GraderOutcome {
  readonly criterion: string;
  readonly demonstrated: boolean;
  readonly quote: string;
  readonly because: string;
}

/** Shorter than this, a quote can be found in any answer. */
const MIN_QUOTE = 8;
/** No rubric line needs more; a check with a thousand cases names the first that failed. */
const MAX_EVIDENCE = 5;

/**
 * Says for each line of the rubric what the answer shows.
 *
 * Checks are final: where one speaks of the whole criterion, or finds a part of it missing, no grader is heard. A grader is heard for the rest, and only
 * with words that really stand in the answer: what it claims without them is for a person to look at.
 */
export function weighCriteria(
  rubric: readonly Criterion[],
  answer: string,
  checks: readonly CheckOutcome[],
  graded: readonly GraderOutcome[],
  undecided: readonly UndecidedCriterion[] = [],
): CriterionResult[] {
  return rubric.map((criterion): CriterionResult => {
    const known = { criterion: criterion.id, text: criterion.text, required: criterion.required };
    const found = checks.filter((check) => check.criterion === criterion.id);
    const failed = found.filter(({ passed }) => !passed);
    const open = undecided.find((one) => one.criterion === criterion.id);
    if (failed.length > 0 || (found.length > 0 && !open)) {
      return {
        ...known,
        status: failed.length === 0 ? "demonstrated" : "not_demonstrated",
        by: "check",
        evidence: (failed.length === 0 ? found : failed).slice(0, MAX_EVIDENCE).map(({ evidence }) => evidence),
      };
    }
    const said = graded.filter((outcome) => outcome.criterion === criterion.id);
    const [grade] = said;
    if (!grade) {
      return {
        ...known,
        status: "needs_review",
        by: "nobody",
        evidence: [
          { shows: open?.shows ?? "No check can tell, and nobody has looked at it yet.", quote: null, line: null },
        ],
      };
    }
    return { ...known, by: "grader", ...heard(grade, said, answer) };
  });
}

function heard(
  grade: GraderOutcome,
  said: readonly GraderOutcome[],
  answer: string,
): Pick<CriterionResult, "status" | "evidence"> {
  if (said.some(({ demonstrated }) => demonstrated !== grade.demonstrated)) {
    return doubt("Two opinions about it contradict each other.");
  }
  const line = lineOf(grade.quote, answer);
  if (line === null) return doubt("What was said of it rests on words that do not stand in the answer.");
  return {
    status: grade.demonstrated ? "demonstrated" : "not_demonstrated",
    evidence: [
      { shows: grade.because.trim() === "" ? "See the quoted words." : grade.because, quote: grade.quote, line },
    ],
  };
}

function doubt(shows: string): Pick<CriterionResult, "status" | "evidence"> {
  return { status: "needs_review", evidence: [{ shows, quote: null, line: null }] };
}

/** @returns the line of the answer in which the quote begins, white space aside; null when it does not stand there. */
function lineOf(quote: string, answer: string): number | null {
  const sought = quote.replace(/\s+/g, "");
  if (sought.length < MIN_QUOTE) return null;
  let bare = "";
  const places: number[] = [];
  for (let at = 0; at < answer.length; at += 1) {
    const character = answer[at] ?? "";
    if (/\s/.test(character)) continue;
    bare += character;
    places.push(at);
  }
  const found = bare.indexOf(sought);
  return found < 0 ? null : answer.slice(0, places[found]).split("\n").length;
}
