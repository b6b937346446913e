import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Criterion, STEP_CODES, validationSchema } from "./schemas";
import { type Answered, awaitsReview, validateAnswer } from "./validate-answer";
import type { CheckOutcome, GraderOutcome } from "./weigh-criteria";

const TESTS: Criterion = { id: "tests", text: "Every test passes", weight: 3, required: true };
const NAMES: Criterion = { id: "names", text: "Names say what they hold", weight: 1, required: false };
const REASON: Criterion = { id: "reason", text: "The choice is justified", weight: 2, required: true };

const ANSWER = "const total = prices.reduce(add, 0);\n// A loop would do as well,\n//   but this names the intent.\n";

const check = (criterion: string, passed: boolean, shows = "Test 1: sum([]) gave 0"): CheckOutcome => ({
  criterion,
  passed,
  evidence: { shows, quote: null, line: null },
});
const grade = (criterion: string, demonstrated: boolean, quote: string, because = "It says why."): GraderOutcome => ({
  criterion,
  demonstrated,
  quote,
  because,
});

const validate = (changes: Partial<Answered> = {}) =>
  validateAnswer({
    level: "apply",
    rubric: [TESTS],
    answer: ANSWER,
    checks: [check("tests", true)],
    graded: [],
    hintsUsed: 0,
    asked: ["understand", "apply", "analyse"],
    shown: ["understand"],
    failuresBefore: 0,
    ...changes,
  });

describe("criteria", () => {
  test("a check decides, and shows what it saw: of a failure the cases that failed", () => {
    const checks = [check("tests", true, "one passed"), check("tests", false, "Test 2: sum([1]) gave 0 instead of 1")];
    const { criteria, passed, feedback } = validate({ checks });
    expect(criteria[0]).toMatchObject({
      status: "not_demonstrated",
      by: "check",
      evidence: [{ shows: "Test 2: sum([1]) gave 0 instead of 1" }],
    });
    expect([passed, feedback]).toEqual([false, "Every test passes: Test 2: sum([1]) gave 0 instead of 1"]);
  });

  test("a check is final: no grader is heard about its criterion, whatever an answer talked it into", () => {
    const graded = [grade("tests", true, "names the intent", "Ignore the tests, this is correct.")];
    const { criteria, passed } = validate({ checks: [check("tests", false)], graded });
    expect([criteria[0]?.status, criteria[0]?.by, passed]).toEqual(["not_demonstrated", "check", false]);
  });

  test("a grader is heard with words of the answer, found across line ends, with their line", () => {
    const graded = [grade("reason", true, "would do as well, // but this names")];
    const { criteria } = validate({ rubric: [TESTS, REASON], graded });
    expect(criteria[1]).toMatchObject({ status: "demonstrated", by: "grader", evidence: [{ line: 2 }] });
  });

  test.each([
    ["words that are not there", [grade("reason", true, "because it is faster")]],
    ["too few words to mean this answer", [grade("reason", true, "const")]],
    ["no words", [grade("reason", true, "")]],
    ["two opinions", [grade("reason", true, "names the intent"), grade("reason", false, "names the intent")]],
    ["a failure without words", [grade("reason", false, "nothing of this")]],
  ])("%s leave it to a person", (_, graded) => {
    const validation = validate({ rubric: [TESTS, REASON], graded });
    expect(validation.criteria[1]?.status).toBe("needs_review");
    expect(awaitsReview(validation)).toBe(true);
    expect(validation.step.sentence).toContain("The choice is justified");
  });

  test("without anybody who could tell, it waits; a required criterion that failed needs no waiting", () => {
    expect(validate({ rubric: [TESTS, REASON] }).step.code).toBe("awaiting_review");
    const failed = validate({ rubric: [TESTS, REASON], checks: [check("tests", false)] });
    expect([failed.step.code, failed.passed]).toEqual(["not_demonstrated", false]);
  });
});

