import type { Node } from "web-tree-sitter";
import type { RunResult } from "./schemas";
import { TooDeep } from "./python-shape";

/** Constructs of Python that are one kind of node, under the names that items require or forbid them by. */
const KINDS: Readonly<Record<string, string>> = {
  for_statement: "for",
  while_statement: "while",
  with_statement: "with",
  try_statement: "try",
  except_clause: "except",
  finally_clause: "finally",
  raise_statement: "raise",
  assert_statement: "assert",
  if_statement: "if",
  match_statement: "match",
  class_definition: "class",
  function_definition: "def",
  lambda: "lambda",
  decorator: "decorator",
  yield: "yield",
  await: "await",
  list_comprehension: "list-comprehension",
  dictionary_comprehension: "dict-comprehension",
  set_comprehension: "set-comprehension",
  generator_expression: "generator-expression",
  interpolation: "f-string",
  conditional_expression: "conditional",
  named_expression: "walrus",
  global_statement: "global",
  nonlocal_statement: "nonlocal",
};

const MAX_DEPTH = 400;
const MUTABLE = new Set(["list", "dictionary", "set", "list_comprehension", "dictionary_comprehension"]);

/**
 * Which constructs a tree of Python holds and on which line first: `with`, `bare-except`, `except:ValueError`, `mutable-default`,
 * `call:open`, `call:.append`, `call:os.system`, `keyword:shell`, `import:json`, `operator:+` …
 */
export function pythonConstructs(root: Node): RunResult["constructs"] {
  const found = new Map<string, number>();
  const add = (construct: string, node: Node): void => {
    if (!found.has(construct)) found.set(construct, node.startPosition.row + 1);
  };
  const visit = (node: Node, depth: number): void => {
    if (depth > MAX_DEPTH) throw new TooDeep();
    const named = KINDS[node.type];
    if (named) add(named, node);
    of(node, add);
    for (const child of node.namedChildren) if (child) visit(child, depth + 1);
  };
  visit(root, 0);
  return [...found].map(([construct, line]) => ({ construct, line })).slice(0, 400);
}

function of(node: Node, add: (construct: string, node: Node) => void): void {
  switch (node.type) {
    case "except_clause": {
      const caught = node.namedChildren.filter((child) => child && child.type !== "block" && child.type !== "comment");
      if (caught.length === 0) add("bare-except", node);
      for (const child of caught) for (const name of namesOf(child)) add(`except:${name}`, node);
      return;
    }
    case "call": {
      const callee = node.childForFieldName("function");
      if (callee?.type === "identifier") add(`call:${callee.text}`, node);
      if (callee?.type !== "attribute") return;
      const attribute = callee.childForFieldName("attribute")?.text ?? "";
      add(`call:.${attribute}`, node);
      const object = callee.childForFieldName("object");
      if (object?.type === "identifier") add(`call:${object.text}.${attribute}`, node);
      return;
    }
    case "keyword_argument": {
      const name = node.childForFieldName("name")?.text ?? "";
      add(`keyword:${name}`, node);
      const value = node.childForFieldName("value");
      if (value && ["true", "false", "none"].includes(value.type)) add(`keyword:${name}=${value.text}`, node);
      return;
    }
    case "default_parameter":
    case "typed_default_parameter": {
      const value = node.childForFieldName("value");
      const made =
        value?.type === "call" && ["list", "dict", "set"].includes(value.childForFieldName("function")?.text ?? "");
      if (value && (MUTABLE.has(value.type) || made)) add("mutable-default", node);
      return;
    }
    case "binary_operator":
    case "boolean_operator":
    case "comparison_operator":
    case "augmented_assignment":
      for (const child of node.children) if (child && !child.isNamed) add(`operator:${child.text}`, node);
      return;
    case "import_statement":
    case "import_from_statement": {
      const names =
        node.type === "import_from_statement" ? [node.childForFieldName("module_name")] : node.namedChildren;
      for (const name of names) if (name) add(`import:${name.childForFieldName("name")?.text ?? name.text}`, node);
    }
  }
}

/** The names in what a clause catches: one, several in a tuple, or one with an alias. */
function namesOf(node: Node | null): string[] {
  if (!node) return [];
  if (node.type === "identifier" || node.type === "attribute") return [node.text];
  if (node.type === "as_pattern") return namesOf(node.namedChildren[0] ?? null);
  return node.namedChildren.flatMap(namesOf);
}
