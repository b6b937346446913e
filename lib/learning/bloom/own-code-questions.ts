import ts from "typescript";
import type { OwnCodeQuestion } from "./schemas";

const CHOICES = 4;
/** A name's length; longer ones are none that somebody should read in a choice. */
const MAX_NAME = 40;

interface Named {
  readonly name: string;
  readonly line: number;
}

interface Facts {
  readonly lines: number;
  readonly functions: readonly (Named & { readonly parameters: readonly string[] })[];
  readonly variables: readonly (Named & { readonly kept: boolean })[];
  readonly loops: readonly { readonly line: number; readonly endLine: number }[];
  readonly calls: readonly Named[];
  /** Names that hold a function or are handed to one: somebody else may call them. */
  readonly handed: ReadonlySet<string>;
}

/**
 * Questions about the code that somebody has just passed with, in JavaScript or TypeScript: who wrote it with
 * understanding answers them at a glance. Each answer stands in the tree and, looked at once more, in the text; where
 * wrong choices would have to be made up, there is no question.
 * @param name tells by its ending which of the two languages it is
 */
export function ownCodeQuestions(name: string, text: string): OwnCodeQuestion[] {
  const facts = gather(ts.createSourceFile(name, text, ts.ScriptTarget.ES2023, true));
  return [reassigned(facts), loopEnd(facts), called(facts), declaredAt(facts), parameter(facts)].flatMap((question) =>
    question && holdsInText(question, text) ? [question] : [],
  );
}

function gather(file: ts.SourceFile): Facts {
  const lineOf = (at: number): number => file.getLineAndCharacterOfPosition(at).line + 1;
  const functions: Facts["functions"][number][] = [];
  const declared: Named[] = [];
  const changed = new Set<string>();
  // Names that a parameter, a pattern or a loop's head also gives: a question could mean either.
  const shared = new Set<string>();
  const loops: Facts["loops"][number][] = [];
  const calls: Named[] = [];
  const handed = new Set<string>();
  const visit = (node: ts.Node): void => {
    const line = lineOf(node.getStart(file));
    if (ts.isFunctionLike(node)) functions.push(functionAt(node, line));
    if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && isPlain(node))
      declared.push({ name: node.name.text, line });
    else if (isBound(node)) shared.add(node.name.text);
    if (ts.isBinaryExpression(node) && isAssignment(node.operatorToken.kind)) addTargets(node.left, changed);
    if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) {
      if (node.operator === ts.SyntaxKind.PlusPlusToken || node.operator === ts.SyntaxKind.MinusMinusToken)
        addTargets(node.operand, changed);
    }
    if (ts.isIterationStatement(node, false)) {
      if (ts.isForOfStatement(node) || ts.isForInStatement(node)) addTargets(node.initializer, changed);
      loops.push({ line, endLine: lineOf(node.statement.getEnd()) });
    }
    if (ts.isCallExpression(node) || ts.isNewExpression(node))
      for (const given of node.arguments ?? []) if (ts.isIdentifier(given)) handed.add(given.text);
    if (
      ts.isVariableDeclaration(node) &&
      ts.isIdentifier(node.name) &&
      node.initializer &&
      ts.isFunctionLike(node.initializer)
    )
      handed.add(node.name.text);
    if (ts.isCallExpression(node)) calls.push({ name: calleeOf(node.expression), line: lineOf(endOf(node, file)) });
    ts.forEachChild(node, visit);
  };
  visit(file);
  const times = new Map<string, number>();
  for (const { name } of declared) times.set(name, (times.get(name) ?? 0) + 1);
  return {
    lines: file.getLineStarts().length,
    functions,
    // A name declared twice is two variables: no question can mean one of them.
    variables: declared
      .filter(({ name }) => times.get(name) === 1 && !shared.has(name) && isName(name))
      .map(({ name, line }) => ({ name, line, kept: !changed.has(name) })),
    loops,
    calls: calls.filter(({ name }) => isName(name)),
    handed,
  };
}

