import type { NodeId, SyntaxTree } from "../syntax/syntax-tree";
import { complexities } from "./complexity";
import { statementsOf } from "./questions";

/** A function, method, closure or lambda of a file. */
export interface FunctionInfo {
  readonly node: NodeId;
  /** As written, with its class or type in front for a method; `(anonymous)` for one without a name. */
  readonly name: string;
  readonly line: number;
  readonly endLine: number;
  /** Without the docstring that Python has inside of the function; elsewhere it stands in front. */
  readonly lines: number;
  readonly parameters: number;
  readonly cyclomatic: number;
  readonly cognitive: number;
  /** Others can call it: exported, public, or by convention not private. */
  readonly isPublic: boolean;
  readonly isDocumented: boolean;
}

/** @returns every function of a file with its measures, in the order in which they begin. */
export function functionsOf(tree: SyntaxTree): FunctionInfo[] {
  return complexities(tree)
    .sort((a, b) => a.node - b.node)
    .map(({ node, cyclomatic, cognitive }) => ({
      node,
      name: nameOf(tree, node),
      line: tree.line(node),
      endLine: tree.endLine(node),
      lines: Math.max(1, tree.endLine(node) - tree.line(node) + 1 - docstringLines(tree, node)),
      parameters: parametersOf(tree, node),
      cyclomatic,
      cognitive,
      isPublic: isPublic(tree, node),
      isDocumented: isDocumented(tree, node),
    }));
}

const NAMELESS = "(anonymous)";
const HOLDERS = ["class_body", "block", "declaration_list", "interface_body", "enum_body"];
const TYPES = [
  "class_declaration",
  "class",
  "class_definition",
  "impl_item",
  "trait_item",
  "record_declaration",
  "interface_declaration",
  "enum_declaration",
];

function nameOf(tree: SyntaxTree, node: NodeId): string {
  const own = tree.child(node, "name");
  if (own < 0) return bindingName(tree, node);
  const name = tree.textOf(own).slice(0, 100);
  const type = typeAround(tree, node);
  const typeName = tree.textOf(tree.child(type, tree.is(type, "impl_item") ? "type" : "name")).slice(0, 100);
  return typeName === "" ? name : `${typeName}.${name}`;
}

/** A function without a name of its own is known by what it is given to. */
function bindingName(tree: SyntaxTree, node: NodeId): string {
  const parent = tree.parent(node);
  if (tree.is(parent, "variable_declarator", "public_field_definition", "field_definition")) {
    const name = tree.child(parent, "name") >= 0 ? tree.child(parent, "name") : tree.child(parent, "property");
    return tree.textOf(name).slice(0, 100) || NAMELESS;
  }
  if (tree.is(parent, "pair")) return tree.textOf(tree.child(parent, "key")).slice(0, 100) || NAMELESS;
  if (tree.is(parent, "assignment_expression", "assignment"))
    return tree.textOf(tree.child(parent, "left")).slice(0, 100) || NAMELESS;
  return NAMELESS;
}

function typeAround(tree: SyntaxTree, node: NodeId): NodeId {
  const item = itemOf(tree, node);
  const holder = tree.parent(item);
  const type = tree.is(holder, ...HOLDERS) ? tree.parent(holder) : -1;
  return tree.is(type, ...TYPES) ? type : -1;
}

function parametersOf(tree: SyntaxTree, node: NodeId): number {
  const list = tree.child(node, "parameters");
  if (list < 0) return tree.child(node, "parameter") >= 0 ? 1 : 0;
  if (tree.is(list, "identifier")) return 1;
  return statementsOf(tree, list).reduce((sum, parameter) => {
    const names =
      tree.family === "go" ? tree.children(parameter).filter((child) => tree.inField(child, "name")).length : 1;
    return sum + Math.max(1, names);
  }, 0);
}

/** What stands for the function among its siblings: its export, its decorated definition, or itself. */
function itemOf(tree: SyntaxTree, node: NodeId): NodeId {
  let item = node;
  const steps = [
    "decorated_definition",
    "variable_declarator",
    "lexical_declaration",
    "variable_declaration",
    "export_statement",
  ];
  for (let step = 0; step < 3 && tree.is(tree.parent(item), ...steps); step += 1) item = tree.parent(item);
  return item;
}

function isPublic(tree: SyntaxTree, node: NodeId): boolean {
  const name = tree.textOf(tree.child(node, "name"));
  switch (tree.family) {
    case "javascript": {
      if (tree.is(node, "method_definition")) {
        const hidden =
          tree.is(tree.child(node, "name"), "private_property_identifier") ||
          /^(?:private|protected)$/.test(tree.textOf(tree.childOfKind(node, "accessibility_modifier")));
        return !hidden && name !== "constructor" && tree.is(tree.parent(typeAround(tree, node)), "export_statement");
      }
      return tree.is(itemOf(tree, node), "export_statement");
    }
    case "python": {
      if (name === "" || name.startsWith("_")) return false;
      const type = typeAround(tree, node);
      const holder = tree.parent(itemOf(tree, type >= 0 ? type : node));
      return tree.is(holder, "module") && !tree.textOf(tree.child(type, "name")).startsWith("_");
    }
    case "go":
      return /^\p{Lu}/u.test(name);
    case "java":
      return tree.childOfKind(tree.childOfKind(node, "modifiers"), "public") >= 0;
    case "rust":
      return tree.childOfKind(node, "visibility_modifier") >= 0;
    default:
      return false;
  }
}

/** @returns the first statement of a Python function when it is a text, else -1. */
function docstringOf(tree: SyntaxTree, node: NodeId): NodeId {
  const first = tree.firstNamed(tree.child(node, "body"));
  const text = tree.is(first, "expression_statement") ? tree.firstNamed(first) : first;
  return tree.is(text, "string", "concatenated_string") && !tree.is(node, "lambda") ? text : -1;
}

function docstringLines(tree: SyntaxTree, node: NodeId): number {
  const text = tree.family === "python" ? docstringOf(tree, node) : -1;
  return text < 0 ? 0 : tree.endLine(text) - tree.line(text) + 1;
}

function isDocumented(tree: SyntaxTree, node: NodeId): boolean {
  if (tree.family === "python") return docstringOf(tree, node) >= 0;
  const item = itemOf(tree, node);
  let before = tree.previousShallow(item);
  for (let step = 0; step < 8 && tree.is(before, "attribute_item", "decorator"); step += 1)
    before = tree.previousShallow(before);
  if (!tree.isComment(before)) return false;
  const text = tree.textOf(before).slice(0, 4);
  if (tree.family === "go") return tree.endLine(before) + 1 === tree.line(item);
  return tree.family === "rust" ? text.startsWith("///") || text.startsWith("/**") : text.startsWith("/**");
}
