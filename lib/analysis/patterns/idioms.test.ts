import { expect, test } from "vitest";
import { beyond, idiomsIn } from "./idioms";

const names = (idioms: readonly { readonly pattern: string }[]) => idioms.map(({ pattern }) => pattern);

test("finds the patterns of the catalogue in a few lines, with their places", async () => {
  const found = await idiomsIn("TypeScript", "async function f() {\n  await Promise.all([g(), h()]);\n}\n");
  expect(found).toContainEqual(
    expect.objectContaining({ pattern: "concurrent-awaits", kind: "habit", concept: "concurrent-waiting", line: 2 }),
  );
});

test("what cannot be parsed, or is of a language without rules, shows nothing", async () => {
  expect(await idiomsIn("TypeScript", ")))) ((( ]]]] {{{{ %%%%")).toEqual([]);
  expect(await idiomsIn("COBOL", "MOVE A TO B.")).toEqual([]);
});

test("what was given is taken off once for each time it was given, however its names are called", async () => {
  const given = await idiomsIn("JavaScript", "export const a = list.map((one) => one.name);");
  const same = await idiomsIn("JavaScript", "export const b = others.map((x) => x.title);");
  expect(beyond(same, given)).toEqual([]);
  const twice = await idiomsIn(
    "JavaScript",
    "export const a = list.map((one) => one.name);\nexport const b = list.map((one) => one.age);",
  );
  expect(names(beyond(twice, given)).filter((name) => name === "collection-pipeline")).toHaveLength(1);
  expect(beyond(given, twice)).toEqual([]);
});
