import { describe, expect, test } from "vitest";
import { remarksOn } from "./remarks";
import type { PatternCorrection, TaskIdiom } from "./schemas";

const PLACE = { repoUrl: "https://github.com/octo/api.git", commit: "a".repeat(40), path: "src/a.ts", line: 7 };
const known = (
  pattern: string,
  good: number,
  missed: number,
  changes: { correction?: PatternCorrection; place?: typeof PLACE | null } = {},
) => ({ pattern, good, missed, correction: null, place: PLACE, ...changes });
const idiom = (pattern: string, role: TaskIdiom["role"] = "write"): TaskIdiom => ({ pattern, name: pattern, role });
const IDEA = { pattern: "a-wrong-idea", belief: "It waits." };

describe("a wrong idea", () => {
  test("is spoken of from the second time on, with the count", () => {
    const of = (missed: number) =>
      remarksOn({ idioms: [], misconception: IDEA, known: missed === 0 ? [] : [known("a-wrong-idea", 0, missed)] });
    expect(of(0)).toEqual([]);
    expect(of(2)).toMatchObject([{ code: "misconception_again", name: "It waits.", times: 3 }]);
    expect(of(2)[0]?.sentence).toContain("the third time");
    expect(of(11)[0]?.sentence).toContain("the 12th time");
  });

  test("is not spoken of to whoever said that it was misread", () => {
    const misread = known("a-wrong-idea", 0, 2, { correction: "wrong" });
    expect(remarksOn({ idioms: [], misconception: IDEA, known: [misread] })).toEqual([]);
  });
});

describe("an idiom of the task", () => {
  test("is told with the place where the learner wrote it", () => {
    expect(remarksOn({ idioms: [idiom("finally")], misconception: null, known: [known("finally", 4, 0)] })).toEqual([
      {
        code: "written_before",
        pattern: "finally",
        name: "finally",
        times: 4,
        place: PLACE,
        sentence: "You have written “finally” before: octo/api, src/a.ts, line 7.",
      },
    ]);
  });

  test("that is mended is told where it stands", () => {
    const told = remarksOn({
      idioms: [idiom("foreach-async", "mend")],
      misconception: null,
      known: [known("foreach-async", 0, 2)],
    });
    expect(told).toMatchObject([{ code: "risk_in_your_code", times: 2 }]);
  });

  test("that was seen in no repository, never well, or in code of others is not", () => {
    const told = (one: ReturnType<typeof known>) =>
      remarksOn({ idioms: [idiom("finally")], misconception: null, known: [one] });
    expect(told(known("finally", 4, 0, { place: null }))).toEqual([]);
    expect(told(known("finally", 0, 2))).toEqual([]);
    expect(told(known("finally", 4, 0, { correction: "not_mine" }))).toEqual([]);
  });
});

test("at most three, what was to be written before what was only read", () => {
  const idioms = [idiom("a", "read"), idiom("b"), idiom("c"), idiom("d")];
  const told = remarksOn({ idioms, misconception: null, known: idioms.map(({ pattern }) => known(pattern, 1, 0)) });
  expect(told.map(({ pattern }) => pattern)).toEqual(["b", "c", "d"]);
});
