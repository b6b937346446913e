import type { NodeId, SyntaxTree } from "../syntax/syntax-tree";
import type { OperatorSite, StandaloneFunction } from "./schemas";

/** A function longer than this is no exercise; one of a single line has nothing to find in it. */
const BOUNDS = { lines: 30, characters: 1_500, parameters: 3, operators: 6, name: 40 } as const;

const BUILTINS: ReadonlySet<string> = new Set(
  "Math Number String Boolean Array Object JSON BigInt Map Set RegExp Error TypeError RangeError SyntaxError parseInt parseFloat isNaN isFinite undefined NaN Infinity encodeURIComponent decodeURIComponent encodeURI decodeURI".split(
    " ",
  ),
);

/** What makes a result depend on more than the arguments, or cannot be run alone. */
const IMPURE =
  /\b(?:this|arguments|super|await|yield|import|require|eval|Function|globalThis|window|process|console|Date|random|debugger|__proto__|prototype|constructor)\b/;

const SWAPS: Readonly<Record<string, string>> = {
  "<": "<=",
  "<=": "<",
  ">": ">=",
  ">=": ">",
  "===": "!==",
  "!==": "===",
  "==": "!=",
  "!=": "==",
  "+": "-",
  "-": "+",
  "*": "+",
  "/": "*",
  "%": "*",
  "&&": "||",
  "||": "&&",
  "??": "||",
};

const LOOPS = ["for_statement", "for_in_statement", "while_statement", "do_statement"] as const;
const NESTED = ["function_declaration", "function_expression", "arrow_function", "generator_function"] as const;

/** The functions of a JavaScript or TypeScript file that could be run alone, in the order in which they begin. */
export function standaloneFunctions(path: string, tree: SyntaxTree): StandaloneFunction[] {
  if (tree.family !== "javascript") return [];
  const found: StandaloneFunction[] = [];
  for (let node = 0; node < tree.size; node += 1) {
    const fn = candidateAt(path, tree, node);
    if (fn) found.push(fn);
  }
  return found;
}

function candidateAt(path: string, tree: SyntaxTree, node: NodeId): StandaloneFunction | null {
  const holder = tree.parent(node);
  const declared = tree.is(node, "function_declaration");
  if (!declared && !(tree.is(node, "arrow_function", "function_expression") && tree.is(holder, "variable_declarator")))
    return null;
  const name = tree.child(declared ? node : holder, "name");
  if (!tree.is(name, "identifier") || tree.end(name) - tree.start(name) > BOUNDS.name) return null;
  const [line, endLine] = [tree.line(declared ? node : holder), tree.endLine(node)];
  const size = tree.end(node) - tree.start(node);
  if (endLine - line + 1 > BOUNDS.lines || endLine - line < 2 || size > BOUNDS.characters) return null;
  const raw = tree.textOf(node);
  if (IMPURE.test(raw) || /^async\b/.test(raw)) return null;
  const parameters = parametersOf(tree, node);
  if (!parameters || !returnsSomething(tree, node) || !standsAlone(tree, node, tree.textOf(name))) return null;
  const prefix = declared ? "" : `const ${tree.textOf(name)} = `;
  const suffix = declared ? "" : ";";
  return {
    path,
    line,
    endLine,
    language: tree.language === "JavaScript" ? "javascript" : "typescript",
    name: tree.textOf(name),
    ...placed(tree, node, prefix, suffix),
    parameters,
  };
}

/** Null when a parameter is more than a name, so that arguments could not simply be handed over. */
function parametersOf(tree: SyntaxTree, node: NodeId): StandaloneFunction["parameters"] | null {
  const single = tree.child(node, "parameter");
  if (single >= 0) return [{ name: tree.textOf(single), type: null }];
  const list = tree.namedChildren(tree.child(node, "parameters")).filter((each) => !tree.isComment(each));
  if (list.length === 0 || list.length > BOUNDS.parameters) return null;
  const parameters: { name: string; type: string | null }[] = [];
  for (const each of list) {
    const pattern = tree.is(each, "identifier") ? each : tree.child(each, "pattern");
    if (!tree.is(pattern, "identifier") || tree.child(each, "value") >= 0) return null;
    const type = tree.textOf(tree.child(each, "type")).replace(/^:\s*/, "");
    parameters.push({ name: tree.textOf(pattern), type: type === "" ? null : type });
  }
  return parameters;
}

