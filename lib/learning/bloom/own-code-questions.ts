import type { BloomLevel } from "./schemas";

/**
 * What the questions need of a syntax tree; the trees of the analysis have it. Node numbers run in the order of a walk, -1
 * is no node, and each question accepts it.
 */
export interface CodeTree {
  readonly size: number;
  readonly lines: number;
  kind(node: number): string;
  textOf(node: number): string;
  parent(node: number): number;
  after(node: number): number;
  child(node: number, field: string): number;
  namedChildren(node: number): number[];
  line(node: number): number;
  endLine(node: number): number;
}

export interface OwnCodeQuestion {
  readonly kind: "parameter" | "declared_at" | "loop_end" | "reassigned" | "called";
  readonly level: BloomLevel;
  readonly prompt: string;
  /** In the order in which they are shown; each but one is wrong. */
  readonly choices: readonly string[];
  readonly answer: string;
  /** Where in the learner's code the answer stands, and why it is right. */
  readonly line: number;
  readonly because: string;
}

const FUNCTIONS = new Set(["function_declaration", "function_expression", "arrow_function", "method_definition"]);
const LOOPS = new Set(["for_statement", "for_in_statement", "while_statement", "do_statement"]);
const CHOICES = 4;
/** A name's length; longer ones are none that somebody should read in a choice. */
const MAX_NAME = 40;

interface Facts {
  readonly functions: readonly {
    readonly name: string;
    readonly line: number;
    readonly parameters: readonly string[];
  }[];
  readonly variables: readonly { readonly name: string; readonly line: number; readonly kept: boolean }[];
  readonly loops: readonly { readonly line: number; readonly endLine: number }[];
  readonly calls: readonly { readonly name: string; readonly line: number }[];
}

/**
 * Questions about the code that somebody has just passed with, in JavaScript or TypeScript: who wrote it with
 * understanding answers them at a glance. Each answer stands in the tree; where wrong choices would have to be made up,
 * there is no question.
 * @param chance numbers from 0 up to 1, which mix the choices
 */
export function ownCodeQuestions(tree: CodeTree, chance: () => number): OwnCodeQuestion[] {
  const facts = gather(tree);
  return [
    reassigned(facts, chance),
    loopEnd(facts, tree, chance),
    called(facts, chance),
    parameter(facts, chance),
    declaredAt(facts, tree, chance),
  ].flatMap((question) => question ?? []);
}

function gather(tree: CodeTree): Facts {
  const functions: Facts["functions"][number][] = [];
  const declared: { name: string; line: number }[] = [];
  const changed = new Set<string>();
  // Names that a parameter, a pattern or a loop's head also gives: a question could mean either.
  const shared = new Set<string>();
  const loops: Facts["loops"][number][] = [];
  const calls: Facts["calls"][number][] = [];
  for (let node = 0; node < tree.size; node += 1) {
    const kind = tree.kind(node);
    if (FUNCTIONS.has(kind)) functions.push(functionAt(tree, node));
    if (kind === "shorthand_property_identifier_pattern" || (kind === "identifier" && isBoundElsewhere(tree, node))) {
      shared.add(tree.textOf(node));
    }
    if (kind === "variable_declarator") {
      const name = tree.child(node, "name");
      if (tree.kind(name) === "identifier") declared.push({ name: tree.textOf(name), line: tree.line(name) });
    } else if (kind === "assignment_expression" || kind === "augmented_assignment_expression") {
      changed.add(tree.textOf(tree.child(node, "left")));
    } else if (kind === "update_expression") changed.add(tree.textOf(tree.child(node, "argument")));
    else if (LOOPS.has(kind)) loops.push({ line: tree.line(node), endLine: tree.endLine(tree.child(node, "body")) });
    else if (kind === "call_expression") {
      const callee = tree.child(node, "function");
      const property = tree.child(callee, "property");
      calls.push({ name: tree.textOf(property >= 0 ? property : callee), line: tree.line(node) });
    }
  }
  const times = new Map<string, number>();
  for (const { name } of declared) times.set(name, (times.get(name) ?? 0) + 1);
  return {
    functions,
    // A name declared twice is two variables: no question can mean one of them.
    variables: declared
      .filter(({ name }) => times.get(name) === 1 && !shared.has(name) && isName(name))
      .map(({ name, line }) => ({ name, line, kept: !changed.has(name) })),
    loops,
    calls: calls.filter(({ name }) => isName(name)),
  };
}

/** Whether an identifier is given a value by something else than a plain declaration or an assignment. */
function isBoundElsewhere(tree: CodeTree, node: number): boolean {
  const above = tree.parent(node);
  const kind = tree.kind(above);
  if (kind === "for_in_statement") return tree.child(above, "left") === node;
  if (kind === "catch_clause" || kind === "arrow_function") return tree.child(above, "body") !== node;
  return /parameter|pattern/.test(kind) && kind !== "type_parameters";
}

