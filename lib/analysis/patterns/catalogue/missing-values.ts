import type { Pattern } from "../pattern";
import { argumentsOf, calleeName, hasToken, receiverOf, shortText } from "../questions";

export const MISSING_VALUES: readonly Pattern[] = [
  {
    id: "optional-chaining",
    name: "Optional chaining",
    kind: "habit",
    concept: "null-safety",
    about: "Goes on only when there is something to go on with.",
    rules: {
      javascript: {
        on: ["optional_chain", "call_expression"],
        // Before the brackets of a call the grammar has the bare token.
        when: (t, n) => t.is(n, "optional_chain") || hasToken(t, n, "?."),
        good: "const city = user?.address?.city;",
        bad: "const city = user && user.address && user.address.city;",
      },
    },
  },
  {
    id: "default-for-missing",
    name: "Default for what is missing",
    kind: "habit",
    concept: "null-safety",
    about: "Says in one place what to take when there is nothing; unlike `||` it leaves 0 and empty text alone.",
    rules: {
      javascript: {
        on: ["binary_expression", "augmented_assignment_expression"],
        when: (t, n) => hasToken(t, n, "??", "??="),
        good: "const size = options.size ?? 20;",
        bad: "const size = options.size || 20;",
      },
      python: {
        on: ["call"],
        when: (t, n) =>
          /^(?:get|getattr|next)$/.test(calleeName(t, n)) &&
          argumentsOf(t, n).length === (calleeName(t, n) === "getattr" ? 3 : 2) &&
          (calleeName(t, n) !== "get" || receiverOf(t, n) >= 0),
        good: 'size = options.get("size", 20)',
        bad: 'size = options["size"]',
      },
      java: {
        on: ["method_invocation"],
        when: (t, n) => /^(?:orElse|orElseGet|requireNonNullElse|getOrDefault)$/.test(calleeName(t, n)),
        good: "class A {\n  int size() {\n    return options.size().orElse(20);\n  }\n}",
        bad: "class A {\n  int size() {\n    return options.size().get();\n  }\n}",
      },
      rust: {
        on: ["call_expression"],
        when: (t, n) => /^unwrap_or(?:_else|_default)?$/.test(calleeName(t, n)),
        good: "fn size(o: Option<u8>) -> u8 {\n    o.unwrap_or(20)\n}",
        bad: "fn size(o: Option<u8>) -> u8 {\n    o.unwrap()\n}",
      },
    },
  },
  {
    id: "optional-type",
    name: "Absence in the type",
    kind: "habit",
    concept: "null-safety",
    about: "The type says that there may be nothing, so nobody forgets to ask.",
    rules: {
      javascript: {
        on: ["union_type"],
        when: (t, n) =>
          !t.is(t.parent(n), "union_type") &&
          /\|\s*(?:null|undefined)\b|^(?:null|undefined)\s*\|/.test(t.textOf(n).slice(0, 300)),
        only: ["TypeScript", "TSX"],
        good: "let chosen: User | null = null;",
        bad: "let chosen: User;",
      },
      python: {
        on: ["type"],
        when: (t, n) =>
          !t.is(t.parent(t.parent(n)), "generic_type") &&
          /\|\s*None$|^None\s*\||^(?:typing\.)?Optional\[/.test(t.textOf(n).slice(0, 300)),
        good: "def find(name: str) -> User | None:\n    return users.get(name)",
        bad: "def find(name: str) -> User:\n    return users.get(name)",
      },
      java: {
        on: ["generic_type"],
        when: (t, n) => t.textOf(t.firstNamed(n)) === "Optional",
        good: "class A {\n  Optional<User> find(String name) {\n    return Optional.empty();\n  }\n}",
        bad: "class A {\n  User find(String name) {\n    return null;\n  }\n}",
      },
      rust: {
        on: ["generic_type"],
        when: (t, n) => t.textOf(t.child(n, "type")) === "Option",
        good: "fn find(name: &str) -> Option<User> {\n    None\n}",
        bad: "fn find(name: &str) -> User {\n    default_user()\n}",
      },
    },
  },
  {
    id: "loose-equality",
    name: "Loose equality",
    kind: "risk",
    concept: "equality",
    about: 'Compares after converting: `0 == ""` is true. Say the conversion, then compare with three signs.',
    rules: {
      javascript: {
        on: ["binary_expression"],
        when: (t, n) =>
          hasToken(t, n, "==", "!=") && !t.is(t.child(n, "left"), "null") && !t.is(t.child(n, "right"), "null"),
        good: "if (count === 0) stop();",
        bad: "if (count == 0) stop();",
      },
    },
  },
  {
    id: "null-by-equality",
    name: "== with null or None",
    kind: "risk",
    concept: "equality",
    about: "`== null` takes undefined along without saying so; `== None` asks the object, which may lie.",
    rules: {
      javascript: {
        on: ["binary_expression"],
        when: (t, n) =>
          hasToken(t, n, "==", "!=") && (t.is(t.child(n, "left"), "null") || t.is(t.child(n, "right"), "null")),
        good: "if (user === undefined) stop();",
        bad: "if (user == null) stop();",
      },
      python: {
        on: ["comparison_operator"],
        when: (t, n) => hasToken(t, n, "==", "!=") && t.namedChildren(n).some((part) => t.is(part, "none")),
        good: "if user is None:\n    stop()",
        bad: "if user == None:\n    stop()",
      },
    },
  },
  {
    id: "null-returned",
    name: "Null as an answer",
    kind: "risk",
    concept: "null-safety",
    about: "Nothing in the signature warns the caller: an Optional or an empty collection would.",
    rules: {
      java: {
        on: ["return_statement"],
        when: (t, n) => t.is(t.firstNamed(n), "null_literal"),
        good: "class A {\n  Optional<User> find() {\n    return Optional.empty();\n  }\n}",
        bad: "class A {\n  User find() {\n    return null;\n  }\n}",
      },
    },
  },
  {
    id: "var-declaration",
    name: "var",
    kind: "risk",
    concept: "scope",
    about: "Belongs to the whole function, not the block, and can be used before its line.",
    rules: {
      javascript: {
        on: ["variable_declaration"],
        good: "const size = 1;",
        bad: "var size = 1;",
      },
    },
  },
  {
    id: "const-binding",
    name: "Name bound once",
    kind: "habit",
    concept: "immutability",
    about: "A name that cannot be given another value: one thing less to follow while reading.",
    rules: {
      javascript: {
        on: ["lexical_declaration"],
        when: (t, n) => t.textOf(t.child(n, "kind")) === "const",
        good: "const size = 1;",
        bad: "let size = 1;",
      },
      java: {
        on: ["local_variable_declaration"],
        when: (t, n) => hasToken(t, t.childOfKind(n, "modifiers"), "final"),
        good: "class A {\n  void f() {\n    final int size = 1;\n  }\n}",
        bad: "class A {\n  void f() {\n    int size = 1;\n  }\n}",
      },
      rust: {
        on: ["let_declaration"],
        when: (t, n) => !hasToken(t, n, "mutable_specifier") && t.is(t.child(n, "pattern"), "identifier"),
        good: "fn f() {\n    let size = 1;\n}",
        bad: "fn f() {\n    let mut size = 1;\n    size += 1;\n}",
      },
    },
  },
  {
    id: "copy-with-change",
    name: "Changed copy",
    kind: "habit",
    concept: "immutability",
    about: "Makes a new value from an old one: whoever holds the old one sees no change.",
    rules: {
      javascript: {
        on: ["spread_element"],
        when: (t, n) => t.is(t.parent(n), "object", "array"),
        good: "const next = { ...state, open: true };",
        bad: "state.open = true;",
      },
      python: {
        on: ["dictionary_splat", "call"],
        when: (t, n) =>
          t.is(n, "call")
            ? /^(?:replace|model_copy)$/.test(calleeName(t, n)) &&
              argumentsOf(t, n).some((a) => t.is(a, "keyword_argument"))
            : t.is(t.parent(n), "dictionary"),
        good: 'state = {**state, "open": True}',
        bad: 'state["open"] = True',
      },
      rust: {
        on: ["base_field_initializer"],
        good: "fn f(state: State) -> State {\n    State { open: true, ..state }\n}",
        bad: "fn f(state: &mut State) {\n    state.open = true;\n}",
      },
    },
  },
  {
    id: "read-only-data",
    name: "Data that cannot change",
    kind: "habit",
    concept: "immutability",
    about: "Fields and collections that refuse to be changed: safe to share between callers and threads.",
    rules: {
      javascript: {
        on: [
          "public_field_definition",
          "property_signature",
          "required_parameter",
          "readonly_type",
          "as_expression",
          "call_expression",
        ],
        when: (t, n) => {
          if (t.is(n, "readonly_type")) return true;
          if (t.is(n, "as_expression")) return hasToken(t, n, "const");
          if (t.is(n, "call_expression")) return shortText(t, t.child(n, "function")) === "Object.freeze";
          return hasToken(t, n, "readonly");
        },
        good: "const limits = Object.freeze({ size: 20 });",
        bad: "const limits = { size: 20 };",
      },
      python: {
        on: ["keyword_argument"],
        when: (t, n) => shortText(t, t.child(n, "name")) === "frozen" && t.is(t.child(n, "value"), "true"),
        good: "@dataclass(frozen=True)\nclass Limits:\n    size: int = 20",
        bad: "@dataclass\nclass Limits:\n    size: int = 20",
      },
      java: {
        on: ["field_declaration", "method_invocation"],
        when: (t, n) =>
          t.is(n, "field_declaration")
            ? hasToken(t, t.childOfKind(n, "modifiers"), "final") &&
              !hasToken(t, t.childOfKind(n, "modifiers"), "static")
            : /^(?:unmodifiable(?:List|Set|Map|Collection)|copyOf)$/.test(calleeName(t, n)),
        good: "class A {\n  private final int size = 20;\n}",
        bad: "class A {\n  private int size = 20;\n}",
      },
    },
  },
];
