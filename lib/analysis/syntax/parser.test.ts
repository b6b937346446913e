import path from "node:path";
import { Parser } from "web-tree-sitter";
import { expect, test } from "vitest";
import { cursorFunctions, familyOf, grammarOf } from "./grammars";
import { createParser, PARSE_LIMITS, readFast, readWithCursor } from "./parser";
import type { SyntaxTree } from "./syntax-tree";

const grammars = path.resolve("node_modules/@vscode/tree-sitter-wasm/wasm");
const parser = await createParser();

const fileOf = (language: string, text: string) => ({ language, text, bytes: Buffer.byteLength(text) });

function treeOf(language: string, text: string): SyntaxTree {
  const parsed = parser.parse(fileOf(language, text));
  if (!parsed.ok) throw new Error(`not parsed: ${parsed.why}`);
  return parsed.tree;
}

const HELLO: Readonly<Record<string, readonly [text: string, root: string]>> = {
  JavaScript: ["const a = <b>{c}</b>;\n", "program"],
  TypeScript: ["const a: number = <number>b;\n", "program"],
  TSX: ["const a: JSX.Element = <b>{c}</b>;\n", "program"],
  Python: ["def a():\n    return 1\n", "module"],
  Go: ["package a\n\nfunc b() {}\n", "source_file"],
  Java: ["class A { void b() {} }\n", "program"],
  Rust: ["fn a() -> u8 { 1 }\n", "source_file"],
  Ruby: ["def a; 1; end\n", "program"],
  PHP: ["<?php function a() { return 1; }\n", "program"],
  "C#": ["class A { void B() {} }\n", "compilation_unit"],
};

test.each(Object.entries(HELLO))("%s has a grammar that reads it without an error", (language, [text, root]) => {
  const tree = treeOf(language, text);
  expect(tree.kind(0)).toBe(root);
  expect(familyOf(language)).toBe(tree.family);
  const kinds = Array.from({ length: tree.size }, (_, node) => tree.kind(node));
  expect(kinds).not.toContain("ERROR");
});

test("a language without a grammar, and none at all, is said", () => {
  expect(parser.parse(fileOf("COBOL", "A."))).toEqual({ ok: false, why: "no_grammar" });
  expect(parser.parse(fileOf("constructor", "A."))).toEqual({ ok: false, why: "no_grammar" });
  expect(parser.parse({ language: null, text: "", bytes: 0 })).toEqual({ ok: false, why: "no_grammar" });
  expect(familyOf("toString")).toBeNull();
});

test("an empty file is a root alone", () => {
  const tree = treeOf("Python", "");
  expect([tree.size, tree.kind(0), tree.lines]).toEqual([1, "module", 1]);
});

test("questions are answered from the columns", () => {
  const text = "// é𝒳\nfunction add(a, b) {\n  return a + b;\n}\n";
  const tree = treeOf("JavaScript", text);
  const declaration = tree.childOfKind(0, "function_declaration");
  expect(tree.textOf(tree.child(declaration, "name"))).toBe("add");
  expect([tree.line(declaration), tree.endLine(declaration)]).toEqual([2, 4]);
  expect(tree.namedChildren(tree.child(declaration, "parameters")).map((node) => tree.textOf(node))).toEqual([
    "a",
    "b",
  ]);
  expect(tree.isComment(tree.firstNamed(0))).toBe(false);
  expect(tree.parent(declaration)).toBe(0);
  expect(tree.inField(tree.child(declaration, "body"), "body")).toBe(true);
  expect(tree.lineText(2)).toBe("function add(a, b) {");
  // No node answers with nothing, so that questions can be chained.
  expect(tree.textOf(tree.child(tree.child(declaration, "nothing"), "name"))).toBe("");
  expect([tree.kind(-1), tree.child(-1, "name"), tree.parent(0), tree.line(-1)]).toEqual(["", -1, -1, 0]);
  expect([tree.children(-1), tree.next(0)]).toEqual([[], -1]);
});