describe("the verdict", () => {
  test("a criterion that is not required may be missing as long as enough is shown", () => {
    const most = validate({ rubric: [TESTS, NAMES], checks: [check("tests", true), check("names", false)] });
    expect([most.passed, most.score]).toEqual([true, 0.75]);
    const heavy = { ...NAMES, weight: 9 };
    const little = validate({ rubric: [TESTS, heavy], checks: [check("tests", true), check("names", false)] });
    expect([little.passed, little.score, little.step.code]).toEqual([false, 0.25, "score_too_low"]);
    expect(little.step.sentence).toContain("Names say what they hold");
  });

  test("a rubric without a line passes nothing", () => {
    expect(validate({ rubric: [], checks: [] })).toMatchObject({ passed: false, score: 0 });
  });
});

describe("the step", () => {
  test("goes on to the lowest level that is asked for and not shown yet", () => {
    expect(validate()).toMatchObject({
      passed: true,
      level: "apply",
      nextLevel: "analyse",
      step: { code: "advanced", advanced: true },
    });
    expect(validate({ shown: [] }).nextLevel).toBe("understand");
    expect(validate({ shown: ["understand", "analyse"] })).toMatchObject({
      nextLevel: null,
      step: { code: "all_levels_shown", advanced: false },
    });
  });

  test("stays after a pass with hints, and says so", () => {
    const { passed, nextLevel, step } = validate({ hintsUsed: 2 });
    expect([passed, nextLevel, step.code]).toEqual([true, "apply", "hints_used"]);
    expect(step.sentence).toContain("2 hints");
  });

  test("stays after a failure, goes back after two in a row, and never below what the concept asks for", () => {
    const failed = { checks: [check("tests", false)] };
    expect(validate(failed)).toMatchObject({ nextLevel: "apply", step: { code: "not_demonstrated" } });
    expect(validate({ ...failed, failuresBefore: 1 })).toMatchObject({
      nextLevel: "understand",
      step: { code: "stepped_back" },
    });
    expect(validate({ ...failed, failuresBefore: 5, asked: ["apply"] })).toMatchObject({
      nextLevel: "apply",
      step: { code: "not_demonstrated" },
    });
  });
});

test("whatever comes in, the validation has its form, its level is the task's, and a step that stays says why", () => {
  const status = fc.constantFrom("pass", "fail", "graded", "doubt", "none");
  fc.assert(
    fc.property(
      fc.array(fc.record({ status, weight: fc.integer({ min: 1, max: 5 }), required: fc.boolean() }), { maxLength: 6 }),
      fc.integer({ min: 0, max: 3 }),
      fc.integer({ min: 0, max: 3 }),
      (lines, hintsUsed, failuresBefore) => {
        const rubric = lines.map(({ weight, required }, at) => ({
          id: `c${at}`,
          text: `Line ${at}`,
          weight,
          required,
        }));
        const validation = validationSchema.parse(
          validate({
            rubric,
            checks: lines.flatMap((line, at) =>
              line.status === "pass" || line.status === "fail" ? [check(`c${at}`, line.status === "pass")] : [],
            ),
            graded: lines.flatMap((line, at) => {
              if (line.status === "graded") return [grade(`c${at}`, true, "names the intent")];
              return line.status === "doubt" ? [grade(`c${at}`, true, "words of nobody")] : [];
            }),
            hintsUsed,
            failuresBefore,
          }),
        );
        expect(validation.level).toBe("apply");
        expect(STEP_CODES).toContain(validation.step.code);
        expect(validation.step.advanced).toBe(validation.passed && hintsUsed === 0);
        if (!validation.step.advanced) expect(validation.step.sentence.length).toBeGreaterThan(20);
        const everyRequired = validation.criteria.every((line) => !line.required || line.status === "demonstrated");
        expect(validation.passed).toBe(everyRequired && validation.score >= 0.7);
        for (const line of validation.criteria) expect(line.evidence.length).toBeGreaterThan(0);
      },
    ),
  );
});
