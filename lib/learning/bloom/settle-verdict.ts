import type { CriterionResult, Validation } from "./schemas";

/**
 * A verdict as it reads once a reviewer has looked at the answer: with an upheld appeal everything that was missing or open is
 * demonstrated, by the reviewer's word; with a dismissed one what was open is not. What a check had found stays as it was found.
 */
export function settledVerdict<Known extends Validation>(verdict: Known, upheld: boolean, reason: string): Known {
  const said: Pick<CriterionResult, "status" | "by" | "evidence"> = {
    status: upheld ? "demonstrated" : "not_demonstrated",
    by: "grader",
    evidence: [{ shows: `A reviewer looked at it: ${reason}`, quote: null, line: null }],
  };
  const criteria = verdict.criteria.map((line): CriterionResult => {
    const decided = upheld ? line.status !== "demonstrated" : line.status === "needs_review";
    return decided ? { ...line, ...said } : line;
  });
  const sentence = upheld
    ? "A reviewer looked at this answer, and it passed after all; what came since was counted anew."
    : "A reviewer looked at this answer, and it has not passed.";
  return {
    ...verdict,
    passed: upheld,
    score: upheld ? 1 : verdict.score,
    criteria,
    feedback: reason,
    step: { code: "settled", advanced: false, sentence },
  };
}
