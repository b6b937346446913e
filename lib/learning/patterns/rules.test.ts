import { expect, test } from "vitest";
import { reasonOf } from "./rules";

const sighting = (repoUrl: string | null) => ({
  source: repoUrl === null ? ("exercise" as const) : ("repository" as const),
  analysisId: null,
  responseId: null,
  repoUrl,
  commit: null,
  count: 1,
  good: 1,
  places: [],
  seenAt: "2026-01-01T00:00:00.000Z",
});

test.each([
  ["habit", 1, 1, ["https://a.test/a"], "Seen once in 1 repository."],
  ["habit", 1200, 1200, ["https://a.test/a", "https://a.test/a"], "Seen 1,200 times in 1 repository."],
  ["habit", 3, 2, ["https://a.test/a", null], "Seen 3 times in 1 repository and 1 answer, 2 of them done well."],
  ["risk", 2, 0, ["https://a.test/a", "https://a.test/b"], "Seen 2 times in 2 repositories, tests aside."],
  ["misconception", 2, 0, [null, null], "Seen 2 times in 2 answers."],
  ["habit", 0, 0, [], "Nothing shows it any more. What you said about it is kept until you take it back."],
] as const)("%s, %i seen, %i good, in %j: %s", (kind, count, good, where, words) => {
  expect(reasonOf({ kind, count, good, sightings: where.map(sighting) })).toBe(words);
});
