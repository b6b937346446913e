import type { NodeId, SyntaxTree } from "../../syntax/syntax-tree";

/**
 * Where a value comes from, as far as one file tells, least worrying first: `literal` (written there), `safe` (a constant, a
 * number, or cleaned), `dynamic` (from somewhere else), `built` (text put together with a dynamic part), `request` (from whoever
 * sends a request, also when it is a part of something built).
 */
export type Origin = "literal" | "safe" | "dynamic" | "built" | "request";

/** A name and what it is given; a parameter's value is -1. */
export interface Defined {
  readonly name: NodeId;
  readonly value: NodeId;
  /** Where the value comes from when that is known without looking at it. */
  readonly origin: Origin | null;
}

/** What a grammar calls the things that `Flow` follows, and what sources of requests look like. */
export interface Dialect {
  readonly strings: ReadonlySet<string>;
  readonly interpolations: ReadonlySet<string>;
  /** Numbers, booleans and other values that are no text to put anything into. */
  readonly literals: ReadonlySet<string>;
  /** Their value is one of their parts: brackets, casts, `await`, `a ? b : c`. */
  readonly transparent: ReadonlySet<string>;
  readonly binaries: ReadonlySet<string>;
  readonly names: ReadonlySet<string>;
  readonly calls: ReadonlySet<string>;
  readonly members: ReadonlySet<string>;
  readonly functions: ReadonlySet<string>;
  readonly definers: readonly string[];
  /** Expressions, without white space, that are a part of a request. */
  readonly sources: RegExp;
  /** Calls whose result can do no harm: numbers, quoted or escaped text, a bare file name. */
  readonly cleaners: RegExp;
  /** Calls that put text together. */
  readonly formats: RegExp;
  define(tree: SyntaxTree, node: NodeId): Defined[];
  argumentsOf(tree: SyntaxTree, call: NodeId): NodeId[];
  /** What the method is called on, -1 for a plain function. */
  receiverOf(tree: SyntaxTree, call: NodeId): NodeId;
}

export const set = (...kinds: string[]): ReadonlySet<string> => new Set(kinds);

export function argumentsIn(tree: SyntaxTree, list: NodeId): NodeId[] {
  return tree.namedChildren(list).filter((node) => !tree.isComment(node));
}

/** Every identifier below a pattern: `{ a, b: [c] }`, `(x, y)`, `Query(q)`. */
export function namesIn(tree: SyntaxTree, pattern: NodeId, ...kinds: string[]): NodeId[] {
  if (pattern < 0) return [];
  if (tree.is(pattern, ...kinds)) return [pattern];
  const names: NodeId[] = [];
  const end = Math.min(tree.after(pattern), pattern + 200);
  for (let node = pattern + 1; node < end; node += 1) if (tree.is(node, ...kinds)) names.push(node);
  return names;
}