function returnsSomething(tree: SyntaxTree, node: NodeId): boolean {
  const body = tree.child(node, "body");
  if (!tree.is(body, "statement_block")) return body >= 0;
  for (let at = body + 1; at < tree.after(body); at += 1)
    if (tree.is(at, "return_statement") && tree.firstNamed(at) >= 0) return true;
  return false;
}

/**
 * Whether each name is declared in it or built in. Where a name is declared is not looked at: what is used outside of
 * its block fails when it is run.
 */
function standsAlone(tree: SyntaxTree, node: NodeId, own: string): boolean {
  const declared = new Set([own]);
  const used = new Set<string>();
  for (let at = node; at < tree.after(node); at += 1) {
    const kind = tree.kind(at);
    if (kind.startsWith("jsx") || kind === "decorator" || kind === "type_query" || kind === "ERROR") return false;
    if (kind === "shorthand_property_identifier_pattern") declared.add(tree.textOf(at));
    else if (kind === "shorthand_property_identifier") used.add(tree.textOf(at));
    else if (kind === "identifier") (isBinding(tree, at) ? declared : used).add(tree.textOf(at));
  }
  return [...used].every((name) => declared.has(name) || BUILTINS.has(name));
}

function isBinding(tree: SyntaxTree, node: NodeId): boolean {
  const above = tree.parent(node);
  if (tree.is(above, "variable_declarator", ...NESTED))
    return !tree.inField(node, "value") && !tree.inField(node, "body");
  if (tree.is(above, "for_in_statement")) return tree.inField(node, "left");
  if (tree.is(above, "catch_clause")) return tree.inField(node, "parameter");
  if (tree.is(above, "assignment_pattern", "object_assignment_pattern")) return tree.inField(node, "left");
  return tree.is(
    above,
    "formal_parameters",
    "required_parameter",
    "optional_parameter",
    "rest_pattern",
    "array_pattern",
    "pair_pattern",
  );
}

/** The text with its first line's indentation taken away, and where its operators stand in that. */
function placed(
  tree: SyntaxTree,
  node: NodeId,
  prefix: string,
  suffix: string,
): Pick<StandaloneFunction, "text" | "operators"> {
  const indent = /^[ \t]*/.exec(tree.lineText(tree.line(node)))?.[0] ?? "";
  const raw = tree.textOf(node);
  let text = prefix;
  /** Where each character of the raw text is in the new one. */
  const moved: number[] = [];
  for (const [index, line] of raw.split("\n").entries()) {
    const cut = index > 0 && line.startsWith(indent) ? indent.length : 0;
    if (index > 0) text += "\n";
    for (let at = 0; at <= line.length; at += 1) moved.push(text.length + Math.max(0, at - cut));
    text += line.slice(cut);
  }
  const operators: OperatorSite[] = [];
  for (let at = node; at < tree.after(node) && operators.length < BOUNDS.operators; at += 1) {
    if (!tree.is(at, "binary_expression") || mayNeverEnd(tree, at, node) || isChained(tree, at)) continue;
    const operator = tree.child(at, "operator");
    const from = tree.textOf(operator);
    const to = SWAPS[from];
    const start = moved[tree.start(operator) - tree.start(node)];
    if (to === undefined || start === undefined) continue;
    const line = text.slice(0, start).split("\n").length;
    operators.push({ start, end: start + from.length, from, to, line });
  }
  return { text: text.replaceAll("\r", " ") + suffix, operators };
}

/** Whether a `??` stands beside another: `||` may not stand there without brackets. */
function isChained(tree: SyntaxTree, node: NodeId): boolean {
  const is = (other: NodeId): boolean =>
    tree.is(other, "binary_expression") && tree.textOf(tree.child(other, "operator")) === "??";
  return is(node) && [tree.parent(node), tree.child(node, "left"), tree.child(node, "right")].some(is);
}

/** Whether an operator decides when a loop ends: another one there might make it endless. */
function mayNeverEnd(tree: SyntaxTree, node: NodeId, within: NodeId): boolean {
  for (let at = node, above = tree.parent(node); at !== within; at = above, above = tree.parent(above)) {
    if (tree.is(above, "while_statement", "do_statement")) return true;
    if (tree.is(above, ...LOOPS) && !tree.inField(at, "body")) return true;
  }
  return false;
}
