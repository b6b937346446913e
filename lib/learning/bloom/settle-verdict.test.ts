import { expect, test } from "vitest";
import { validationSchema } from "./schemas";
import { settledVerdict } from "./settle-verdict";
import { validateAnswer } from "./validate-answer";

const line = (id: string) => ({ id, text: `It shows ${id}`, weight: 1, required: true });
const verdict = validateAnswer({
  level: "apply",
  rubric: [line("met"), line("missed"), line("open")],
  answer: "",
  checks: ["met", "missed"].map((criterion) => ({
    criterion,
    passed: criterion === "met",
    evidence: { shows: criterion, quote: null, line: null },
  })),
  graded: [],
  hintsUsed: 0,
  asked: ["apply"],
  shown: [],
  failuresBefore: 0,
});
const statuses = ({ criteria }: typeof verdict) => criteria.map(({ status, by }) => `${status} by ${by}`);

test("an upheld appeal demonstrates what was missing and what was open, by the reviewer's word", () => {
  const settled = settledVerdict(verdict, true, "The test was wrong.");
  expect(statuses(settled)).toEqual(["demonstrated by check", "demonstrated by grader", "demonstrated by grader"]);
  expect([settled.passed, settled.score, settled.level, settled.feedback]).toEqual([
    true,
    1,
    "apply",
    "The test was wrong.",
  ]);
  expect(validationSchema.parse(settled)).toEqual(settled);
});

test("a dismissed one leaves what checks found, and closes what was open", () => {
  const settled = settledVerdict(verdict, false, "It is not there.");
  expect(statuses(settled)).toEqual([
    "demonstrated by check",
    "not_demonstrated by check",
    "not_demonstrated by grader",
  ]);
  expect([settled.passed, settled.score]).toEqual([false, verdict.score]);
});

test("what else is kept with a verdict stays with it", () => {
  expect(settledVerdict({ ...verdict, told: { run: null } }, true, "Yes.").told).toEqual({ run: null });
});
