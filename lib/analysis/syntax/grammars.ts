import "server-only";
import { readFileSync } from "node:fs";
import path from "node:path";
import { Language, Parser } from "web-tree-sitter";

/** Languages whose rules are written alike, because they share their node types. */
export type LanguageFamily = "javascript" | "python" | "go" | "java" | "rust" | "ruby" | "php" | "c-sharp";

interface GrammarSource {
  readonly family: LanguageFamily;
  /** The part of the name of the wasm file behind `tree-sitter-`. */
  readonly wasm: string;
}

/** By Linguist's name of the language. */
const GRAMMARS: Readonly<Record<string, GrammarSource>> = {
  JavaScript: { family: "javascript", wasm: "javascript" },
  TypeScript: { family: "javascript", wasm: "typescript" },
  TSX: { family: "javascript", wasm: "tsx" },
  Python: { family: "python", wasm: "python" },
  Go: { family: "go", wasm: "go" },
  Java: { family: "java", wasm: "java" },
  Rust: { family: "rust", wasm: "rust" },
  Ruby: { family: "ruby", wasm: "ruby" },
  PHP: { family: "php", wasm: "php" },
  "C#": { family: "c-sharp", wasm: "c-sharp" },
};

/** What tree-sitter gives a part that it could not read. */
const ERROR_KIND = 65_535;

/** What a walk looks up by number: plain, so that another thread can be given it. */
export interface GrammarFacts {
  /** Such as `tsx`; one for each grammar. */
  readonly name: string;
  readonly family: LanguageFamily;
  /** Name of a kind of node by its number. */
  readonly kinds: readonly string[];
  /** 1 for a named kind (`identifier`), 0 for a token (`{`, `async`). */
  readonly named: Uint8Array;
  readonly fieldIds: ReadonlyMap<string, number>;
}

export interface Grammar extends GrammarFacts {
  /** @returns every number of a named kind; aliases make one name several numbers. */
  idsOf(kind: string): readonly number[];
}

/** A grammar that can parse. */
interface LoadedGrammar extends Grammar {
  readonly language: Language;
}

/**
 * The functions of the WebAssembly module under web-tree-sitter's cursor. The walk calls them directly, without
 * a copy of the cursor for each call, which makes it three times as fast (`bench/patterns.ts`).
 */
export interface CursorFunctions {
  readonly HEAP32: Int32Array;
  _ts_init(): number;
  _ts_tree_cursor_goto_first_child_wasm(tree: number): number;
  _ts_tree_cursor_goto_next_sibling_wasm(tree: number): number;
  _ts_tree_cursor_goto_parent_wasm(tree: number): number;
  _ts_tree_cursor_current_node_type_id_wasm(tree: number): number;
  _ts_tree_cursor_start_index_wasm(tree: number): number;
  _ts_tree_cursor_end_index_wasm(tree: number): number;
  _ts_tree_cursor_current_field_id_wasm(tree: number): number;
}

const CURSOR_FUNCTIONS = [
  "_ts_init",
  "_ts_tree_cursor_goto_first_child_wasm",
  "_ts_tree_cursor_goto_next_sibling_wasm",
  "_ts_tree_cursor_goto_parent_wasm",
  "_ts_tree_cursor_current_node_type_id_wasm",
  "_ts_tree_cursor_start_index_wasm",
  "_ts_tree_cursor_end_index_wasm",
  "_ts_tree_cursor_current_field_id_wasm",
] as const;

/** Filled by emscripten when the runtime starts. */
const runtime: Record<string, unknown> = {};
let started: Promise<void> | undefined;
const loaded = new Map<string, LoadedGrammar>();

/** Starts tree-sitter's runtime, once in a process; nothing can be parsed before. */
export function startRuntime(): Promise<void> {
  started ??= Parser.init(runtime);
  return started;
}

/** @returns which rules apply to a language of Linguist's; null when there is no grammar for it. */
export function familyOf(language: string | null): LanguageFamily | null {
  return language !== null && Object.hasOwn(GRAMMARS, language) ? (GRAMMARS[language]?.family ?? null) : null;
}

/**
 * Loads a grammar when it is first asked for, once in a process.
 * @param language as Linguist names it
 * @param folder where the files `tree-sitter-<grammar>.wasm` are
 * @returns null when there is no grammar for it
 * @throws Error when the grammar cannot be read: a defect of the installation
 */
export function grammarOf(language: string, folder: string): LoadedGrammar | null {
  const source = Object.hasOwn(GRAMMARS, language) ? GRAMMARS[language] : undefined;
  if (!source) return null;
  const grammar = loaded.get(source.wasm) ?? load(source, folder);
  loaded.set(source.wasm, grammar);
  return grammar;
}

/** @returns the cursor's own functions, or null when this build of the runtime does not show them. */
export function cursorFunctions(): CursorFunctions | null {
  const complete = CURSOR_FUNCTIONS.every((name) => typeof runtime[name] === "function");
  return complete && runtime["HEAP32"] instanceof Int32Array ? (runtime as unknown as CursorFunctions) : null;
}

function load({ wasm, family }: GrammarSource, folder: string): LoadedGrammar {
  const code = readFileSync(path.join(folder, `tree-sitter-${wasm}.wasm`));
  const language = Language.loadSync(new WebAssembly.Module(code));
  const kinds = Array.from({ length: language.nodeTypeCount }, (_, id) => language.nodeTypeForId(id) ?? "");
  const named = new Uint8Array(ERROR_KIND + 1);
  for (let id = 0; id < kinds.length; id += 1) named[id] = language.nodeTypeIsNamed(id) ? 1 : 0;
  kinds[ERROR_KIND] = "ERROR";
  named[ERROR_KIND] = 1;
  const fieldIds = new Map<string, number>();
  language.fields.forEach((field, id) => {
    if (field !== null) fieldIds.set(field, id);
  });
  return { ...grammarFrom({ name: wasm, family, kinds, named, fieldIds }), language };
}

/** @returns the grammar that these are the facts of, in whatever thread; it reads trees, but parses nothing. */
export function grammarFrom({ name, family, kinds, named, fieldIds }: GrammarFacts): Grammar {
  const byKind = new Map<string, number[]>();
  kinds.forEach((kind, id) => {
    if (named[id] === 1) byKind.set(kind, [...(byKind.get(kind) ?? []), id]);
  });
  return { name, family, kinds, named, fieldIds, idsOf: (kind) => byKind.get(kind) ?? [] };
}
