import type { Grammar, LanguageFamily } from "../syntax/grammars";
import type { NodeId, SyntaxTree } from "../syntax/syntax-tree";

/** Kinds of node that are functions, by family. */
export const FUNCTION_KINDS: Readonly<Record<LanguageFamily, readonly string[]>> = {
  javascript: [
    "function_declaration",
    "function_expression",
    "arrow_function",
    "method_definition",
    "generator_function_declaration",
    "generator_function",
  ],
  python: ["function_definition", "lambda"],
  go: ["function_declaration", "method_declaration", "func_literal"],
  java: ["method_declaration", "constructor_declaration", "compact_constructor_declaration", "lambda_expression"],
  rust: ["function_item", "closure_expression"],
  ruby: ["method", "singleton_method", "lambda"],
  php: ["function_definition", "method_declaration", "anonymous_function", "arrow_function"],
  "c-sharp": [
    "method_declaration",
    "constructor_declaration",
    "local_function_statement",
    "lambda_expression",
    "anonymous_method_expression",
  ],
};

/** Kinds of node that repeat their `body`. */
const LOOP_KINDS: readonly string[] = [
  "for_statement",
  "for_in_statement",
  "enhanced_for_statement",
  "foreach_statement",
  "while_statement",
  "do_statement",
  "for_expression",
  "while_expression",
  "loop_expression",
];

/** What a node stands in, for every node of a tree; computed in one pass. */
export interface Scopes {
  /** @returns the innermost function round the node (never the node itself), -1 at the top level. */
  functionOf(node: NodeId): NodeId;
  /** @returns the innermost loop whose body holds the node, within the same function; -1 for none. */
  loopOf(node: NodeId): NodeId;
  isFunction(node: NodeId): boolean;
}

/** @returns the scopes of a tree. */
export function scopesOf(tree: SyntaxTree): Scopes {
  const { functions, loops } = flagsFor(tree.grammar);
  const functionOf = new Int32Array(tree.size).fill(-1);
  const loopOf = new Int32Array(tree.size).fill(-1);
  for (let node = 1; node < tree.size; node += 1) {
    const parent = tree.parent(node);
    const kind = tree.kindId(parent);
    if (functions[kind] === 1) functionOf[node] = parent;
    else {
      functionOf[node] = functionOf[parent] ?? -1;
      loopOf[node] = loops[kind] === 1 && isRepeated(tree, node) ? parent : (loopOf[parent] ?? -1);
    }
  }
  return {
    functionOf: (node) => functionOf[node] ?? -1,
    loopOf: (node) => loopOf[node] ?? -1,
    isFunction: (node) => functions[tree.kindId(node)] === 1,
  };
}

/** Go's `for` has its head as an unnamed child; elsewhere what is repeated is the field `body`. */
function isRepeated(tree: SyntaxTree, node: NodeId): boolean {
  return tree.inField(node, "body");
}

interface Flags {
  readonly functions: Uint8Array;
  readonly loops: Uint8Array;
}

const known = new WeakMap<Grammar, Flags>();

function flagsFor(grammar: Grammar): Flags {
  const flags = known.get(grammar) ?? {
    functions: flagsOf(grammar, FUNCTION_KINDS[grammar.family]),
    loops: flagsOf(grammar, LOOP_KINDS),
  };
  known.set(grammar, flags);
  return flags;
}

function flagsOf(grammar: Grammar, kinds: readonly string[]): Uint8Array {
  const flags = new Uint8Array(65_536);
  for (const kind of kinds) for (const id of grammar.idsOf(kind)) flags[id] = 1;
  return flags;
}
