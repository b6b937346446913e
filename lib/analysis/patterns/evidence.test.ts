import { expect, test } from "vitest";
import { evidenceOf, fingerprintsOf } from "./evidence";
import type { PatternCount } from "./schemas";

const example = (path: string, fingerprint: string, inTest = false) => ({
  path,
  line: 3,
  endLine: 4,
  language: "TypeScript",
  inTest,
  snippet: "secret()",
  fingerprint: fingerprint.repeat(16),
});
const pattern = (changes: Partial<PatternCount>): PatternCount => ({
  id: "async-function",
  kind: "habit",
  concept: "async-await",
  count: 3,
  inTests: 1,
  files: 2,
  shapes: 2,
  byLanguage: { TypeScript: 3 },
  examples: [example("a.ts", "a"), example("b.ts", "a"), example("b.test.ts", "b", true)],
  ...changes,
});

test("a habit counts wherever it stands, each as done well, without the code itself", () => {
  const [evidence] = evidenceOf({ patterns: [pattern({})] });
  expect(evidence).toMatchObject({ count: 3, good: 3, fingerprints: ["a".repeat(16), "b".repeat(16)] });
  expect(evidence?.places.map(({ path }) => path)).toEqual(["a.ts", "b.ts", "b.test.ts"]);
  expect(JSON.stringify(evidence)).not.toContain("secret");
});

test("a risk counts outside of tests alone, and none of it as done well", () => {
  expect(evidenceOf({ patterns: [pattern({ kind: "risk" })] })).toMatchObject([
    { count: 2, good: 0, places: [{ path: "a.ts" }, { path: "b.ts" }], fingerprints: ["a".repeat(16)] },
  ]);
  expect(evidenceOf({ patterns: [pattern({ kind: "risk", inTests: 3 })] })).toEqual([]);
});

test("structures are named once", () => {
  expect(fingerprintsOf({ patterns: [pattern({}), pattern({ id: "other" })] })).toEqual([
    "a".repeat(16),
    "b".repeat(16),
  ]);
});
