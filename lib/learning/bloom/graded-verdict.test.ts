import { expect, test } from "vitest";
import { gradedVerdict, waitingVerdict } from "./graded-verdict";
import { validationSchema, type Criterion } from "./schemas";
import { validateAnswer } from "./validate-answer";
import type { GraderOutcome } from "./weigh-criteria";

const CHOICE: Criterion = { id: "choice", text: "Chooses the claim.", weight: 1, required: true };
const WHY: Criterion = { id: "why", text: "Says what ran in between.", weight: 1, required: true };
const MORE: Criterion = { id: "more", text: "Names a remedy.", weight: 1, required: true };
const WORDS = "The second request ran during the await.\nA conditional write ends that.";
const GRADER = "The model m-1";

const verdictOn = (rubric: readonly Criterion[], chosen = true) =>
  validateAnswer({
    level: "evaluate",
    rubric,
    answer: WORDS,
    checks: [{ criterion: "choice", passed: chosen, evidence: { shows: "Chosen: “Claim”.", quote: null, line: null } }],
    graded: [],
    undecided: [{ criterion: "why", shows: "No check can tell this from words, so somebody reads it." }],
    hintsUsed: 0,
    asked: ["evaluate"],
    shown: [],
    failuresBefore: 0,
  });
const grade = (criterion: string, demonstrated: boolean, quote: string): GraderOutcome => ({
  criterion,
  demonstrated,
  quote,
  because: "You name what ran in between.",
});
const graded = (rubric: readonly Criterion[], grades: readonly GraderOutcome[], chosen = true) =>
  gradedVerdict(verdictOn(rubric, chosen), { rubric, words: WORDS, graded: grades, grader: GRADER });

test("a grade with words of the answer settles the line, and says who looked and where", () => {
  const verdict = graded([CHOICE, WHY], [grade("why", true, "ran during the await")]);
  expect(validationSchema.parse(verdict)).toMatchObject({
    passed: true,
    score: 1,
    step: { code: "settled", advanced: false },
  });
  expect(verdict?.criteria).toMatchObject([
    { status: "demonstrated", by: "check", evidence: [{ shows: "Chosen: “Claim”." }] },
    { status: "demonstrated", by: "grader", evidence: [{ quote: "ran during the await", line: 1 }] },
  ]);
  expect(verdict?.criteria[1]?.evidence[0]?.shows).toBe("The model m-1 looked at it: You name what ran in between.");
  expect(verdict?.step.sentence).toContain(GRADER);
});

test("a line that is not shown fails the answer, with the reason why it does not go on", () => {
  const verdict = graded([CHOICE, WHY], [grade("why", false, "ran during the await")]);
  expect([verdict?.passed, verdict?.score]).toEqual([false, 0.5]);
  expect(verdict?.step.sentence).toContain("“Says what ran in between”");
  expect(verdict?.feedback).toContain(GRADER);
});

test.each<[string, readonly Criterion[], readonly GraderOutcome[]]>([
  ["words that do not stand there", [CHOICE, WHY], [grade("why", true, "nothing of the sort")]],
  ["too few words to mean this answer", [CHOICE, WHY], [grade("why", true, "The")]],
  ["no grade", [CHOICE, WHY], []],
  ["a grade of another line", [CHOICE, WHY], [grade("choice", true, "ran during the await")]],
  ["a line that is still open", [CHOICE, WHY, MORE], [grade("why", true, "ran during the await")]],
  ["two opinions", [CHOICE, WHY], [grade("why", true, "during the await"), grade("why", false, "during the await")]],
])("%s leaves it to a person", (_, rubric, grades) => {
  expect(graded(rubric, grades)).toBeNull();
});

test("a check stays final: no grade of its line is heard, whatever it says", () => {
  const failed = graded(
    [CHOICE, WHY],
    [grade("choice", true, "ran during the await"), grade("why", true, "ran during the await")],
    false,
  );
  expect([failed?.passed, failed?.criteria[0]?.status, failed?.criteria[0]?.by]).toEqual([
    false,
    "not_demonstrated",
    "check",
  ]);
});

test("a rubric that is another by now decides nothing", () => {
  const known = verdictOn([CHOICE, WHY]);
  const grades = [grade("why", true, "ran during the await")];
  for (const rubric of [[CHOICE], [CHOICE, MORE], [CHOICE, WHY, MORE]])
    expect(gradedVerdict(known, { rubric, words: WORDS, graded: grades, grader: GRADER })).toBeNull();
});

test("why nothing decided is said at the open lines alone, and decides nothing", () => {
  const known = verdictOn([CHOICE, WHY]);
  const waiting = waitingVerdict(
    known,
    new Map([
      ["why", "No model answered."],
      ["choice", "Nothing of this."],
    ]),
  );
  expect(waiting.criteria[0]).toEqual(known.criteria[0]);
  expect(waiting.criteria[1]).toMatchObject({
    status: "needs_review",
    by: "nobody",
    evidence: [{ shows: "No model answered." }],
  });
  expect({ ...waiting, criteria: [] }).toEqual({ ...known, criteria: [] });
  // It can be graded later all the same.
  const later = { rubric: [CHOICE, WHY], words: WORDS, graded: [grade("why", true, "ran during the await")] };
  expect(gradedVerdict(waiting, { ...later, grader: GRADER })?.passed).toBe(true);
});
