import { expect, test } from "vitest";
import { appeal, APPEAL_WORDS_MAX, STANDINGS, VERDICT_STEPS } from "./rules";

test("a failed answer is marked for review by an appeal, once", () => {
  expect(appeal({ standing: "final", passed: false }, " It is right: see line 2. ")).toEqual({
    ok: true,
    standing: "appealed",
  });
  for (const standing of STANDINGS.filter((one) => one !== "final")) {
    expect(appeal({ standing, passed: false }, "Again.")).toMatchObject({ ok: false, code: "conflict" });
  }
});

test("what passed needs no appeal, and an appeal needs words", () => {
  expect(appeal({ standing: "final", passed: true }, "Thanks.")).toMatchObject({ ok: false, code: "conflict" });
  for (const words of ["", "  \n", "x".repeat(APPEAL_WORDS_MAX + 1)]) {
    expect(appeal({ standing: "final", passed: false }, words)).toMatchObject({ ok: false, code: "rule_broken" });
  }
});

test("nothing leads on from a reviewer's word", () => {
  expect([VERDICT_STEPS.upheld, VERDICT_STEPS.overturned]).toEqual([[], []]);
});
