import ts from "typescript";

/** Ids of the catalogue, and two measures, that {@link countWithCompiler} counts. */
export const COUNTED_BY_COMPILER = [
  "async-await",
  "await-in-loop",
  "async-iteration",
  "promise-constructor",
  "try-catch",
  "finally",
  "element-loop",
  "for-in",
  "generator",
  "function-value",
  "any-type",
  "non-null-assertion",
  "double-assertion",
  "type-cast",
  "loose-equality",
  "null-by-equality",
  "optional-chaining",
  "default-for-missing",
  "var-declaration",
  "const-binding",
  "functions",
  "cyclomatic",
] as const;

type Counted = (typeof COUNTED_BY_COMPILER)[number];

/**
 * Counts patterns in the tree of TypeScript's own parser, by rules that share nothing with the catalogue's.
 * @param source made with `setParentNodes`
 */
export function countWithCompiler(source: ts.SourceFile): Partial<Record<Counted, number>> {
  const counts: Partial<Record<Counted, number>> = {};
  const add = (id: Counted) => {
    counts[id] = (counts[id] ?? 0) + 1;
  };
  const visit = (node: ts.Node, inFunction: boolean): void => {
    look(node, add);
    const isFunction = isFunctionWithBody(node);
    if (isFunction) {
      add("functions");
      add("cyclomatic");
    } else if (inFunction && isDecision(node)) add("cyclomatic");
    ts.forEachChild(node, (child) => visit(child, inFunction || isFunction));
  };
  visit(source, false);
  return counts;
}

function look(node: ts.Node, add: (id: Counted) => void): void {
  if (ts.isAwaitExpression(node)) {
    add("async-await");
    if (isInLoopBody(node)) add("await-in-loop");
  }
  if (ts.isForOfStatement(node)) {
    add("element-loop");
    if (node.awaitModifier) add("async-iteration");
  }
  if (ts.isForInStatement(node)) add("for-in");
  if (ts.isNewExpression(node) && node.expression.getText() === "Promise") add("promise-constructor");
  if (ts.isCatchClause(node)) add("try-catch");
  if (ts.isTryStatement(node) && node.finallyBlock) add("finally");
  if (
    (ts.isFunctionDeclaration(node) || ts.isFunctionExpression(node) || ts.isMethodDeclaration(node)) &&
    node.asteriskToken
  )
    add("generator");
  if (ts.isArrowFunction(node)) add("function-value");
  if (node.kind === ts.SyntaxKind.AnyKeyword) add("any-type");
  if (ts.isNonNullExpression(node)) add("non-null-assertion");
  if (ts.isAsExpression(node)) {
    if (ts.isAsExpression(node.expression)) add("double-assertion");
    if (node.type.getText() !== "const") add("type-cast");
  }
  if (hasQuestionDot(node)) add("optional-chaining");
  if (ts.isBinaryExpression(node)) lookAtOperator(node, add);
  if (ts.isVariableDeclarationList(node) && !ts.isForOfStatement(node.parent) && !ts.isForInStatement(node.parent)) {
    const flags = node.flags & ts.NodeFlags.BlockScoped;
    if (flags === 0) add("var-declaration");
    if (flags === ts.NodeFlags.Const) add("const-binding");
  }
}

function lookAtOperator({ operatorToken, left, right }: ts.BinaryExpression, add: (id: Counted) => void): void {
  const { kind } = operatorToken;
  if (kind === ts.SyntaxKind.QuestionQuestionToken || kind === ts.SyntaxKind.QuestionQuestionEqualsToken)
    add("default-for-missing");
  if (kind === ts.SyntaxKind.EqualsEqualsToken || kind === ts.SyntaxKind.ExclamationEqualsToken) {
    const withNull = [left, right].some((side) => side.kind === ts.SyntaxKind.NullKeyword);
    add(withNull ? "null-by-equality" : "loose-equality");
  }
}

function hasQuestionDot(node: ts.Node): boolean {
  return (
    (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node) || ts.isCallExpression(node)) &&
    node.questionDotToken !== undefined
  );
}

/** Loops whose body holds the node, up to the next function; `for await` waits by its nature. */
function isInLoopBody(node: ts.Node): boolean {
  for (let at = node; at.parent && !isFunctionWithBody(at); at = at.parent) {
    const { parent } = at;
    if (ts.isIterationStatement(parent, false) && parent.statement === at) {
      return !(ts.isForOfStatement(parent) && parent.awaitModifier);
    }
  }
  return false;
}

function isFunctionWithBody(node: ts.Node): boolean {
  const isFunction =
    ts.isFunctionDeclaration(node) ||
    ts.isFunctionExpression(node) ||
    ts.isArrowFunction(node) ||
    ts.isMethodDeclaration(node) ||
    ts.isConstructorDeclaration(node) ||
    ts.isGetAccessorDeclaration(node) ||
    ts.isSetAccessorDeclaration(node);
  return isFunction && node.body !== undefined;
}

/** McCabe's decisions: `if`, loop, `case`, `catch`, `?:`, `&&`, `||`. */
function isDecision(node: ts.Node): boolean {
  if (ts.isBinaryExpression(node)) {
    const { kind } = node.operatorToken;
    return kind === ts.SyntaxKind.AmpersandAmpersandToken || kind === ts.SyntaxKind.BarBarToken;
  }
  return (
    ts.isIfStatement(node) ||
    ts.isIterationStatement(node, false) ||
    ts.isCaseClause(node) ||
    ts.isCatchClause(node) ||
    ts.isConditionalExpression(node)
  );
}
