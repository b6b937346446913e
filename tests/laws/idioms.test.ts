import { expect, test } from "vitest";
import { readContent } from "../../lib/learning/content/read-content.ts";
import { readIdioms } from "../../lib/learning/content/read-idioms.ts";
import { taskIdioms } from "../../scripts/task-idioms.ts";

test("content/idioms.json is what the analysis engine finds in the exercises", async () => {
  expect(
    readIdioms(),
    "Content or the catalogue of patterns changed. Run: node --conditions=react-server --import tsx scripts/generate-idioms.ts",
  ).toEqual(await taskIdioms(readContent()));
});