function functionAt(tree: CodeTree, node: number): Facts["functions"][number] {
  const own = tree.child(node, "name");
  const name = own >= 0 ? own : tree.child(tree.parent(node), "name");
  const single = tree.child(node, "parameter");
  const list = single >= 0 ? [single] : tree.namedChildren(tree.child(node, "parameters"));
  return {
    name: tree.textOf(name),
    line: tree.line(node),
    parameters: list
      .map((parameter) => {
        const pattern = tree.child(parameter, "pattern");
        return tree.textOf(pattern >= 0 ? pattern : parameter);
      })
      .filter(isName),
  };
}

function isName(text: string): boolean {
  return text.length <= MAX_NAME && /^[A-Za-z_$][\w$]*$/.test(text);
}

function reassigned({ variables }: Facts, chance: () => number): OwnCodeQuestion | null {
  const changing = variables.filter(({ kept }) => !kept);
  const steady = variables.filter(({ kept }) => kept);
  const [one] = changing;
  if (!one || changing.length !== 1) return null;
  return ask(chance, one.name, names(steady), {
    kind: "reassigned",
    level: "analyse",
    prompt: "Which of these variables gets another value after it was declared?",
    line: one.line,
    because: `${one.name}, declared on line ${one.line}, is assigned to again; the others are not.`,
  });
}

function loopEnd({ loops }: Facts, tree: CodeTree, chance: () => number): OwnCodeQuestion | null {
  const loop = loops.find(({ line, endLine }) => endLine > line + 1);
  if (!loop) return null;
  const others = Array.from({ length: tree.lines }, (_, index) => index + 1).filter((line) => line !== loop.endLine);
  const near = others.toSorted((one, other) => Math.abs(one - loop.endLine) - Math.abs(other - loop.endLine));
  return ask(chance, String(loop.endLine), near.map(String), {
    kind: "loop_end",
    level: "understand",
    prompt: `A loop begins on line ${loop.line}. On which line does the part end that it repeats?`,
    line: loop.endLine,
    because: `The body of the loop of line ${loop.line} ends on line ${loop.endLine}.`,
  });
}

function called({ calls, variables, functions }: Facts, chance: () => number): OwnCodeQuestion | null {
  const [call] = calls;
  if (!call) return null;
  const reached = new Set(calls.map(({ name }) => name));
  const others = [...names(variables), ...functions.flatMap(({ parameters }) => parameters)];
  return ask(
    chance,
    call.name,
    others.filter((name) => !reached.has(name)),
    {
      kind: "called",
      level: "understand",
      prompt: "Which of these is called as a function in your code?",
      line: call.line,
      because: `${call.name} is called on line ${call.line}; the others are values that your code reads or writes.`,
    },
  );
}

function parameter({ functions, variables }: Facts, chance: () => number): OwnCodeQuestion | null {
  const found = functions.find(({ name, parameters }) => isName(name) && parameters.length > 0);
  const [answer] = found?.parameters ?? [];
  if (!found || answer === undefined) return null;
  const others = names(variables).filter((name) => !found.parameters.includes(name) && name !== found.name);
  return ask(chance, answer, others, {
    kind: "parameter",
    level: "remember",
    prompt: `Which of these does ${found.name} get from whoever calls it?`,
    line: found.line,
    because: `${found.name}, on line ${found.line}, has the parameter ${answer}; the others are declared as variables.`,
  });
}

function declaredAt({ variables }: Facts, tree: CodeTree, chance: () => number): OwnCodeQuestion | null {
  const variable = variables.find(({ line }) => line > 1) ?? variables[0];
  if (!variable) return null;
  const others = Array.from({ length: tree.lines }, (_, index) => index + 1).filter((line) => line !== variable.line);
  const near = others.toSorted((one, other) => Math.abs(one - variable.line) - Math.abs(other - variable.line));
  return ask(chance, String(variable.line), near.map(String), {
    kind: "declared_at",
    level: "remember",
    prompt: `On which line is ${variable.name} declared?`,
    line: variable.line,
    because: `${variable.name} is declared on line ${variable.line}.`,
  });
}

function names(list: readonly { readonly name: string }[]): string[] {
  return list.map(({ name }) => name);
}

function ask(
  chance: () => number,
  answer: string,
  wrong: readonly string[],
  rest: Omit<OwnCodeQuestion, "choices" | "answer">,
): OwnCodeQuestion | null {
  const others = [...new Set(wrong)].filter((one) => one !== answer).slice(0, CHOICES - 1);
  if (others.length < CHOICES - 1) return null;
  const choices = [...others];
  choices.splice(Math.floor(chance() * CHOICES), 0, answer);
  return { ...rest, choices, answer };
}
