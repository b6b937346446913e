import "server-only";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Parser, type Tree } from "web-tree-sitter";
import type { SourceFile } from "../source";
import { cursorFunctions, familyOf, grammarOf, startRuntime, type CursorFunctions, type Grammar } from "./grammars";
import { SyntaxTree, type TreeColumns } from "./syntax-tree";

/** Bounds of one file. What is beyond them is not read, and says so. */
export const PARSE_LIMITS = {
  /** Larger files are data or generated, whatever their name. */
  maxBytes: 512 * 1024,
  /** 512 KB of real code take a tenth of this; error recovery on hostile input may take for ever. */
  maxMs: 5_000,
  /** Part of the text in what the grammar could not read: above it the file is another dialect or no code. */
  maxErrorShare: 0.3,
} as const;

export type NotParsed = "no_grammar" | "too_large" | "too_slow" | "syntax_errors";

export type Parsed = { readonly ok: true; readonly tree: SyntaxTree } | { readonly ok: false; readonly why: NotParsed };

export interface SyntaxParser {
  /**
   * Parses a file and copies its tree out of WebAssembly, whose memory is freed before this returns.
   * @returns the tree, or why there is none
   * @throws Error when the grammar cannot be loaded: a defect of the installation
   */
  parse(file: Pick<SourceFile, "language" | "text" | "bytes">): Parsed;
}

/**
 * Where the installed package keeps its grammars. They are files to be read: resolved from a path and not from the module's
 * address, the bundler does not take them for modules of the application, which it could not build.
 */
function installedGrammars(): string {
  const here = createRequire(fileURLToPath(import.meta.url));
  return path.dirname(here.resolve("@vscode/tree-sitter-wasm/wasm/tree-sitter-go.wasm"));
}

/**
 * Starts tree-sitter's runtime. Grammars are loaded when the first file of their language comes.
 * @param wasmFolder where the files `tree-sitter-<grammar>.wasm` are; those of the installed package by default
 * @param limits {@link PARSE_LIMITS} unless a caller has its own
 */
export async function createParser(
  wasmFolder: string = installedGrammars(),
  limits: { readonly maxBytes: number; readonly maxMs: number; readonly maxErrorShare: number } = PARSE_LIMITS,
): Promise<SyntaxParser> {
  await startRuntime();
  const parser = new Parser();
  return {
    parse(file) {
      if (file.language === null) return { ok: false, why: "no_grammar" };
      if (file.bytes > limits.maxBytes) {
        return { ok: false, why: familyOf(file.language) === null ? "no_grammar" : "too_large" };
      }
      const grammar = grammarOf(file.language, wasmFolder);
      if (!grammar) return { ok: false, why: "no_grammar" };
      parser.setLanguage(grammar.language);
      const deadline = performance.now() + limits.maxMs;
      const tree = parser.parse(file.text, null, { progressCallback: () => performance.now() > deadline });
      if (!tree) {
        parser.reset();
        return { ok: false, why: "too_slow" };
      }
      try {
        const functions = cursorFunctions();
        const columns = functions ? readFast(tree, functions) : readWithCursor(tree);
        const errors = errorShare(columns, grammar, file.text.length);
        if (errors > limits.maxErrorShare) return { ok: false, why: "syntax_errors" };
        return { ok: true, tree: new SyntaxTree(file.language, file.text, grammar, columns) };
      } finally {
        tree.delete();
      }
    },
  };
}

function columnsFor(size: number): TreeColumns {
  const buffer = new ArrayBuffer(size * 19);
  return {
    size,
    start: new Uint32Array(buffer, 0, size),
    end: new Uint32Array(buffer, size * 4, size),
    parent: new Int32Array(buffer, size * 8, size),
    after: new Uint32Array(buffer, size * 12, size),
    kind: new Uint16Array(buffer, size * 16, size),
    field: new Uint8Array(buffer, size * 18, size),
  };
}

/** One walk with the public cursor; {@link readFast} gives the same. */
export function readWithCursor(tree: Tree): TreeColumns {
  const size = tree.rootNode.descendantCount;
  const columns = columnsFor(size);
  const cursor = tree.walk();
  try {
    fill(columns, {
      kind: () => cursor.nodeTypeId,
      start: () => cursor.startIndex,
      end: () => cursor.endIndex,
      field: () => cursor.currentFieldId,
      down: () => cursor.gotoFirstChild(),
      on: () => cursor.gotoNextSibling(),
      up: () => cursor.gotoParent(),
    });
  } finally {
    cursor.delete();
  }
  return columns;
}

/** web-tree-sitter keeps a tree's address in `tree[0]` and a cursor's state in four words. */
interface Addressed {
  readonly 0: number;
}
interface WithHandles {
  handles: [number, number, number, number];
}

/**
 * The same walk on the module's functions: the cursor stays in the module's transfer buffer between calls
 * instead of being copied out and in again for each.
 */
export function readFast(tree: Tree, functions: CursorFunctions): TreeColumns {
  const size = tree.rootNode.descendantCount;
  const columns = columnsFor(size);
  const cursor = tree.walk();
  const { handles } = cursor as unknown as WithHandles;
  const at = functions._ts_init() >> 2;
  const address = (tree as unknown as Addressed)[0];
  try {
    for (let word = 0; word < 4; word += 1) functions.HEAP32[at + word] = handles[word] ?? 0;
    fill(columns, {
      kind: () => functions._ts_tree_cursor_current_node_type_id_wasm(address),
      start: () => functions._ts_tree_cursor_start_index_wasm(address),
      end: () => functions._ts_tree_cursor_end_index_wasm(address),
      field: () => functions._ts_tree_cursor_current_field_id_wasm(address),
      down: () => functions._ts_tree_cursor_goto_first_child_wasm(address) === 1,
      on: () => functions._ts_tree_cursor_goto_next_sibling_wasm(address) === 1,
      up: () => functions._ts_tree_cursor_goto_parent_wasm(address) === 1,
    });
  } finally {
    for (let word = 0; word < 4; word += 1) handles[word] = functions.HEAP32[at + word] ?? 0;
    cursor.delete();
  }
  return columns;
}

interface Steps {
  kind(): number;
  start(): number;
  end(): number;
  field(): number;
  down(): boolean;
  on(): boolean;
  up(): boolean;
}

function fill({ size, kind, field, start, end, parent, after }: TreeColumns, steps: Steps): void {
  let above = -1;
  for (let node = 0; node < size; node += 1) {
    kind[node] = steps.kind();
    start[node] = steps.start();
    end[node] = steps.end();
    field[node] = steps.field();
    parent[node] = above;
    if (steps.down()) {
      above = node;
      continue;
    }
    after[node] = node + 1;
    while (!steps.on()) {
      if (above < 0 || !steps.up()) return;
      after[above] = node + 1;
      above = parent[above] ?? -1;
    }
  }
}

/** @returns the part of the text that lies in outermost ERROR nodes, 0 to 1. */
function errorShare({ size, kind, start, end, after }: TreeColumns, grammar: Grammar, length: number): number {
  let units = 0;
  for (let node = 0; node < size;) {
    const isError = grammar.kinds[kind[node] ?? 0] === "ERROR";
    if (isError) units += (end[node] ?? 0) - (start[node] ?? 0);
    node = isError ? (after[node] ?? size) : node + 1;
  }
  return length === 0 ? 0 : units / length;
}
