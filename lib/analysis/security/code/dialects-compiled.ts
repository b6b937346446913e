import { argumentsIn, namesIn, set, type Defined, type Dialect } from "./dialect";

export const GO: Dialect = {
  strings: set("interpreted_string_literal", "raw_string_literal"),
  interpolations: set(),
  literals: set(
    "int_literal",
    "float_literal",
    "true",
    "false",
    "nil",
    "composite_literal",
    "func_literal",
    "rune_literal",
  ),
  transparent: set("parenthesized_expression", "expression_list", "type_conversion_expression", "literal_element"),
  binaries: set("binary_expression"),
  names: set("identifier"),
  calls: set("call_expression"),
  members: set("selector_expression", "index_expression", "slice_expression"),
  functions: set("function_declaration", "method_declaration", "func_literal"),
  definers: [
    "short_var_declaration",
    "var_spec",
    "const_spec",
    "assignment_statement",
    "parameter_declaration",
    "range_clause",
  ],
  sources:
    /^(?:r|req|request|c|ctx|ec?)\.(?:URL\.(?:Query\(\)|Path|RawQuery|String\(\))|FormValue\(|PostFormValue\(|Form\b|PostForm\b|Header\b|Host\b|RequestURI|Query\(|QueryParam\(|Param\(|Params\b|PathValue\(|DefaultQuery\(|PostForm\(|GetHeader\(|Cookie\(|Request\.(?:URL|Form|Header|Host)|FormParams?\()|^(?:mux\.Vars|chi\.URLParam)\(/,
  cleaners:
    /^(?:len|int|int64|strconv\.(?:Atoi|Parse\w+|Itoa|Quote|Format\w+)|url\.(?:QueryEscape|PathEscape)|html\.EscapeString|template\.(?:HTMLEscape\w*|JSEscape\w*)|filepath\.Base|path\.Base|pq\.Quote\w+|uuid\.\w+)\(/,
  formats:
    /^(?:fmt\.(?:Sprintf|Sprint|Sprintln)|strings\.(?:Join|Replace|ReplaceAll|Replacer)|filepath\.Join|path\.Join)\(/,
  define(tree, node) {
    const kind = tree.kind(node);
    if (kind === "parameter_declaration") {
      return tree
        .children(node)
        .filter((child) => tree.inField(child, "name"))
        .map((name) => ({ name, value: -1, origin: "dynamic" }));
    }
    if (kind === "range_clause") {
      const over = tree.child(node, "right");
      return namesIn(tree, tree.child(node, "left"), "identifier").map((name) => ({ name, value: over, origin: null }));
    }
    const names =
      kind === "var_spec" || kind === "const_spec"
        ? tree.children(node).filter((child) => tree.inField(child, "name"))
        : tree.namedChildren(tree.child(node, "left"));
    const values = tree.namedChildren(tree.child(node, kind.endsWith("_spec") ? "value" : "right"));
    return names.flatMap((name, at): Defined[] => {
      const value = values.length === names.length ? (values[at] ?? -1) : (values[0] ?? -1);
      return tree.is(name, "identifier") ? [{ name, value, origin: value < 0 ? "literal" : null }] : [];
    });
  },
  argumentsOf: (tree, call) => argumentsIn(tree, tree.child(call, "arguments")),
  receiverOf: (tree, call) => tree.child(tree.child(call, "function"), "operand"),
};

export const JAVA: Dialect = {
  strings: set("string_literal"),
  interpolations: set("string_interpolation"),
  literals: set(
    "decimal_integer_literal",
    "decimal_floating_point_literal",
    "true",
    "false",
    "null_literal",
    "character_literal",
    "class_literal",
    "lambda_expression",
    "array_initializer",
  ),
  transparent: set("parenthesized_expression", "cast_expression", "ternary_expression"),
  binaries: set("binary_expression"),
  names: set("identifier"),
  calls: set("method_invocation", "object_creation_expression"),
  members: set("field_access", "array_access"),
  functions: set("method_declaration", "constructor_declaration", "lambda_expression"),
  definers: [
    "variable_declarator",
    "assignment_expression",
    "formal_parameter",
    "enhanced_for_statement",
    "resource",
    "inferred_parameters",
  ],
  sources:
    /^(?:\w{0,12}[rR]eq(?:uest)?|exchange|ctx|context)\.(?:getParameter\w*|getHeaders?|getQueryString|getCookies|getInputStream|getReader|getPathInfo|getRequestUR[IL]|getRequestParams|queryParam|pathParam|formParam|body|getPart)\(/,
  cleaners:
    /(?:^|\.)(?:parseInt|parseLong|valueOf|hashCode|size|length|escape\w*|encode\w*|quote\w*|forHtml|getFileName|fromString|ordinal|name|toEpochMilli|nanoTime|currentTimeMillis)\(/,
  formats: /(?:^String\.(?:format|join)|\.formatted|\.append|\.concat|\.replace)\(/,
  define(tree, node) {
    const kind = tree.kind(node);
    if (kind === "inferred_parameters")
      return tree.namedChildren(node).map((name) => ({ name, value: -1, origin: "dynamic" }));
    if (kind === "assignment_expression") {
      const left = tree.child(node, "left");
      return tree.is(left, "identifier") ? [{ name: left, value: tree.child(node, "right"), origin: null }] : [];
    }
    const name = tree.child(node, "name");
    if (kind === "formal_parameter") {
      const marks = tree.textOf(tree.childOfKind(node, "modifiers"));
      const sent =
        /@(?:RequestParam|PathVariable|RequestBody|RequestHeader|QueryParam|PathParam|FormParam|CookieValue|HeaderParam)\b/.test(
          marks,
        );
      const text = /^(?:String|Map|List|CharSequence|Object|\w*(?:Dto|DTO|Request|Form))\b/.test(
        tree.textOf(tree.child(node, "type")),
      );
      return [{ name, value: -1, origin: sent && text ? "request" : "dynamic" }];
    }
    const value = tree.child(node, "value");
    if (kind === "enhanced_for_statement") return [{ name, value, origin: "dynamic" }];
    return [{ name, value, origin: value < 0 ? "literal" : null }];
  },
  argumentsOf: (tree, call) => argumentsIn(tree, tree.child(call, "arguments")),
  receiverOf: (tree, call) => tree.child(call, "object"),
};

export const RUST: Dialect = {
  strings: set("string_literal", "raw_string_literal"),
  interpolations: set(),
  literals: set(
    "integer_literal",
    "float_literal",
    "boolean_literal",
    "char_literal",
    "closure_expression",
    "array_expression",
    "unit_expression",
  ),
  transparent: set(
    "parenthesized_expression",
    "reference_expression",
    "try_expression",
    "await_expression",
    "type_cast_expression",
    "unary_expression",
  ),
  binaries: set("binary_expression"),
  names: set("identifier"),
  calls: set("call_expression", "macro_invocation"),
  members: set("field_expression", "index_expression"),
  functions: set("function_item", "closure_expression"),
  definers: ["let_declaration", "parameter", "assignment_expression", "const_item", "static_item", "for_expression"],
  sources: /^(?:req|request)\.(?:query_string|match_info|headers|uri|path|param|query)\(/,
  cleaners: /(?:^|::|\.)(?:file_name|len|parse::<\w+>|quote|escape\w*|encode\w*|try_quote|to_string_lossy_escaped)\(/,
  formats: /^(?:std::)?(?:format|concat)!|\.(?:join|push_str|replace|concat)\(/,
  define(tree, node) {
    const kind = tree.kind(node);
    if (kind === "parameter") {
      const extracted = /^(?:(?:\w+::)*(?:Query|Path|Form|Json|RawQuery|HeaderMap|Multipart|TypedHeader))\b/.test(
        tree.textOf(tree.child(node, "type")),
      );
      return namesIn(tree, tree.child(node, "pattern"), "identifier").map((name) => ({
        name,
        value: -1,
        origin: extracted ? "request" : "dynamic",
      }));
    }
    if (kind === "for_expression") {
      return namesIn(tree, tree.child(node, "pattern"), "identifier").map((name) => ({
        name,
        value: -1,
        origin: "dynamic",
      }));
    }
    const isItem = kind.endsWith("_item");
    const pattern = tree.child(node, isItem ? "name" : kind === "let_declaration" ? "pattern" : "left");
    const value = tree.child(node, kind === "assignment_expression" ? "right" : "value");
    if (kind === "assignment_expression" && !tree.is(pattern, "identifier")) return [];
    return namesIn(tree, pattern, "identifier").map((name) => ({ name, value, origin: value < 0 ? "literal" : null }));
  },
  argumentsOf(tree, call) {
    if (!tree.is(call, "macro_invocation")) return argumentsIn(tree, tree.child(call, "arguments"));
    return argumentsIn(tree, tree.childOfKind(call, "token_tree"));
  },
  receiverOf: (tree, call) => tree.child(tree.child(call, "function"), "value"),
};
