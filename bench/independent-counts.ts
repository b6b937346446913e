import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";
import { COUNTED_BY_COMPILER, countWithCompiler } from "../tests/support/pattern-counts-by-compiler.ts";

/** How often each pattern occurs, by another method than the analysis: another parser, or a search in the text. */
export interface IndependentCounts {
  readonly method: string;
  readonly counts: Readonly<Record<string, number>>;
}

/** @returns null for a language that has no other method here, or whose tool is not installed. */
export function countIndependently(language: string, files: readonly string[]): IndependentCounts | null {
  if (language === "JavaScript" || language === "TypeScript" || language === "TSX") return byCompiler(language, files);
  if (language === "Python") return byPython(files);
  const searches = SEARCHES[language];
  return searches ? bySearch(searches, language === "Rust", files) : null;
}

const KINDS = { JavaScript: ts.ScriptKind.JSX, TypeScript: ts.ScriptKind.TS, TSX: ts.ScriptKind.TSX } as const;

function byCompiler(language: keyof typeof KINDS, files: readonly string[]): IndependentCounts {
  const counts = Object.fromEntries(COUNTED_BY_COMPILER.map((id) => [id, 0]));
  for (const file of files) {
    const text = readFileSync(file, "utf8");
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true, KINDS[language]);
    for (const [id, count] of Object.entries(countWithCompiler(source))) counts[id] = (counts[id] ?? 0) + count;
  }
  // Measures, not patterns of the catalogue.
  delete counts["functions"];
  delete counts["cyclomatic"];
  return { method: `TypeScript's compiler ${ts.version}`, counts };
}

const PYTHON_COUNTED = [
  "async-await",
  "try-catch",
  "empty-catch",
  "broad-catch",
  "comprehension",
  "element-loop",
  "index-loop",
  "function-value",
  "generator",
  "mutable-global",
  "scoped-resource",
  "wrapped-error",
  "assertion",
  "wildcard-import",
  "finally",
  "type-test",
  "test-case",
  "declared-result",
  "decorator",
] as const;

function byPython(files: readonly string[]): IndependentCounts | null {
  if (spawnSync("python3", ["--version"]).status !== 0) return null;
  const output = execFileSync("python3", [path.join(import.meta.dirname, "python-counts.py")], {
    input: files.join("\n"),
    stdio: ["pipe", "pipe", "ignore"],
  });
  const { counts, unread } = JSON.parse(output.toString()) as { counts: Record<string, number>; unread: number };
  return {
    method: `Python's ast${unread > 0 ? ` (${unread} files it cannot read)` : ""}`,
    counts: Object.fromEntries(PYTHON_COUNTED.map((id) => [id, counts[id] ?? 0])),
  };
}

