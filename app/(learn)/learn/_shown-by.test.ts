import { describe, expect, it } from "vitest";
import { aFinding } from "@/tests/support/analysis-inputs";
import { shownBy } from "./_shown-by";

const SQL = { cwe: "CWE-89", title: "A query is put together from values", severity: "high" } as const;
const weaknesses = (...findings: ReturnType<typeof aFinding>[]) => shownBy(null, { findings }).weaknesses;

describe("what an analysis shows that a lesson is about", () => {
  it("tells the same danger in many places once, where it is worst", () => {
    expect(
      weaknesses(
        aFinding({ ...SQL, path: "src/worst.ts", line: 3 }),
        aFinding({ ...SQL, path: "src/other.ts", severity: "medium", places: 4 }),
        aFinding({ cwe: "CWE-22", title: "A path comes from a request" }),
      ),
    ).toEqual([
      { concept: "sql", title: SQL.title, places: 5, first: { path: "src/worst.ts", line: 3 } },
      {
        concept: "path-traversal",
        title: "A path comes from a request",
        places: 1,
        first: { path: "src/a.ts", line: 2 },
      },
    ]);
  });

  it.each([
    ["that somebody decided is all right", { suppressed: { reason: "Only in a script.", by: "user" } }],
    ["that is hardly likely", { confidence: "low" }],
    ["in a test", { role: "test" }],
    ["in an example", { role: "example" }],
    ["that is a note", { severity: "info" }],
    ["that no lesson is about", { cwe: "CWE-1357" }],
  ] as const)("says nothing of a finding %s", (_, of) => {
    expect(weaknesses(aFinding({ ...SQL, ...of }))).toEqual([]);
  });

  it("shows nothing where a phase found nothing to show", () => {
    expect(shownBy(null, null)).toEqual({ recommended: [], weaknesses: [] });
  });
});
