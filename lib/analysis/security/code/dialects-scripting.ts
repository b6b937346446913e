import { argumentsIn, namesIn, set, type Defined, type Dialect } from "./dialect";
import type { NodeId } from "../../syntax/syntax-tree";

export const JAVASCRIPT: Dialect = {
  strings: set("string", "template_string"),
  interpolations: set("template_substitution"),
  literals: set(
    "number",
    "true",
    "false",
    "null",
    "undefined",
    "regex",
    "array",
    "object",
    "arrow_function",
    "function_expression",
    "class",
  ),
  transparent: set(
    "parenthesized_expression",
    "await_expression",
    "as_expression",
    "satisfies_expression",
    "non_null_expression",
    "ternary_expression",
    "spread_element",
  ),
  binaries: set("binary_expression"),
  names: set("identifier", "shorthand_property_identifier"),
  calls: set("call_expression", "new_expression"),
  members: set("member_expression", "subscript_expression"),
  functions: set(
    "function_declaration",
    "function_expression",
    "arrow_function",
    "method_definition",
    "generator_function_declaration",
    "generator_function",
  ),
  definers: [
    "variable_declarator",
    "assignment_expression",
    "required_parameter",
    "optional_parameter",
    "formal_parameters",
    "arrow_function",
    "for_in_statement",
  ],
  sources:
    /^(?:this\.)?(?:req|request|ctx|context|c|event)(?:\??\.(?:request|req))?\??\.(?:query|params|body|headers|cookies|originalUrl|rawBody|queryStringParameters|pathParameters|nextUrl|param\(|header\(|json\(|formData\(|get\()|^(?:req|request)\.url\b|\bsearchParams\.get(?:All)?\(|^(?:window\.|document\.)?location\.(?:hash|search)|^document\.(?:URL|referrer)/,
  cleaners:
    /^(?:Number|parseInt|parseFloat|BigInt|Boolean|encodeURIComponent|encodeURI)\(|(?:^|\.)(?:basename|escape\w*|sanitize\w*|quote\w*|shellescape|toFixed|getTime|length|randomUUID|validate\w*|parseInt|max|min|round|floor|now|hrtime|resolve4|toISOString)\(|^DOMPurify\./,
  formats: /^(?:util\.)?(?:format|sprintf)\(|\.(?:join|concat|replace|replaceAll)\(|^String\.raw/,
  define(tree, node) {
    const kind = tree.kind(node);
    const names = (pattern: NodeId) => namesIn(tree, pattern, "identifier", "shorthand_property_identifier_pattern");
    if (kind === "variable_declarator") {
      const value = tree.child(node, "value");
      return names(tree.child(node, "name")).map((name) => ({ name, value, origin: value < 0 ? "literal" : null }));
    }
    if (kind === "assignment_expression") {
      const left = tree.child(node, "left");
      return tree.is(left, "identifier") ? [{ name: left, value: tree.child(node, "right"), origin: null }] : [];
    }
    if (kind === "for_in_statement") {
      return names(tree.child(node, "left")).map((name) => ({ name, value: -1, origin: "dynamic" }));
    }
    const parameter =
      kind === "formal_parameters"
        ? -2
        : kind === "arrow_function"
          ? tree.child(node, "parameter")
          : tree.child(node, "pattern");
    if (parameter === -2) {
      // Plain JavaScript has the patterns themselves in the list.
      return tree
        .namedChildren(node)
        .filter((child) => !tree.is(child, "required_parameter", "optional_parameter"))
        .flatMap((child) => names(tree.is(child, "assignment_pattern") ? tree.child(child, "left") : child))
        .map((name) => ({ name, value: -1, origin: "dynamic" }));
    }
    return names(parameter).map((name) => ({ name, value: -1, origin: "dynamic" }));
  },
  argumentsOf(tree, call) {
    const list = tree.child(call, "arguments");
    return tree.is(list, "arguments") ? argumentsIn(tree, list) : [];
  },
  receiverOf: (tree, call) => tree.child(tree.child(call, "function"), "object"),
};

const PYTHON_ROUTE =
  /^@(?:\w{1,30}\.)?(?:app|router|bp|blueprint|api|\w{1,20}_?(?:bp|router|api))?\.?(?:get|post|put|delete|patch|route|websocket|api_view)\(/;

export const PYTHON: Dialect = {
  strings: set("string", "concatenated_string"),
  interpolations: set("interpolation"),
  literals: set("integer", "float", "true", "false", "none", "list", "dictionary", "set", "tuple", "lambda"),
  transparent: set(
    "parenthesized_expression",
    "await",
    "conditional_expression",
    "boolean_operator",
    "keyword_argument",
  ),
  binaries: set("binary_operator"),
  names: set("identifier"),
  calls: set("call"),
  members: set("attribute", "subscript"),
  functions: set("function_definition", "lambda"),
  definers: ["assignment", "augmented_assignment", "parameters", "for_statement", "named_expression", "as_pattern"],
  sources:
    /^(?:self\.|flask\.)?(?:request|req)\.(?:args|form|values|json|data|files|cookies|headers|GET|POST|FILES|COOKIES|META|body|query_params|path_params|query_string|get_json|get_data|match_info|rel_url|query|params|url|full_path|path)\b|^(?:input|raw_input)\(/,
  cleaners:
    /^(?:int|float|bool|len|repr|hash|escape|quote|quote_plus|ord|id|round|uuid4|format_html)\(|(?:^|\.)(?:quote|quote_plus|escape|basename|secure_filename|isoformat|quote_identifier|quote_name|Identifier|clean|uuid4|hexdigest|strftime)\(/,
  formats: /\.(?:format|join|format_map|replace)\(|^str\.join/,
  define(tree, node) {
    const kind = tree.kind(node);
    if (kind === "parameters") {
      const decorated = tree.parent(tree.parent(node));
      const decorator = tree.is(decorated, "decorated_definition") ? tree.childOfKind(decorated, "decorator") : -1;
      const origin = decorator >= 0 && PYTHON_ROUTE.test(tree.textOf(decorator).slice(0, 120)) ? "request" : "dynamic";
      return tree.namedChildren(node).flatMap((parameter): Defined[] => {
        const name = tree.is(parameter, "identifier") ? parameter : (namesIn(tree, parameter, "identifier")[0] ?? -1);
        // `Depends(…)`, a session, a number: nothing that the sender writes as text.
        const declared = tree.textOf(tree.child(parameter, "type")) + tree.textOf(tree.child(parameter, "value"));
        const harmless = /^(?:int|float|bool|UUID|date)|Depends|Session|Request|Service|^self$|^cls$/.test(declared);
        return name < 0 ? [] : [{ name, value: -1, origin: origin === "request" && !harmless ? "request" : "dynamic" }];
      });
    }
    if (kind === "for_statement") {
      const over = tree.child(node, "right");
      return namesIn(tree, tree.child(node, "left"), "identifier").map((name) => ({
        name,
        value: over,
        origin: tree.is(over, "list", "tuple") ? "safe" : "dynamic",
      }));
    }
    if (kind === "as_pattern") {
      return namesIn(tree, tree.child(node, "alias"), "identifier").map((name) => ({
        name,
        value: tree.firstNamed(node),
        origin: null,
      }));
    }
    const value = kind === "named_expression" ? tree.child(node, "value") : tree.child(node, "right");
    const left = kind === "named_expression" ? tree.child(node, "name") : tree.child(node, "left");
    if (!tree.is(left, "identifier", "pattern_list", "tuple_pattern")) return [];
    return namesIn(tree, left, "identifier").map((name) => ({ name, value, origin: null }));
  },
  argumentsOf: (tree, call) => argumentsIn(tree, tree.child(call, "arguments")),
  receiverOf: (tree, call) => tree.child(tree.child(call, "function"), "object"),
};
