import type { SyntaxTree } from "../../syntax/syntax-tree";
import type { SecretMatch } from "./detect";

/**
 * The secrets of a file, those in its documentation doubted: what a docstring or a doc comment shows is mostly an example,
 * as an RFC's token is. A key that bears its issuer's mark is none to doubt, and neither is code that is commented out.
 * @param secrets in order of position
 */
export function doubtDocumented(tree: SyntaxTree, secrets: readonly SecretMatch[]): readonly SecretMatch[] {
  if (secrets.every(({ confidence }) => confidence === "high")) return secrets;
  const ranges = documentationOf(tree);
  let at = 0;
  return secrets.map((secret) => {
    while ((ranges[at]?.end ?? Number.POSITIVE_INFINITY) <= secret.start) at += 1;
    const isDocumented = (ranges[at]?.start ?? Number.POSITIVE_INFINITY) <= secret.start;
    return isDocumented && secret.confidence !== "high" ? { ...secret, severity: "low", confidence: "low" } : secret;
  });
}

/** Where documentation stands, in order. One pass. */
function documentationOf(tree: SyntaxTree): { readonly start: number; readonly end: number }[] {
  const found: { start: number; end: number }[] = [];
  for (let node = 1; node < tree.size; node += 1) {
    const isDocumentation = tree.isComment(node)
      ? /^(?:\/\*\*|\/\/[/!])/.test(tree.textOf(node).slice(0, 3))
      : tree.family === "python" && tree.is(node, "string") && tree.is(tree.parent(node), "expression_statement");
    if (isDocumentation && tree.start(node) >= (found.at(-1)?.end ?? 0))
      found.push({ start: tree.start(node), end: tree.end(node) });
  }
  return found;
}
