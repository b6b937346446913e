import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { FileVerdict } from "@/lib/analysis/schemas";
import { aFinding, anInput, aPattern } from "../tests/support/analysis-inputs.ts";
import { sampleOf } from "./landing-sample";

const file = (path: string, language: string | null, lines: number, of: Partial<FileVerdict> = {}): FileVerdict => ({
  path,
  language,
  lines,
  why: "extension",
  skipped: null,
  bytes: lines * 10,
  ...of,
});

describe("the sample of an analysis", () => {
  const { languages, patterns, security } = anInput({
    patterns: [aPattern({ count: 12, inTests: 2 }), aPattern({ id: "habit-2", count: 30, inTests: 25 })],
    findings: [aFinding({ severity: "high" }), aFinding({ id: "f".repeat(32), severity: "low" })],
  });
  if (!patterns || !security) throw new Error("the input lacks a phase");
  const files = [
    file("lib/a.ts", "TypeScript", 20),
    file("lib/a.test.ts", "TypeScript", 5),
    file("tests/e2e/b.ts", "TypeScript", 30),
    file("app/style.css", "CSS", 4),
    file("README.md", "Markdown", 90),
    file("package-lock.json", "JSON", 900, { skipped: "generated" }),
  ];
  const sample = sampleOf({ languages, patterns, security, files });

  it("counts code, and tells tests from the rest; prose and what tools wrote are neither", () => {
    expect(sample.code).toEqual({ files: 4, lines: 59 });
    expect(sample.tests).toEqual({ files: 2, lines: 35, cases: patterns.tests.cases });
  });

  it("names the patterns that are used most outside of tests", () => {
    expect(sample.patterns.different).toBe(2);
    expect(sample.patterns.top.map(({ count }) => count)).toEqual([10, 5]);
  });

  it("says at most one sentence of a kind, with its place, and how many findings there are", () => {
    const kinds = sample.insights.map(({ kind }) => kind);
    expect(new Set(kinds).size).toBe(kinds.length);
    expect(sample.insights.length).toBeGreaterThan(0);
    for (const { sentence, path, line } of sample.insights) expect([sentence, path, line]).not.toContain("");
    expect(sample.findings).toMatchObject({ total: 2, bySeverity: { high: 1, low: 1 } });
  });
});

it("the sample on the page adds up", () => {
  const sample = JSON.parse(
    readFileSync(new URL("../app/(site)/_sample/analysis.json", import.meta.url), "utf8"),
  ) as ReturnType<typeof sampleOf>;
  const code = sample.languages.filter((language) => language.share !== null);
  expect(code.reduce((sum, language) => sum + language.lines, 0)).toBe(sample.code.lines);
  expect(code.reduce((sum, language) => sum + language.files, 0)).toBe(sample.code.files);
  expect(code.reduce((sum, language) => sum + (language.share ?? 0), 0)).toBeCloseTo(1, 9);
  expect(Object.values(sample.findings.bySeverity).reduce((sum, count) => sum + count, 0)).toBe(sample.findings.total);
  expect(sample.patterns.top).toHaveLength(6);
  expect(sample.insights.length).toBeGreaterThan(1);
});
