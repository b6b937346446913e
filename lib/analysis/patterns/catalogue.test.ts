import { expect, test } from "vitest";
import { createParser } from "../syntax/parser";
import type { SyntaxTree } from "../syntax/syntax-tree";
import { bloomHints, CATALOGUE } from "./catalogue";
import { CONCEPTS } from "./concepts";
import { findOccurrences } from "./match";
import { exampleLanguage, type RuleFamily } from "./pattern";
import { conceptSlugSchema, patternIdSchema } from "./schemas";
import { scopesOf } from "./scopes";

const parser = await createParser();

function parse(language: string, text: string): SyntaxTree {
  const parsed = parser.parse({ language, text, bytes: Buffer.byteLength(text) });
  if (!parsed.ok) throw new Error(`not parsed (${parsed.why}): ${text}`);
  return parsed.tree;
}

function countOf(id: string, tree: SyntaxTree): number {
  let count = 0;
  findOccurrences(tree, scopesOf(tree), (index) => {
    if (CATALOGUE[index]?.id === id) count += 1;
  });
  return count;
}

const RULES = CATALOGUE.flatMap((pattern) =>
  Object.entries(pattern.rules).map(([family, rule]) => ({
    name: `${pattern.id} in ${family}`,
    pattern,
    rule,
    language: exampleLanguage(family as RuleFamily, rule),
  })),
);

test("at least 60 patterns, each id once, each language with at least 40", () => {
  expect(CATALOGUE.length).toBeGreaterThanOrEqual(60);
  expect(new Set(CATALOGUE.map(({ id }) => id)).size).toBe(CATALOGUE.length);
  for (const { id } of CATALOGUE) expect(patternIdSchema.safeParse(id).success, id).toBe(true);
  for (const family of ["javascript", "python", "go", "java", "rust"] as const) {
    const patterns = CATALOGUE.filter((pattern) => pattern.rules[family]);
    expect(patterns.length, family).toBeGreaterThanOrEqual(40);
  }
});

test("each concept is taught by a pattern and has a hint for every level of Bloom's", () => {
  const taught = new Set(CATALOGUE.map(({ concept }) => concept));
  expect([...taught].sort()).toEqual(Object.keys(CONCEPTS).sort());
  for (const slug of taught) expect(conceptSlugSchema.safeParse(slug).success, slug).toBe(true);
  for (const pattern of CATALOGUE) {
    const hints = bloomHints(pattern);
    expect(new Set(Object.values(hints)).size).toBe(Object.keys(hints).length);
  }
});

test.each(RULES)("$name: its kinds of node exist", ({ rule, language }) => {
  const { grammar } = parse(language, "");
  expect(rule.on.filter((kind) => grammar.idsOf(kind).length === 0 && !SOMETIMES.has(kind))).toEqual([]);
});

/** Kinds that only one of a family's grammars has. */
const SOMETIMES = new Set(["field_definition", "assignment_pattern"]);

test.each(RULES)("$name: both examples are code", ({ rule, language }) => {
  for (const text of [rule.good, rule.bad]) {
    const tree = parse(language, text);
    const kinds = Array.from({ length: tree.size }, (_, node) => tree.kind(node));
    expect(kinds, text).not.toContain("ERROR");
  }
});

test.each(RULES)("$name: found in one example and not in the other", ({ pattern, rule, language }) => {
  const [found, clean] = pattern.kind === "risk" ? [rule.bad, rule.good] : [rule.good, rule.bad];
  expect(countOf(pattern.id, parse(language, found)), found).toBeGreaterThanOrEqual(1);
  expect(countOf(pattern.id, parse(language, clean)), clean).toBe(0);
});
