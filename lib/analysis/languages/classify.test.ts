import { describe, expect, it } from "vitest";
import source from "./data/source.json" with { type: "json" };
import { classify } from "./classify";
import { compileAll } from "./heuristics";
import { languageTables } from "./table";

/** The language and how it was found; several are not guessed. */
function answerOf(path: string, content = ""): { language: string | null; evidence: string | null } {
  const found = classify(path, Buffer.from(content));
  return found.kind === "one" ? found : { language: null, evidence: null };
}
/** Linguist's own groups: TSX is a kind of TypeScript. */
function nameOf(path: string, content = ""): string | null {
  const { language } = answerOf(path, content);
  return language === null ? null : (languageTables().facts.get(language)?.group ?? null);
}

describe("classify", () => {
  it.each([
    ["src/a.ts", "", "TypeScript"],
    ["src/a.d.ts", "", "TypeScript"],
    ["src/a.tsx", "", "TypeScript"],
    ["a.jsx", "", "JavaScript"],
    ["A.PY", "", "Python"],
    ["Dockerfile", "", "Dockerfile"],
    ["Makefile", "", "Makefile"],
    ["a.rs", "fn main() {}", "Rust"],
    ["a.md", "# x", "Markdown"],
    ["a.yml", "a: 1", "YAML"],
    ["a.json", "{}", "JSON"],
    ["a.cs", "class A {}", "C#"],
    ["a.php", "<?php", "PHP"],
  ])("%s is %s", (path, content, name) => {
    expect(nameOf(path, content)).toBe(name);
  });

  it.each([
    ["a.h", "int main(void);\n", "C"],
    ["a.h", "namespace x {}\n", "C++"],
    ["a.h", "@interface Foo\n", "Objective-C"],
    ["a.ts", '<?xml version="1.0"?><!DOCTYPE TS><TS version="2.1">', "XML"],
    ["a.pl", "use strict;\nmy $x = 1;\n", "Perl"],
    ["a.pl", "father(X, Y) :- parent(X, Y).\n", "Prolog"],
    ["a.m", "@implementation Foo\n", "Objective-C"],
    ["a.m", "x = zeros(3);\n", "MATLAB"],
    ["a.sql", "select 1;", "SQL"],
    ["a.sql", "create function f() returns int language plpgsql as $$ $$;", "PLpgSQL"],
  ])("breaks the tie of %s by its content", (path, content, name) => {
    expect(nameOf(path, content)).toBe(name);
  });

  it.each([
    ["tool", "#!/usr/bin/env node\n", "JavaScript"],
    ["tool", "#!/usr/bin/env -S deno run\n", "TypeScript"],
    ["tool", "#!/bin/bash -e\n", "Shell"],
    ["tool", "#!/usr/bin/python3.12\n", "Python"],
    ["tool", "#! /usr/bin/perl", "Perl"],
  ])("reads the interpreter of %s %j", (path, content, name) => {
    expect(nameOf(path, content)).toBe(name);
  });

  it.each([
    ["a.js", "#!/usr/bin/env node\n", "JavaScript", "shebang"],
    ["a.cs", "class A {}", "C#", "popular"],
    ["a.rb", "# -*- mode: python -*-\n", "Python", "modeline"],
    ["a.txt", "x\n\n// vim: set ft=go :\n", "Go", "modeline"],
    ["a.conf", "# vim: ts=2 ft=sh\n", "Shell", "modeline"],
    ["Rakefile", "", "Ruby", "filename"],
    ["x.unknown", '<?xml version="1.0"?>\n<a/>', "XML", "xml"],
    ["page.3x", ".TH X 3x\n.SH NAME\nx", "Roff Manpage", "heuristic"],
    ["a.sql", "select 1;", "SQL", "heuristic"],
    ["go", "#!/bin/sh\nexec ruby -x $0 $@\n", "Ruby", "shebang"],
  ])("%s %j is %s by its %s", (path, content, language, evidence) => {
    expect(answerOf(path, content)).toEqual({ kind: "one", language, evidence });
  });

  it("compiles every heuristic of Linguist's for a matcher that takes linear time", () => {
    expect(compileAll()).toBe(source.counts.patterns);
  });

  it.each([["unknown.zzz"], ["noextension"], ["a.inc"]])("does not guess what %s is", (path) => {
    expect(nameOf(path, "text")).toBeNull();
  });

  it("stays linear on a file made to hang pattern matchers", () => {
    // Without linear time this takes minutes; the test's own time limit is what fails then.
    for (const path of ["a.inc", "a.cls", "a.pro", "a.h", "a.m", "a.pl", "x"]) {
      for (const line of ["\n", " \n", "\t", "a", "\r\n"])
        expect(classify(path, Buffer.alloc(1_000_000, line)).kind).toMatch(/^(?:one|several|none)$/);
    }
  });
});
