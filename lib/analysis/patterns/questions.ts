import type { NodeId, SyntaxTree } from "../syntax/syntax-tree";

/** Questions that several rules ask. Each looks at a bounded number of nodes. */

/** Longer names and chains are none that a rule knows. */
const MAX_NAME = 80;

/** @returns the text of a short node, "" for a long one: rules compare names, never whole expressions. */
export function shortText(tree: SyntaxTree, node: NodeId): string {
  return tree.end(node) - tree.start(node) > MAX_NAME ? "" : tree.textOf(node);
}

/** @returns what a call calls: the node before the arguments. */
export function calleeOf(tree: SyntaxTree, call: NodeId): NodeId {
  const callee = tree.child(call, "function");
  return callee >= 0 ? callee : tree.child(call, "macro");
}

interface Called {
  readonly tree: SyntaxTree;
  readonly call: NodeId;
  readonly name: string;
  readonly path: string;
}

/** Of the call that was asked about last: some thirty rules ask about each call, one after the other. */
let called: Called | undefined;

function calledBy(tree: SyntaxTree, call: NodeId): Called {
  if (called?.call === call && called.tree === tree) return called;
  called = {
    tree,
    call,
    ...(tree.kind(call) === "method_invocation" ? methodCall(tree, call) : plainCall(tree, call)),
  };
  return called;
}

function methodCall(tree: SyntaxTree, call: NodeId): Pick<Called, "name" | "path"> {
  const name = shortText(tree, tree.child(call, "name"));
  const receiver = shortText(tree, tree.child(call, "object"));
  return { name, path: receiver === "" ? name : `${receiver}.${name}` };
}

const LAST_PARTS = ["property", "attribute", "field", "name"] as const;

function plainCall(tree: SyntaxTree, call: NodeId): Pick<Called, "name" | "path"> {
  const callee = calleeOf(tree, call);
  const path = shortText(tree, callee);
  for (const field of LAST_PARTS) {
    const last = tree.child(callee, field);
    if (last >= 0) return { name: shortText(tree, last), path };
  }
  return { name: path, path };
}

/** @returns the last part of what is called: `query` of `db.query(…)`, `unwrap` of `a.b().unwrap()`. */
export function calleeName(tree: SyntaxTree, call: NodeId): string {
  return calledBy(tree, call).name;
}

/** @returns what the called method belongs to: `db` of `db.query(…)`; -1 for a plain function. */
export function receiverOf(tree: SyntaxTree, call: NodeId): NodeId {
  if (tree.is(call, "method_invocation")) return tree.child(call, "object");
  const callee = calleeOf(tree, call);
  return ["object", "operand", "value", "path"].map((field) => tree.child(callee, field)).find((at) => at >= 0) ?? -1;
}

/** @returns receiver and name, as in `console.log`; "" when they are long. */
export function calleePath(tree: SyntaxTree, call: NodeId): string {
  return calledBy(tree, call).path;
}

/** @returns the arguments of a call, without comments. */
export function argumentsOf(tree: SyntaxTree, call: NodeId): NodeId[] {
  const list = tree.child(call, "arguments");
  return tree.namedChildren(list).filter((node) => !tree.isComment(node));
}

/** @returns the statements of a block, without comments. */
export function statementsOf(tree: SyntaxTree, block: NodeId): NodeId[] {
  const list = tree.childOfKind(block, "statement_list");
  return tree.namedChildren(list >= 0 ? list : block).filter((node) => !tree.isComment(node));
}

/** @returns whether a token of that text is a direct child: `async`, `const`, `?.`. */
export function hasToken(tree: SyntaxTree, node: NodeId, ...tokens: readonly string[]): boolean {
  return tree.childOfKind(node, ...tokens) >= 0;
}

/** @returns the parent, passing brackets that only group. */
export function parentThroughBrackets(tree: SyntaxTree, node: NodeId): NodeId {
  let parent = tree.parent(node);
  for (let step = 0; step < 8 && tree.is(parent, "parenthesized_expression"); step += 1) parent = tree.parent(parent);
  return parent;
}

/** @returns whether one of the nearest `depth` ancestors is of a kind. */
export function isWithin(tree: SyntaxTree, node: NodeId, depth: number, ...kinds: readonly string[]): boolean {
  let above = tree.parent(node);
  for (let step = 0; step < depth && above >= 0; step += 1) {
    if (tree.is(above, ...kinds)) return true;
    above = tree.parent(above);
  }
  return false;
}

const SQL = /^\W*(?:select\s.{1,400}\sfrom|insert\s+into|update\s+\S{1,80}\s+set|delete\s+from)\s/is;

/** @returns whether a literal looks like a statement of SQL. */
export function isSql(text: string): boolean {
  return SQL.test(text.slice(0, 600));
}
