import ts from "typescript";
import type { RunResult } from "./schemas";

const { SyntaxKind } = ts;

/** Constructs that are one kind of node. */
const KINDS: Readonly<Partial<Record<ts.SyntaxKind, string>>> = {
  [SyntaxKind.ForStatement]: "for",
  [SyntaxKind.ForOfStatement]: "for-of",
  [SyntaxKind.ForInStatement]: "for-in",
  [SyntaxKind.WhileStatement]: "while",
  [SyntaxKind.SwitchStatement]: "switch",
  [SyntaxKind.TryStatement]: "try",
  [SyntaxKind.CatchClause]: "catch",
  [SyntaxKind.AwaitExpression]: "await",
  [SyntaxKind.YieldExpression]: "yield",
  [SyntaxKind.ClassDeclaration]: "class",
  [SyntaxKind.EnumDeclaration]: "enum",
  [SyntaxKind.AnyKeyword]: "any",
  [SyntaxKind.UnknownKeyword]: "unknown",
  [SyntaxKind.NeverKeyword]: "never",
  [SyntaxKind.NonNullExpression]: "non-null",
  [SyntaxKind.SatisfiesExpression]: "satisfies",
  [SyntaxKind.TypePredicate]: "type-predicate",
  [SyntaxKind.ConditionalExpression]: "conditional",
  [SyntaxKind.IfStatement]: "if",
  [SyntaxKind.RegularExpressionLiteral]: "regex",
  [SyntaxKind.SpreadElement]: "spread",
  [SyntaxKind.SpreadAssignment]: "spread",
  [SyntaxKind.TypeOfExpression]: "typeof",
  [SyntaxKind.TemplateExpression]: "template",
  [SyntaxKind.ThrowStatement]: "throw",
  [SyntaxKind.TypeParameter]: "type-parameter",
  [SyntaxKind.MappedType]: "mapped-type",
  [SyntaxKind.DeleteExpression]: "delete",
};

const LOOPS = new Set<ts.SyntaxKind>([
  SyntaxKind.ForStatement,
  SyntaxKind.ForOfStatement,
  SyntaxKind.ForInStatement,
  SyntaxKind.WhileStatement,
  SyntaxKind.DoStatement,
]);

/**
 * Which constructs a text holds and where first: `for`, `any`, `await-in-loop`, `call:Promise.all`, `call:.then`,
 * `new:RegExp` … What refactoring items require or forbid are these names.
 */
export function constructsIn(name: string, text: string): RunResult["constructs"] {
  const file = ts.createSourceFile(name, text, ts.ScriptTarget.ES2023, true);
  const found = new Map<string, number>();
  const add = (construct: string, node: ts.Node): void => {
    if (!found.has(construct)) found.set(construct, file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1);
  };
  const visit = (node: ts.Node, looped: boolean): void => {
    const named = KINDS[node.kind];
    if (named) add(named, node);
    if (ts.isAwaitExpression(node) && looped) add("await-in-loop", node);
    if (ts.isVariableDeclarationList(node))
      add(node.flags & ts.NodeFlags.Const ? "const" : node.flags & ts.NodeFlags.Let ? "let" : "var", node);
    if (ts.isAsExpression(node)) add(ts.isConstTypeReference(node.type) ? "as-const" : "as", node);
    if (ts.isBinaryExpression(node)) add(`operator:${node.operatorToken.getText(file)}`, node);
    if (ts.isPropertyAccessExpression(node) && node.questionDotToken) add("optional-chain", node);
    if (ts.isCallExpression(node)) addCall("call", node.expression, node, add);
    if (ts.isNewExpression(node)) addCall("new", node.expression, node, add);
    const inLoop = ts.isFunctionLike(node) ? false : looped || LOOPS.has(node.kind);
    ts.forEachChild(node, (child) => visit(child, inLoop));
  };
  visit(file, false);
  return [...found].map(([construct, line]) => ({ construct, line })).slice(0, 400);
}

function addCall(
  kind: "call" | "new",
  callee: ts.Expression,
  node: ts.Node,
  add: (construct: string, node: ts.Node) => void,
): void {
  if (ts.isIdentifier(callee)) add(`${kind}:${callee.text}`, node);
  if (!ts.isPropertyAccessExpression(callee)) return;
  add(`${kind}:.${callee.name.text}`, node);
  if (ts.isIdentifier(callee.expression)) add(`${kind}:${callee.expression.text}.${callee.name.text}`, node);
}
