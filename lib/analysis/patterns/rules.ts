import type { PatternCount, PatternsFound } from "./schemas";

/** What the phase found in a few words, for the page that shows an analysis going on. */
export function summarise(found: PatternsFound): {
  readonly counts: readonly { readonly label: string; readonly value: number }[];
  readonly highlights: readonly string[];
} {
  const sumOf = (kind: PatternCount["kind"]) =>
    found.patterns.reduce((sum, pattern) => (pattern.kind === kind ? sum + pattern.count - pattern.inTests : sum), 0);
  const widest = (kind: PatternCount["kind"], limit: number) =>
    found.patterns
      .filter((pattern) => pattern.kind === kind)
      .sort((a, b) => b.files - a.files || (a.id < b.id ? -1 : 1))
      .slice(0, limit)
      .map(({ id, files }) => `${id.replaceAll("-", " ")}, in ${files} ${files === 1 ? "file" : "files"}`);
  return {
    counts: [
      { label: "Patterns", value: found.patterns.length },
      { label: "Functions", value: found.functions.count },
      { label: "Places worth a look", value: sumOf("risk") },
      { label: "Test cases", value: found.tests.cases },
      { label: "Files not looked at", value: found.skipped.reduce((sum, { files }) => sum + files, 0) },
    ],
    highlights: [...widest("habit", 4), ...widest("risk", 4)],
  };
}
