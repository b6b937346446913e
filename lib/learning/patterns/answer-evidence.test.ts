import { expect, test } from "vitest";
import { readContent } from "../content/read-content";
import { codeOf, evidenceOfAnswer } from "./answer-evidence";

function exercise(kind: "fix" | "write" | "refactor" | "choice" | "order") {
  for (const { concepts } of readContent())
    for (const { exercises } of concepts) for (const one of exercises) if (one.kind === kind) return one;
  throw new Error(`no exercise of the kind ${kind}`);
}

const seen = (pattern: string, kind: "habit" | "risk" = "habit", line = 1) => ({
  pattern,
  kind,
  concept: "promises",
  line,
  endLine: line,
  fingerprint: line.toString(16).padStart(16, "0"),
});

const WRITE = exercise("write");
const shown = (passed: boolean, answer = { kind: "text" as const, text: "x" }) =>
  evidenceOfAnswer({
    exercise: WRITE,
    answer,
    passed,
    language: "TypeScript",
    written: [seen("finally"), seen("finally", "habit", 2), seen("destructuring"), seen("empty-catch", "risk")],
    asked: new Set(["finally"]),
  }).map(({ pattern, kind, count, good }) => [pattern, kind, count, good]);

test("a passed answer did well what is in it; a risk is one all the same", () => {
  expect(shown(true)).toEqual([
    ["finally", "habit", 2, 2],
    ["destructuring", "habit", 1, 1],
    ["empty-catch", "risk", 1, 0],
  ]);
});

test("a failed answer speaks of what was asked for alone, and not well", () => {
  expect(shown(false)).toEqual([
    ["finally", "habit", 2, 0],
    ["empty-catch", "risk", 1, 0],
  ]);
});

test("a known wrong idea is an error pattern of its exercise, unless the answer passed after all", () => {
  const [wrong] = WRITE.misconceptions;
  const answer = { kind: "text" as const, text: String(wrong?.answer) };
  const name = `${WRITE.slug}-${wrong?.id}`;
  expect(shown(false, answer).at(-1)).toEqual([name, "misconception", 1, 0]);
  expect(shown(true, answer).map(([pattern]) => pattern)).not.toContain(name);
});

test("code is what was written, beside what was given; a choice is none", () => {
  expect(codeOf(WRITE, { kind: "text", text: "x" })).toMatchObject({
    text: "x",
    given: "stub" in WRITE ? WRITE.stub : "",
  });
  expect(codeOf(exercise("order"), { kind: "lines", lines: ["a", "b"] })).toMatchObject({ text: "a\nb", given: "" });
  expect(codeOf(exercise("choice"), { kind: "choice", ids: [] })).toBeNull();
});

test("every error pattern has a name that the memory takes, of its own", () => {
  const names = readContent().flatMap(({ concepts }) =>
    concepts.flatMap(({ exercises }) =>
      exercises.flatMap(({ slug, misconceptions }) => misconceptions.map(({ id }) => `${slug}-${id}`)),
    ),
  );
  expect(new Set(names).size).toBe(names.length);
  expect(names.filter((name) => !/^[a-z][a-z0-9-]{0,99}$/.test(name))).toEqual([]);
});
