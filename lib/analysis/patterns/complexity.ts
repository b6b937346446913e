import type { LanguageFamily } from "../syntax/grammars";
import type { NodeId, SyntaxTree } from "../syntax/syntax-tree";
import { FUNCTION_KINDS } from "./scopes";

/**
 * Two measures of how hard a function is.
 *
 * **Cyclomatic complexity**: T. J. McCabe, "A Complexity Measure", IEEE Transactions on Software Engineering SE-2
 * (1976): decisions + 1. A decision is each `if`, loop, `case` that is no default, `catch`, conditional expression,
 * condition or loop of a comprehension, and each `&&` and `||` (`and`, `or`; not `??`). A nested function has its own.
 *
 * **Cognitive complexity**: G. A. Campbell, "Cognitive Complexity: a new way of measuring understandability",
 * SonarSource white paper, version 1.7 (2023), appendix B. +1 for each `if`, `else if`, `else`, conditional
 * expression, `switch`/`match`/`select`, loop, `catch`, jump to a label, run of one logical operator, and recursion
 * (once); +1 more for each level of nesting for `if`, conditional expression, `switch`, loop and `catch`. Nested
 * functions raise the nesting and count towards the function round them. Rust's `?`, optional chaining and `??` are
 * shorthand and free, as the paper says of null-coalescing.
 */
export interface FunctionComplexity {
  readonly node: NodeId;
  readonly cyclomatic: number;
  readonly cognitive: number;
}

interface ComplexityKinds {
  readonly ifs: readonly string[];
  readonly loops: readonly string[];
  readonly switches: readonly string[];
  readonly catches: readonly string[];
  readonly ternaries: readonly string[];
  /** One branch of a switch. */
  readonly cases: readonly string[];
  /** A loop or condition of a comprehension: a decision, and no nesting. */
  readonly clauses: readonly string[];
  readonly logical: readonly string[];
  readonly calls: readonly string[];
}

const KINDS: Readonly<Partial<Record<LanguageFamily, ComplexityKinds>>> = {
  javascript: {
    ifs: ["if_statement"],
    loops: ["for_statement", "for_in_statement", "while_statement", "do_statement"],
    switches: ["switch_statement"],
    catches: ["catch_clause"],
    ternaries: ["ternary_expression"],
    cases: ["switch_case"],
    clauses: [],
    logical: ["binary_expression"],
    calls: ["call_expression"],
  },
  python: {
    ifs: ["if_statement", "elif_clause"],
    loops: ["for_statement", "while_statement"],
    switches: ["match_statement"],
    catches: ["except_clause"],
    ternaries: ["conditional_expression"],
    cases: ["case_clause"],
    clauses: ["for_in_clause", "if_clause"],
    logical: ["boolean_operator"],
    calls: ["call"],
  },
  go: {
    ifs: ["if_statement"],
    loops: ["for_statement"],
    switches: ["expression_switch_statement", "type_switch_statement", "select_statement"],
    catches: [],
    ternaries: [],
    cases: ["expression_case", "type_case", "communication_case"],
    clauses: [],
    logical: ["binary_expression"],
    calls: ["call_expression"],
  },
  java: {
    ifs: ["if_statement"],
    loops: ["for_statement", "enhanced_for_statement", "while_statement", "do_statement"],
    switches: ["switch_expression"],
    catches: ["catch_clause"],
    ternaries: ["ternary_expression"],
    cases: ["switch_label"],
    clauses: [],
    logical: ["binary_expression"],
    calls: ["method_invocation"],
  },
  rust: {
    ifs: ["if_expression"],
    loops: ["for_expression", "while_expression", "loop_expression"],
    switches: ["match_expression"],
    catches: [],
    ternaries: [],
    cases: ["match_arm"],
    clauses: [],
    logical: ["binary_expression"],
    calls: ["call_expression"],
  },
};

/** What a kind of node does to the measures, as one number for a fast table. */
const IF = 1;
const LOOP = 2;
const SWITCH = 3;
const CATCH = 4;
const TERNARY = 5;
const CASE = 6;
const CLAUSE = 7;
const LOGICAL = 8;
const FUNCTION = 9;
const ELSE = 10;
const JUMP = 11;
const CALL = 12;

const tables = new WeakMap<object, Uint8Array>();

function tableFor(tree: SyntaxTree, kinds: ComplexityKinds): Uint8Array {
  const known = tables.get(tree.grammar);
  if (known) return known;
  const table = new Uint8Array(65_536);
  const put = (names: readonly string[], role: number) => {
    for (const name of names) for (const id of tree.grammar.idsOf(name)) table[id] = role;
  };
  put(kinds.ifs, IF);
  put(kinds.loops, LOOP);
  put(kinds.switches, SWITCH);
  put(kinds.catches, CATCH);
  put(kinds.ternaries, TERNARY);
  put(kinds.cases, CASE);
  put(kinds.clauses, CLAUSE);
  put(kinds.logical, LOGICAL);
  put(kinds.calls, CALL);
  put(FUNCTION_KINDS[tree.family], FUNCTION);
  put(["else_clause"], ELSE);
  put(["break_statement", "continue_statement", "goto_statement", "break_expression", "continue_expression"], JUMP);
  tables.set(tree.grammar, table);
  return table;
}

