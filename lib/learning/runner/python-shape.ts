import type { Node } from "web-tree-sitter";

/** A text that nests deeper than anybody writes. */
export class TooDeep extends Error {
  override readonly name = "TooDeep";
}

const MAX_DEPTH = 400;
/** Brackets in which a last comma means nothing; in a tuple it does. */
const LISTS = new Set(["argument_list", "parameters", "lambda_parameters", "list", "dictionary", "set"]);
/** Where a name is bound, by the field that holds it. */
const BINDS: Readonly<Record<string, string>> = {
  assignment: "left",
  augmented_assignment: "left",
  for_statement: "left",
  for_in_clause: "left",
  named_expression: "name",
};
const PARAMETERS = new Set(["parameters", "lambda_parameters"]);
/** Names of Python's own that people also give to variables: such a variable keeps its name. */
const BUILTINS = new Set(
  "abs all any bool bytes callable chr dict dir divmod enumerate filter float format frozenset getattr hasattr hash id input int isinstance iter len list map max min next object open ord pow print property range repr reversed round set setattr slice sorted str sum super tuple type vars zip".split(
    " ",
  ),
);
/** Where names can be seen from inside, none may be taken for another. */
const LOOKS_AT_NAMES = new Set(["locals", "vars", "exec", "eval", "globals", "dir"]);

/**
 * What a piece of Python is built of, so that two pieces with the same shape do the same: comments, docstrings, annotations in
 * parameters, layout, kinds of quotes and needless brackets are left out, and variables that a function alone knows are
 * numbered. Names that can be reached from outside (functions, parameters, attributes, imports) stay what they are.
 * @throws TooDeep
 */
export function pythonShape(root: Node): string {
  const parts: string[] = [];
  const outside = new Set<string>();
  for (const child of root.namedChildren) if (child) addOutside(child, outside);
  write(root, null, 0);
  return parts.join(" ");

  function write(node: Node, names: ReadonlyMap<string, string> | null, depth: number): void {
    if (depth > MAX_DEPTH) throw new TooDeep();
    const inner = node.type === "function_definition" && names === null ? namesIn(node, outside) : names;
    if (node.type === "comment") return;
    if (node.type === "expression_statement" && node.namedChildren.every((child) => child?.type === "string")) return;
    if (node.type === "parenthesized_expression" || node.type === "typed_parameter") {
      const child = node.namedChildren.find((one) => one && one.type !== "comment");
      if (child) write(child, inner, depth + 1);
      return;
    }
    if (node.type === "string" && !node.namedChildren.some((child) => child?.type === "interpolation")) {
      parts.push(plainText(node));
      return;
    }
    if (node.childCount === 0) {
      parts.push(node.type === "identifier" && !isFixed(node) ? (inner?.get(node.text) ?? node.text) : node.text);
      return;
    }
    parts.push("(", node.type === "typed_default_parameter" ? "default_parameter" : node.type);
    const skipped = [
      node.childForFieldName("return_type"),
      node.type.startsWith("typed_") ? node.childForFieldName("type") : null,
    ];
    node.children.forEach((child, index) => {
      if (!child || skipped.some((one) => one?.id === child.id)) return;
      if (["->", ":"].includes(child.type) && skipped.some((one) => one && one.id === node.children[index + 1]?.id))
        return;
      if (child.type === "," && LISTS.has(node.type) && isLast(node, index)) return;
      write(child, inner, depth + 1);
    });
    parts.push(")");
  }
}

/** Whether nothing but the closing bracket, and comments, comes behind the comma. */
function isLast(node: Node, index: number): boolean {
  return node.children.slice(index + 1).every((child) => !child?.isNamed || child.type === "comment");
}

/** A text without its kind of quotes, where they make no difference. */
function plainText(node: Node): string {
  const match = /^([A-Za-z]*)("""|'''|"|')([\s\S]*)\2$/.exec(node.text);
  const [, prefix = "", , content = ""] = match ?? [];
  return match && !/["'\\]/.test(content) ? JSON.stringify([prefix.toLowerCase(), content]) : node.text;
}

/** A name after a dot, or of an argument, is looked up from outside. */
function isFixed(node: Node): boolean {
  const { parent } = node;
  if (parent?.type === "attribute") return parent.childForFieldName("attribute")?.id === node.id;
  if (parent?.type === "keyword_argument") return parent.childForFieldName("name")?.id === node.id;
  return false;
}

/** What a module binds, which others can import. */
function addOutside(node: Node, outside: Set<string>): void {
  const name = node.childForFieldName("name");
  if ((node.type === "function_definition" || node.type === "class_definition") && name) {
    outside.add(name.text);
    return;
  }
  if (node.type === "identifier") outside.add(node.text);
  for (const child of node.namedChildren) if (child) addOutside(child, outside);
}

/** The variables that a function alone knows, numbered as they come; none where names can be seen from inside. */
function namesIn(definition: Node, outside: ReadonlySet<string>): ReadonlyMap<string, string> {
  const bound = new Set<string>();
  const kept = new Set<string>([...outside, ...BUILTINS]);
  let seen = false;
  const identifiers = (node: Node, into: Set<string>): void => {
    if (node.type === "identifier" && !isFixed(node)) into.add(node.text);
    if (node.type === "attribute" || node.type === "subscript") return;
    for (const child of node.namedChildren) if (child) identifiers(child, into);
  };
  const visit = (node: Node, depth: number): void => {
    if (depth > MAX_DEPTH) throw new TooDeep();
    const field = BINDS[node.type];
    const binds = field === undefined ? null : node.childForFieldName(field);
    if (binds) identifiers(binds, bound);
    if (node.type === "as_pattern_target") identifiers(node, bound);
    if (PARAMETERS.has(node.type) || ["global_statement", "nonlocal_statement"].includes(node.type))
      identifiers(node, kept);
    if (node.type.startsWith("import") || node.type === "class_definition")
      for (const child of node.namedChildren) if (child) identifiers(child, kept);
    if (node.type === "function_definition") {
      const name = node.childForFieldName("name");
      if (name) kept.add(name.text);
    }
    if (node.type === "call" && LOOKS_AT_NAMES.has(node.childForFieldName("function")?.text ?? "")) seen = true;
    // f"{total=}" prints the name.
    if (node.type === "interpolation" && node.children.some((child) => child?.type === "=")) seen = true;
    for (const child of node.namedChildren) if (child) visit(child, depth + 1);
  };
  visit(definition, 0);
  if (seen) return new Map();
  return new Map([...bound].filter((name) => !kept.has(name)).map((name, index) => [name, `variable-${index}`]));
}