/** A declaration of its own, not one in the head of a loop that gives it value after value. */
function isPlain(node: ts.VariableDeclaration): boolean {
  const holder = node.parent.parent;
  return !ts.isForOfStatement(holder) && !ts.isForInStatement(holder) && !ts.isCatchClause(node.parent);
}

/** Whether a node gives a name a value in another way than a plain declaration. */
function isBound(node: ts.Node): node is ts.Node & { readonly name: ts.Identifier } {
  const binds =
    ts.isParameter(node) ||
    ts.isBindingElement(node) ||
    ts.isVariableDeclaration(node) ||
    ts.isFunctionDeclaration(node) ||
    ts.isFunctionExpression(node) ||
    ts.isClassDeclaration(node) ||
    ts.isImportSpecifier(node);
  return binds && node.name !== undefined && ts.isIdentifier(node.name);
}

function isAssignment(kind: ts.SyntaxKind): boolean {
  return kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
}

/** All the names in what is assigned to: those of a pattern too. */
function addTargets(node: ts.Node, changed: Set<string>): void {
  if (ts.isIdentifier(node)) changed.add(node.text);
  else if (!ts.isPropertyAccessExpression(node) && !ts.isElementAccessExpression(node))
    ts.forEachChild(node, (child) => addTargets(child, changed));
}

function calleeOf(callee: ts.Expression): string {
  if (ts.isIdentifier(callee)) return callee.text;
  return ts.isPropertyAccessExpression(callee) && ts.isIdentifier(callee.name) ? callee.name.text : "";
}

/** Where the name stands that is called: of a chain over several lines, not where the chain begins. */
function endOf({ expression }: ts.CallExpression, file: ts.SourceFile): number {
  return ts.isPropertyAccessExpression(expression) ? expression.name.getStart(file) : expression.getStart(file);
}

function functionAt(node: ts.SignatureDeclaration, line: number): Facts["functions"][number] {
  const own = node.name ?? (ts.isVariableDeclaration(node.parent) ? node.parent.name : undefined);
  return {
    name: own && ts.isIdentifier(own) ? own.text : "",
    line,
    parameters: node.parameters.flatMap(({ name }) => (ts.isIdentifier(name) && isName(name.text) ? [name.text] : [])),
  };
}

function isName(text: string): boolean {
  return text.length <= MAX_NAME && /^[A-Za-z_$][\w$]*$/.test(text) && text !== "this";
}

function reassigned({ variables }: Facts): OwnCodeQuestion | null {
  const changing = variables.filter(({ kept }) => !kept);
  const [one] = changing;
  if (!one || changing.length !== 1) return null;
  return ask(one.name, names(variables.filter(({ kept }) => kept)), {
    kind: "reassigned",
    level: "understand",
    prompt: "Which of these variables gets another value after it was declared?",
    line: one.line,
    because: `${one.name}, declared on line ${one.line}, is assigned to again; the others are not.`,
  });
}

function loopEnd({ loops, lines }: Facts): OwnCodeQuestion | null {
  const loop = loops.find(({ line, endLine }) => endLine > line + 1);
  if (!loop) return null;
  return ask(String(loop.endLine), near(loop.endLine, lines), {
    kind: "loop_end",
    level: "understand",
    prompt: `A loop begins on line ${loop.line}. On which line does the part end that it repeats?`,
    line: loop.endLine,
    because: `The body of the loop of line ${loop.line} ends on line ${loop.endLine}.`,
  });
}

function called({ calls, variables, functions, handed }: Facts): OwnCodeQuestion | null {
  const [call] = calls;
  if (!call) return null;
  const reached = new Set(calls.map(({ name }) => name));
  const others = [...names(variables), ...functions.flatMap(({ parameters }) => parameters)];
  return ask(
    call.name,
    others.filter((name) => !reached.has(name) && !handed.has(name)),
    {
      kind: "called",
      level: "understand",
      prompt: "Which of these is called as a function in your code?",
      line: call.line,
      because: `${call.name} is called on line ${call.line}; the others are values that your code reads or writes.`,
    },
  );
}