interface Running {
  readonly node: NodeId;
  readonly ownCalls: readonly string[];
  /** Nesting at the function's own place, of the function round it. */
  readonly nestingOutside: number;
  cyclomatic: number;
  cognitive: number;
  /** Increments that grow by one for each level that the function is nested. */
  nested: number;
  recursive: boolean;
}

/**
 * Measures every function of a tree in one pass.
 * @returns one entry for each function, in the order in which they end; none for a language that has no measure
 */
export function complexities(tree: SyntaxTree): FunctionComplexity[] {
  const kinds = KINDS[tree.family];
  if (!kinds) return [];
  const table = tableFor(tree, kinds);
  const measured: FunctionComplexity[] = [];
  const open: Running[] = [];
  /** Nesting within the innermost function, of each node that has been seen. */
  const nesting = new Uint16Array(tree.size);
  const close = (upTo: NodeId) => {
    for (let last = open.at(-1); last && upTo >= tree.after(last.node); last = open.at(-1)) {
      open.pop();
      measured.push({ node: last.node, cyclomatic: last.cyclomatic, cognitive: last.cognitive });
      const outer = open.at(-1);
      if (!outer) continue;
      outer.cognitive += last.cognitive + last.nested * (last.nestingOutside + 1);
      outer.nested += last.nested;
    }
  };
  for (let node = 1; node < tree.size; node += 1) {
    close(node);
    const parent = tree.parent(node);
    const role = table[tree.kindId(node)] ?? 0;
    const parentRole = table[tree.kindId(parent)] ?? 0;
    let level = parentRole === FUNCTION ? 0 : (nesting[parent] ?? 0);
    if (raises(parentRole) && isBody(tree, node, parent, parentRole)) level += 1;
    nesting[node] = level;
    const current = open.at(-1);
    if (role === FUNCTION) {
      open.push({
        node,
        ownCalls: ownCalls(tree, node),
        nestingOutside: level,
        cyclomatic: 1,
        cognitive: 0,
        nested: 0,
        recursive: false,
      });
    } else if (current && role !== 0) count(tree, node, role, level, current);
  }
  close(tree.size);
  return measured;
}

function count(tree: SyntaxTree, node: NodeId, role: number, level: number, current: Running): void {
  const structural = () => {
    current.cognitive += 1 + level;
    current.nested += 1;
  };
  switch (role) {
    case IF:
      current.cyclomatic += 1;
      if (isElseIf(tree, node)) current.cognitive += 1;
      else structural();
      // Go, Java have no clause of their own for a final `else`.
      if (hasPlainElse(tree, node)) current.cognitive += 1;
      break;
    case ELSE:
      // `else if` is counted at its `if`; the `else` of a `try` is where the work goes on.
      if (
        !tree.is(tree.parent(node), "try_statement") &&
        !tree.is(tree.firstNamed(node), "if_statement", "if_expression")
      )
        current.cognitive += 1;
      break;
    case LOOP:
    case CATCH:
    case TERNARY:
      current.cyclomatic += 1;
      structural();
      break;
    case SWITCH:
      structural();
      break;
    case CASE:
      if (!isDefault(tree, node)) current.cyclomatic += 1;
      break;
    case CLAUSE:
      current.cyclomatic += 1;
      break;
    case LOGICAL:
      countLogical(tree, node, current);
      break;
    case JUMP:
      if (jumpsToLabel(tree, node)) current.cognitive += 1;
      break;
    case CALL:
      if (!current.recursive && callsItself(tree, node, current.ownCalls)) {
        current.recursive = true;
        current.cognitive += 1;
      }
      break;
    default:
  }
}

const raises = (role: number) =>
  role === IF || role === ELSE || role === LOOP || role === SWITCH || role === CATCH || role === TERNARY;

/** Conditions and heads are not nested, and an `else if` is as deep as its `if`. */
function isBody(tree: SyntaxTree, node: NodeId, parent: NodeId, role: number): boolean {
  if (tree.inField(node, "condition") || !tree.isNamed(node)) return false;
  if (role === ELSE) return false;
  if (role === IF) {
    // What stands behind `else` is as deep as what stands behind `if`: the clause itself adds nothing more.
    if (isElseIf(tree, node)) return false;
    if (tree.is(node, "else_clause")) return !tree.is(tree.firstNamed(node), "if_statement", "if_expression");
    return tree.inField(node, "consequence") || tree.inField(node, "alternative");
  }
  if (role === TERNARY || role === CATCH) return true;
  return (
    tree.inField(node, "body") || tree.is(node, "block", "switch_body", "match_block") || isCaseOf(tree, node, parent)
  );
}