/** What stands for a pattern in code without comments and texts. */
const SEARCHES: Readonly<Record<string, Readonly<Record<string, RegExp>>>> = {
  Go: {
    "start-concurrent-work": /(?<![\w.])go\s+[A-Za-z_(]/g,
    "scoped-resource": /(?<![\w.])defer\s/g,
    "wait-for-first": /(?<![\w.])select\s*\{/g,
    "checked-error": /\bif\s+(?:[^{}\n;]*;\s*)?\w*[eE]rr\w* != nil\s*\{/g,
    panic: /(?<![\w.])(?<!func )panic\(/g,
    "element-loop": /\brange\s/g,
    "type-test": /\.\(type\)/g,
    "type-cast": /\.\((?!type\))/g,
    "mutual-exclusion": /\.R?Lock\(\)/g,
    // A type that is named unsafe.Pointer does nothing yet.
    "unsafe-code": /(?<![\w.])unsafe\.\w+\(/g,
    "test-case": /^func (?:Test|Benchmark|Fuzz|Example)(?:[A-Z_]\w*)?\(/gm,
  },
  Java: {
    "try-catch": /\bcatch\s*\(/g,
    finally: /\bfinally\s*\{/g,
    "scoped-resource": /\btry\s*\(/g,
    "element-loop": /\bfor\s*\((?:final\s+)?[\w.<>[\]?,@ ]+\s+\w+\s*:/g,
    "type-test": /\binstanceof\b/g,
    "closed-choice": /\benum\s+\w+/g,
    "null-returned": /\breturn\s+null\s*;/g,
    "silenced-checker": /@SuppressWarnings\s*\(/g,
    "interface-implementation": /\bimplements\s/g,
    "wildcard-import": /^import\s+(?:static\s+)?[\w.]+\.\*;/gm,
    "test-case": /@(?:Test|ParameterizedTest|RepeatedTest)\b/g,
  },
  Rust: {
    "async-await": /\.await\b/g,
    "question-mark": /\?(?!Sized)/g,
    "unsafe-code": /\bunsafe\s*\{/g,
    "closed-choice": /\benum\s+\w+/g,
    "interface-implementation": /^\s*(?:unsafe\s+)?impl\b[^{;]*\sfor\s[^{;]*\{/gm,
    "data-class": /#\[derive\(/g,
    "silenced-checker": /#\[allow\(/g,
    "optional-type": /\bOption</g,
    "const-binding": /\blet\s+(?!mut\b|ref\b)(?:[a-z]\w*|_\w+)\s*[:=;]/g,
  },
};

function bySearch(
  searches: Readonly<Record<string, RegExp>>,
  hasMacros: boolean,
  files: readonly string[],
): IndependentCounts {
  const counts = Object.fromEntries(Object.keys(searches).map((id) => [id, 0]));
  for (const file of files) {
    const code = codeOf(readFileSync(file, "utf8"), hasMacros);
    for (const [id, pattern] of Object.entries(searches))
      counts[id] = (counts[id] ?? 0) + (code.match(pattern)?.length ?? 0);
  }
  return { method: "search in the text", counts };
}

const RUST_TOKENS = /\/\/[^\n]*|\/\*|b?r(#*)"[\s\S]*?"\1|b?"(?:[^"\\]|\\[\s\S])*"|b?'(?:[^'\\\n]|\\[^\n]+?)'/g;
const TOKENS = /\/\/[^\n]*|\/\*|"""[\s\S]*?"""|"(?:[^"\\\n]|\\.)*"|`[^`]*`|'(?:[^'\\\n]|\\[^\n]+?)'/g;

/**
 * Comments, texts and characters are blanked, so that what is searched for is code. In Rust what is given to a macro too: it is no
 * code before the macro has run, and no parser reads it as such.
 */
function codeOf(text: string, isRust: boolean): string {
  const tokens = new RegExp(isRust ? RUST_TOKENS : TOKENS);
  let code = "";
  let from = 0;
  for (let token = tokens.exec(text); token; token = tokens.exec(text)) {
    if (token[0] === "/*") tokens.lastIndex = endOfComment(text, token.index + 2, isRust);
    code += `${text.slice(from, token.index)}${token[0].startsWith("/") ? " " : '""'}`;
    from = tokens.lastIndex;
  }
  code += text.slice(from);
  return isRust ? withoutMacros(code) : code;
}

/** Rust's comments hold comments. */
function endOfComment(text: string, from: number, nests: boolean): number {
  const marks = /\/\*|\*\//g;
  marks.lastIndex = from;
  let depth = 1;
  for (let mark = marks.exec(text); mark; mark = marks.exec(text)) {
    if (mark[0] === "*/") depth -= 1;
    else if (nests) depth += 1;
    if (depth === 0) return marks.lastIndex;
  }
  return text.length;
}

const CLOSING: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };

function withoutMacros(code: string): string {
  let rest = "";
  let from = 0;
  const start = /\b\w+!\s*(?:\w+\s*)?([([{])/g;
  for (let found = start.exec(code); found; found = start.exec(code)) {
    const open = found[1] ?? "(";
    const close = CLOSING[open];
    let depth = 1;
    let at = start.lastIndex;
    for (; at < code.length && depth > 0; at += 1) {
      if (code[at] === open) depth += 1;
      else if (code[at] === close) depth -= 1;
    }
    rest += `${code.slice(from, found.index)};`;
    from = at;
    start.lastIndex = at;
  }
  return rest + code.slice(from);
}
