import { expect, test } from "vitest";
import { createParser } from "../syntax/parser";
import { FINGERPRINT_NODES, fingerprintOf, normalForm, shapeOf } from "./fingerprint";

const parser = await createParser();

function treeOf(language: string, text: string) {
  const parsed = parser.parse({ language, text, bytes: text.length });
  if (!parsed.ok) throw new Error(`not parsed: ${parsed.why}`);
  return parsed.tree;
}
const fingerprint = (language: string, text: string) => fingerprintOf(treeOf(language, text), 0);

const SAME: readonly (readonly [string, string, string])[] = [
  ["JavaScript", "const a = load(1);", "// why\nconst   total =\n  fetchAll( 42 )"],
  ["JavaScript", "f('a', [1, 2,],);", 'g("other", [7, 8])'],
  ["TypeScript", "if (!user) return;", "if (!order) { /* x */ return; }".replace(/[{}]/g, "")],
  ["Python", "def f(x):\n    return x + 1\n", "def g(value):  # add\n\n    return value + 2\n"],
  [
    "Go",
    "package a\n\nfunc F() error { return nil }\n",
    "package b\n\n// G does it.\nfunc G() error {\n\treturn nil\n}\n",
  ],
  ["Java", "class A { int f() { return 1; } }", "class Total { int sum() { return 0x10; } }"],
  ["Rust", "fn f() -> u8 { 1 }", "// c\nfn g() -> u8 {\n    200\n}"],
];

test.each(SAME)("%s: names, literals, comments and layout make no difference", (language, one, other) => {
  const [a, b] = [treeOf(language, one), treeOf(language, other)];
  expect(normalForm(b, 0).replaceAll(/ \w+_identifier\(/g, "")).toBe(
    normalForm(a, 0).replaceAll(/ \w+_identifier\(/g, ""),
  );
  expect(fingerprintOf(a, 0)).toBe(fingerprintOf(b, 0));
  expect(shapeOf(a, 0)).toBe(shapeOf(b, 0));
});

test.each([
  ["JavaScript", "a + b;", "a - b;"],
  ["JavaScript", "await f();", "f();"],
  ["JavaScript", "f(`a${b}`);", "f(`a`);"],
  ["TypeScript", "let a: string;", "let a;"],
  ["Python", "x = [a for a in b]", "x = {a for a in b}"],
  ["Rust", "fn f() { g()?; }", "fn f() { g(); }"],
])("%s: what is done differently has another fingerprint", (language, one, other) => {
  expect(fingerprint(language, one)).not.toBe(fingerprint(language, other));
  expect(shapeOf(treeOf(language, one), 0)).not.toBe(shapeOf(treeOf(language, other), 0));
});

test("a fingerprint is known: the same in every run, process and place", () => {
  expect(fingerprint("JavaScript", "const a = 1;")).toBe("95115ffa4b87fa12");
  expect(normalForm(treeOf("JavaScript", "const a = 1;"), 0)).toBe(
    "program( lexical_declaration( const variable_declarator( $ = 0",
  );
});

test("the cost of one is bounded", () => {
  const tree = treeOf("JavaScript", "f(a);".repeat(5_000));
  expect(normalForm(tree, 0).split(" ").length).toBeLessThan(FINGERPRINT_NODES * 2);
});