function parameter({ functions, variables }: Facts): OwnCodeQuestion | null {
  const found = functions.find(({ name, parameters }) => isName(name) && parameters.length > 0);
  const [answer] = found?.parameters ?? [];
  if (!found || answer === undefined) return null;
  const others = names(variables).filter((name) => !found.parameters.includes(name) && name !== found.name);
  return ask(answer, others, {
    kind: "parameter",
    level: "remember",
    prompt: `Which of these does ${found.name} get from whoever calls it?`,
    line: found.line,
    because: `${found.name}, on line ${found.line}, has the parameter ${answer}; the others are declared as variables.`,
  });
}

function declaredAt({ variables, lines }: Facts): OwnCodeQuestion | null {
  const variable = variables.find(({ line }) => line > 1) ?? variables[0];
  if (!variable) return null;
  return ask(String(variable.line), near(variable.line, lines), {
    kind: "declared_at",
    level: "remember",
    prompt: `On which line is ${variable.name} declared?`,
    line: variable.line,
    because: `${variable.name} is declared on line ${variable.line}.`,
  });
}

function names(list: readonly Named[]): string[] {
  return list.map(({ name }) => name);
}

/** The other lines, the nearest first. */
function near(line: number, lines: number): string[] {
  return Array.from({ length: lines }, (_, index) => index + 1)
    .toSorted((one, other) => Math.abs(one - line) - Math.abs(other - line))
    .map(String);
}

function ask(
  answer: string,
  wrong: readonly string[],
  rest: Omit<OwnCodeQuestion, "choices" | "answer">,
): OwnCodeQuestion | null {
  const others = [...new Set(wrong)].filter((one) => one !== answer).slice(0, CHOICES - 1);
  return others.length < CHOICES - 1 ? null : { ...rest, choices: [answer, ...others], answer };
}

/**
 * A second look, at the text instead of the tree: what the answer says has to stand on its line, and none of the wrong
 * choices may be right as well. A question that fails is not put, whatever the tree says.
 */
function holdsInText(question: OwnCodeQuestion, text: string): boolean {
  const { kind, answer, choices, line, prompt } = question;
  const lines = text.split(/\r\n|[\n\r\u2028\u2029]/);
  const at = (number: number): string => lines[number - 1] ?? "";
  const wrong = choices.filter((choice) => choice !== answer);
  const times = (where: string, pattern: string): number => [...where.matchAll(new RegExp(pattern, "g"))].length;
  switch (kind) {
    case "loop_end":
      return at(line).trim() !== "" && !/\{\s*$/.test(at(line));
    case "called":
      return times(at(line), call(answer)) > 0 && wrong.every((name) => times(text, call(name)) === 0);
    case "parameter":
      return times(at(line), word(answer)) > 0 && wrong.every((name) => times(text, declaration(name)) === 1);
    case "declared_at": {
      const name = / line is (\S+) declared\?$/.exec(prompt)?.[1] ?? "";
      return (
        times(at(line), word(name)) > 0 && wrong.every((other) => times(at(Number(other)), declaration(name)) === 0)
      );
    }
    case "reassigned":
      // The declaration itself is the first time.
      return times(text, change(answer)) > 1 && wrong.every((name) => times(text, change(name)) <= 1);
  }
}

const word = (name: string): string => `(?<![\\w$.])${name.replaceAll("$", String.raw`\$`)}(?![\\w$])`;
const call = (name: string): string =>
  `(?<![\\w$])${name.replaceAll("$", String.raw`\$`)}(?:<[^()]*>)?(?:\\?\\.)?\\s*\\(`;
const declaration = (name: string): string => `\\b(?:const|let|var)\\s+${word(name)}`;
const change = (name: string): string =>
  `${word(name)}\\s*(?:\\+\\+|--|(?:[-+*/%&|^]|\\*\\*|<<|>>>?|&&|\\|\\||\\?\\?)?=(?![=>]))|${word(name)}\\s*:[^=;]*=(?![=>])|(?:\\+\\+|--)${word(name)}`;
