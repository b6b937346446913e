import type { NodeId, SyntaxTree } from "../syntax/syntax-tree";
import { shortText } from "./questions";
import type { Scopes } from "./scopes";

/** @returns whether one of the attributes or annotations in front of a Rust item names a test. */
export function hasRustTestAttribute(tree: SyntaxTree, item: NodeId): boolean {
  // Attributes stand before their item as siblings.
  let before = tree.previousShallow(item);
  for (let step = 0; step < 4 && tree.is(before, "attribute_item"); step += 1) {
    if (/\btest\b/.test(shortText(tree, before))) return true;
    before = tree.previousShallow(before);
  }
  return false;
}

/** @returns whether Rust code stands in a `#[test]` function or a `#[cfg(test)]` module. */
export function isRustTest(tree: SyntaxTree, node: NodeId, scopes: Scopes): boolean {
  let item = scopes.functionOf(node);
  for (let step = 0; step < 4 && tree.is(item, "closure_expression"); step += 1) item = scopes.functionOf(item);
  if (item < 0) return false;
  if (hasRustTestAttribute(tree, item)) return true;
  // Function, its declaration list, the module; twice for a method in an `impl`.
  let above = tree.parent(item);
  for (let step = 0; step < 5 && above >= 0; step += 1) {
    if (tree.is(above, "mod_item") && hasRustTestAttribute(tree, above)) return true;
    above = tree.parent(above);
  }
  return false;
}