test("the fast walk and the public cursor copy the same tree", () => {
  const grammar = grammarOf("TypeScript", grammars);
  const functions = cursorFunctions();
  if (!grammar || !functions) throw new Error("the runtime does not show its cursor functions any more");
  const bare = new Parser().setLanguage(grammar.language);
  const source = "class A<T> { /* c */ b = async (x: T) => { for await (const y of x) `${y}` ?? z; } }\n".repeat(50);
  const tree = bare.parse(source);
  if (!tree) throw new Error("no tree");
  try {
    const slow = readWithCursor(tree);
    expect(readFast(tree, functions)).toEqual(slow);
    expect(slow.size).toBe(tree.rootNode.descendantCount);
    for (let node = 1; node < slow.size; node += 1) {
      const parent = slow.parent[node] ?? -1;
      expect(parent < node && (slow.after[parent] ?? 0) >= (slow.after[node] ?? 0)).toBe(true);
    }
  } finally {
    tree.delete();
    bare.delete();
  }
});

test("a file beyond 512 KB is not parsed", () => {
  const text = `x = ${"1".repeat(PARSE_LIMITS.maxBytes)}`;
  expect(parser.parse(fileOf("Python", text))).toEqual({ ok: false, why: "too_large" });
  expect(parser.parse(fileOf("JavaScript", "a".repeat(5_000_000)))).toEqual({ ok: false, why: "too_large" });
});

test.each(["JavaScript", "TypeScript", "Python", "Go", "Java", "Rust"])(
  "%s: half a million open brackets neither overflow nor hang",
  (language) => {
    const text = "[".repeat(PARSE_LIMITS.maxBytes - 1);
    const parsed = parser.parse(fileOf(language, text));
    if (!parsed.ok) expect(["syntax_errors", "too_slow"]).toContain(parsed.why);
    expect(parser.parse(fileOf(language, HELLO[language]?.[0] ?? ""))).toMatchObject({ ok: true });
  },
  60_000,
);

test("brackets nested a quarter of a million deep are a tree", () => {
  const depth = 250_000;
  const tree = treeOf("JavaScript", `x = ${"[".repeat(depth)}${"]".repeat(depth)};`);
  let node = 0;
  let deepest = 0;
  for (let at = 0; at < tree.size; at += 1) if (tree.kind(at) === "array") node = at;
  for (let at = node; at !== -1; at = tree.parent(at)) deepest += 1;
  expect(deepest).toBeGreaterThan(depth);
}, 60_000);

test("one line of half a megabyte is a tree", () => {
  const tree = treeOf("JavaScript", `x=[${"1,".repeat(250_000)}]`);
  expect(tree.lines).toBe(1);
}, 60_000);

test("parsing stops at its time limit, and the next file starts anew", async () => {
  const text = "a = b;\n".repeat(20_000);
  const hurried = await createParser(grammars, { ...PARSE_LIMITS, maxMs: -1 });
  expect(hurried.parse(fileOf("JavaScript", text))).toEqual({ ok: false, why: "too_slow" });
  expect(hurried.parse(fileOf("JavaScript", "let one = 1;"))).toMatchObject({ ok: true });
  const tree = treeOf("JavaScript", "let one = 1;");
  expect(tree.kind(1)).toBe("lexical_declaration");
});

test("what is mostly errors is no code of that language", () => {
  const prose = "Dear reader, this is a letter; it has (no code at all!\n".repeat(20);
  expect(parser.parse(fileOf("Go", prose))).toEqual({ ok: false, why: "syntax_errors" });
  const slip = `${"package a\n\nfunc b() int { return 1 }\n".repeat(1)}${"func c() {}\n".repeat(20)}func d( {\n`;
  expect(parser.parse(fileOf("Go", slip))).toMatchObject({ ok: true });
});

test("NULs, lone surrogates and bidirectional marks spoil no more than their own line", () => {
  const code = "const a = f(1);\n".repeat(20);
  const tree = treeOf("JavaScript", `${code}const b = "\u0000\ud800\u202e"; // \u0000\n${code}`);
  const kinds = Array.from({ length: tree.size }, (_, node) => tree.kind(node));
  expect(kinds.filter((kind) => kind === "call_expression").length).toBeGreaterThanOrEqual(39);
  expect(tree.lines).toBe(42);
});
