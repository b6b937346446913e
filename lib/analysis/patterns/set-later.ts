import type { NodeId, SyntaxTree } from "../syntax/syntax-tree";
import type { Scopes } from "./scopes";

/** Of the tree that was asked about last: a rule asks about each declaration of a file, one after the other. */
let known: { readonly tree: SyntaxTree; readonly names: ReadonlySet<string> } | undefined;

const SETTING = ["assignment_expression", "augmented_assignment_expression", "update_expression"] as const;
/** Longer targets name something inside of an object, not a variable. */
const MAX_TARGET = 200;

/** @returns the names that functions of a JavaScript file give a new value. One pass for each tree. */
function setInFunctions(tree: SyntaxTree, scopes: Scopes): ReadonlySet<string> {
  if (known?.tree === tree) return known.names;
  const names = new Set<string>();
  for (let node = 1; node < tree.size; node += 1) {
    if (!tree.is(node, ...SETTING) || scopes.functionOf(node) < 0) continue;
    const left = tree.child(node, "left");
    const target = left >= 0 ? left : tree.child(node, "argument");
    if (tree.is(target, "identifier", "array_pattern", "object_pattern"))
      for (const name of namesIn(tree, target)) names.add(name);
  }
  known = { tree, names };
  return names;
}

function namesIn(tree: SyntaxTree, node: NodeId): readonly string[] {
  return (
    tree
      .textOf(node)
      .slice(0, MAX_TARGET)
      .match(/[\w$]+/g) ?? []
  );
}

/** @returns whether a function of the file sets one of the variables of a declaration: only then it is state that changes. */
export function isSetLater(tree: SyntaxTree, declaration: NodeId, scopes: Scopes): boolean {
  const declarators = tree.namedChildren(declaration).filter((child) => tree.is(child, "variable_declarator"));
  const set = setInFunctions(tree, scopes);
  return declarators.some((one) => namesIn(tree, tree.child(one, "name")).some((name) => set.has(name)));
}
