import { expect, test } from "vitest";
import { bloomHints, CATALOGUE } from "../../lib/analysis/patterns/catalogue.ts";
import { BLOOM_LEVELS } from "../../lib/learning/bloom/schemas.ts";
import { readContent } from "../../lib/learning/content/read-content.ts";
import { readIdioms } from "../../lib/learning/content/read-idioms.ts";
import { taskIdioms } from "../../scripts/task-idioms.ts";

test("content/idioms.json is what the analysis engine finds in the exercises", async () => {
  expect(
    readIdioms(),
    "Content or the catalogue of patterns changed. Run: node --conditions=react-server --import tsx scripts/generate-idioms.ts",
  ).toEqual(await taskIdioms(readContent()));
});

test("the catalogue of patterns asks on each of Bloom's levels, in their order", () => {
  for (const pattern of CATALOGUE) expect(Object.keys(bloomHints(pattern)), pattern.id).toEqual([...BLOOM_LEVELS]);
});
