import { beforeAll, describe, expect, test } from "vitest";
import { createParser, type SyntaxParser } from "../../syntax/parser";
import { CODE_RULE_IDS } from "./catalogue";
import { findDangerousCode } from "./find";
import { regexWeight } from "./regex";
import type { Fixture } from "./testing/fixture";
import { GO_FIXTURES } from "./testing/go-fixtures";
import { JAVA_FIXTURES } from "./testing/java-fixtures";
import { JAVASCRIPT_FIXTURES } from "./testing/javascript-fixtures";
import { PYTHON_FIXTURES } from "./testing/python-fixtures";
import { RUST_FIXTURES } from "./testing/rust-fixtures";

const LANGUAGES: readonly (readonly [language: string, fixtures: readonly Fixture[]])[] = [
  ["TSX", JAVASCRIPT_FIXTURES],
  ["JavaScript", JAVASCRIPT_FIXTURES],
  ["Python", PYTHON_FIXTURES],
  ["Go", GO_FIXTURES],
  ["Java", JAVA_FIXTURES],
  ["Rust", RUST_FIXTURES],
];

let parser: SyntaxParser;
beforeAll(async () => {
  parser = await createParser();
});

function rulesIn(language: string, text: string): string[] {
  const parsed = parser.parse({ language, text, bytes: Buffer.byteLength(text) });
  if (!parsed.ok) throw new Error(`${language} not parsed (${parsed.why}): ${text}`);
  return findDangerousCode(parsed.tree, "src/app").hits.map(({ rule }) => rule.slice("code/".length));
}

describe.each(LANGUAGES)("%s", (language, fixtures) => {
  test.each(fixtures.flatMap(({ rule, bad }) => bad.map((code) => [rule, code] as const)))(
    "reports %s: %s",
    (rule, code) => {
      expect(rulesIn(language, code)).toContain(rule);
    },
  );

  test.each(fixtures.flatMap(({ rule, good }) => good.map((code) => [rule, code] as const)))(
    "does not report %s: %s",
    (rule, code) => {
      expect(rulesIn(language, code)).not.toContain(rule);
    },
  );
});

test("every rule has code that it reports and code that it does not", () => {
  const withBoth = new Set(
    LANGUAGES.flatMap(([, fixtures]) =>
      fixtures.filter(({ bad, good }) => bad.length > 0 && good.length > 0).map(({ rule }) => rule),
    ),
  );
  expect(CODE_RULE_IDS.filter((rule) => !withBoth.has(rule))).toEqual([]);
  expect(CODE_RULE_IDS.length).toBeGreaterThanOrEqual(20);
  for (const [language, fixtures] of LANGUAGES) expect([language, fixtures.length >= 15]).toEqual([language, true]);
});

test("a small key in the code is hidden", () => {
  const text = 'jwt.sign({ id }, "shhh");';
  const parsed = parser.parse({ language: "JavaScript", text, bytes: text.length });
  if (!parsed.ok) throw new Error(parsed.why);
  const [hidden] = findDangerousCode(parsed.tree, "a.js").hidden;
  expect(text.slice(hidden?.start, hidden?.end)).toBe('"shhh"');
});

test("hostile code ends: deep nesting, long chains, names defined a thousand times", () => {
  const texts = [
    `exec(${"(".repeat(20_000)}x${")".repeat(20_000)})`,
    `x = ${"a + ".repeat(20_000)}b; eval(x)`,
    `${"x = x + y;\n".repeat(5_000)}eval(x + 1);`,
    `eval(a${".b()".repeat(20_000)})`,
    `${Array.from({ length: 3_000 }, (_, at) => `const v${at} = v${at + 1} + v${at + 2};`).join("\n")}\neval(v0);`,
  ];
  const hits = texts.map((text) => {
    const parsed = parser.parse({ language: "JavaScript", text, bytes: text.length });
    return parsed.ok ? findDangerousCode(parsed.tree, "a.js").hits.length : 0;
  });
  expect(hits.filter((count) => count > 100)).toEqual([]);
}, 60_000);

describe("regular expressions", () => {
  // Narrow on purpose: `(x+x+)+y` is exponential too, and is not reported.
  test.each([
    [String.raw`^(\w+\s?)*$`, true],
    [String.raw`(x+x+)+y`, false],
    [String.raw`([a-zA-Z]+)*\d`, true],
    [String.raw`^(?:[^"]+)*"`, true],
    [String.raw`(?:a{2,})+b`, true],
    [String.raw`^(\[[^\]]*\])*$`, false],
    [String.raw`^((?:\s+\w)+)$`, false],
    ["(".repeat(500), false],
    [")", false],
    ["[", false],
  ])("%s", (pattern, reported) => {
    expect(regexWeight(pattern) !== null).toBe(reported);
  });
});