function isCaseOf(tree: SyntaxTree, node: NodeId, parent: NodeId): boolean {
  return (
    tree.is(parent, "expression_switch_statement", "type_switch_statement", "select_statement", "match_statement") &&
    /_case$|case_clause$/.test(tree.kind(node))
  );
}

function isElseIf(tree: SyntaxTree, node: NodeId): boolean {
  if (tree.is(node, "elif_clause")) return true;
  if (!tree.is(node, "if_statement", "if_expression")) return false;
  const parent = tree.parent(node);
  return (
    tree.is(parent, "else_clause") ||
    (tree.is(parent, "if_statement", "if_expression") && tree.inField(node, "alternative"))
  );
}

function hasPlainElse(tree: SyntaxTree, node: NodeId): boolean {
  const alternative = tree.child(node, "alternative");
  return tree.is(node, "if_statement") && tree.is(alternative, "block")
    ? true
    : tree.family === "java" && alternative >= 0 && !tree.is(alternative, "if_statement");
}

function isDefault(tree: SyntaxTree, node: NodeId): boolean {
  if (tree.is(node, "switch_label")) return tree.childOfKind(node, "default") >= 0;
  const pattern = tree.is(node, "match_arm")
    ? tree.child(node, "pattern")
    : tree.is(node, "case_clause")
      ? tree.firstNamed(node)
      : -1;
  return pattern >= 0 && tree.textOf(pattern) === "_";
}

/** Rust's `break value` has an identifier too, but no label. */
function jumpsToLabel(tree: SyntaxTree, node: NodeId): boolean {
  return (
    tree.childOfKind(node, "label", "statement_identifier", "label_name") >= 0 ||
    (tree.family === "java" && tree.childOfKind(node, "identifier") >= 0)
  );
}

const LOGICAL_TOKENS = ["&&", "||", "and", "or"];

function operatorOf(tree: SyntaxTree, node: NodeId): string {
  const token = tree.childOfKind(node, ...LOGICAL_TOKENS);
  return token < 0 ? "" : tree.kind(token);
}

/** Each operator is a decision; a run of the same one, read from left to right, is one thing to understand. */
function countLogical(tree: SyntaxTree, node: NodeId, current: Running): void {
  const operator = operatorOf(tree, node);
  if (operator === "") return;
  current.cyclomatic += 1;
  const before = operatorBefore(tree, node);
  if (before !== operator) current.cognitive += 1;
}

/** @returns the logical operator that stands directly in front of this one within one expression, "" for none. */
function operatorBefore(tree: SyntaxTree, node: NodeId): string {
  // The last operator of the left side, unless brackets or `!` close it off.
  const left = tree.child(node, "left") >= 0 ? tree.child(node, "left") : tree.firstNamed(node);
  let last = left;
  let found = "";
  for (let step = 0; step < 64; step += 1) {
    const operator = operatorOf(tree, last);
    if (operator === "") break;
    found = operator;
    last = tree.namedChildren(last).at(-1) ?? -1;
  }
  if (found !== "") return found;
  // Nothing on the left: the operator in front is the one whose right side this is.
  let at = node;
  for (let step = 0; step < 64; step += 1) {
    const parent = tree.parent(at);
    const operator = operatorOf(tree, parent);
    if (operator === "") return "";
    if ((tree.namedChildren(parent)[0] ?? -1) !== at) return operator;
    at = parent;
  }
  return "";
}

/** What a call of the function from within itself looks like; none for a function without a name. */
function ownCalls(tree: SyntaxTree, node: NodeId): readonly string[] {
  const parent = tree.parent(node);
  const holder = tree.is(parent, "variable_declarator") ? parent : node;
  const name = tree.textOf(tree.child(holder, "name"));
  if (name === "") return [];
  if (tree.is(node, "method_definition")) return [`this.${name}`];
  if (tree.is(node, "method_declaration") && tree.family === "go") {
    const receiver = tree.firstNamed(tree.child(node, "receiver"));
    return [`${tree.textOf(tree.child(receiver, "name"))}.${name}`];
  }
  if (tree.family === "java") return [name, `this.${name}`];
  const around = tree.parent(parent);
  if (tree.is(around, "class_definition")) return [`self.${name}`];
  if (tree.is(around, "impl_item")) return [`self.${name}`, `Self::${name}`];
  return [name];
}

/** Longer names are none that {@link ownCalls} gives. */
const MAX_CALLEE = 100;

function callsItself(tree: SyntaxTree, call: NodeId, own: readonly string[]): boolean {
  if (tree.is(call, "method_invocation")) {
    const object = tree.textOf(tree.child(call, "object")).slice(0, MAX_CALLEE);
    const name = tree.textOf(tree.child(call, "name"));
    return own.includes(object === "" ? name : `${object}.${name}`);
  }
  const callee = tree.child(call, "function");
  return tree.end(callee) - tree.start(callee) <= MAX_CALLEE && own.includes(tree.textOf(callee));
}
