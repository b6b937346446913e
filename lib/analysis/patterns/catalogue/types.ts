import type { Pattern } from "../pattern";
import { argumentsOf, calleePath, hasToken, shortText } from "../questions";

const TYPED = ["TypeScript", "TSX"] as const;

/** Built from parts: our own laws forbid these very comments. */
const SILENCER = new RegExp(["@ts-", "(?:ignore|nocheck|expect-error)|(?:es|ox)lint-", "disable"].join(""));

export const TYPES: readonly Pattern[] = [
  {
    id: "any-type",
    name: "Any",
    kind: "risk",
    concept: "type-safety",
    about: "Switches the type checker off for a value and for all that is made of it.",
    rules: {
      javascript: {
        on: ["predefined_type"],
        when: (t, n) => t.textOf(n) === "any",
        only: TYPED,
        good: "function show(value: unknown) {\n  return String(value);\n}",
        bad: "function show(value: any) {\n  return value.name;\n}",
      },
      python: {
        on: ["type"],
        when: (t, n) => /^(?:typing\.)?Any$/.test(shortText(t, n)),
        good: "def show(value: object) -> str:\n    return str(value)",
        bad: "def show(value: Any) -> str:\n    return value.name",
      },
    },
  },
  {
    id: "non-null-assertion",
    name: "Non-null assertion",
    kind: "risk",
    concept: "null-safety",
    about: "Promises the compiler that something is there. When it is not, the error comes later and elsewhere.",
    rules: {
      javascript: {
        on: ["non_null_expression"],
        only: TYPED,
        good: "const name = user?.name;",
        bad: "const name = user!.name;",
      },
    },
  },
  {
    id: "double-assertion",
    name: "Assertion through unknown",
    kind: "risk",
    concept: "type-safety",
    about: "Forces a type on a value that the compiler knows cannot have it.",
    rules: {
      javascript: {
        on: ["as_expression"],
        when: (t, n) => t.is(t.firstNamed(n), "as_expression"),
        only: TYPED,
        good: "const user = userSchema.parse(data);",
        bad: "const user = data as unknown as User;",
      },
    },
  },
  {
    id: "type-cast",
    name: "Changing a type by saying so",
    kind: "habit",
    concept: "type-safety",
    about: "A cast or assertion: short, and checked late (Java, Go) or never (TypeScript).",
    rules: {
      javascript: {
        on: ["as_expression"],
        when: (t, n) => !hasToken(t, n, "const"),
        only: TYPED,
        good: "const input = event.target as HTMLInputElement;",
        bad: 'const sizes = ["s", "m"] as const;',
      },
      go: {
        on: ["type_assertion_expression"],
        good: "package a\n\nfunc f(v any) string {\n\ts, _ := v.(string)\n\treturn s\n}",
        bad: "package a\n\nfunc f(v string) string {\n\treturn v\n}",
      },
      java: {
        on: ["cast_expression"],
        good: "class A {\n  String f(Object v) {\n    return (String) v;\n  }\n}",
        bad: "class A {\n  String f(Object v) {\n    return v.toString();\n  }\n}",
      },
      rust: {
        on: ["type_cast_expression"],
        good: "fn f(n: u8) -> usize {\n    n as usize\n}",
        bad: "fn f(n: u8) -> usize {\n    usize::from(n)\n}",
      },
    },
  },
  {
    id: "generics",
    name: "Generic definition",
    kind: "habit",
    concept: "generics",
    about: "Works for many types and still says how they hang together.",
    rules: {
      javascript: {
        on: ["type_parameters"],
        only: TYPED,
        good: "function first<T>(items: T[]): T | undefined {\n  return items[0];\n}",
        bad: "function first(items: unknown[]): unknown {\n  return items[0];\n}",
      },
      python: {
        on: ["type_parameter", "call"],
        when: (t, n) =>
          t.is(n, "call")
            ? /^(?:typing\.)?TypeVar$/.test(calleePath(t, n))
            : t.is(t.parent(n), "function_definition", "class_definition", "type_alias_statement"),
        good: 'T = TypeVar("T")\n\ndef first(items: list[T]) -> T:\n    return items[0]',
        bad: "def first(items: list) -> object:\n    return items[0]",
      },
      go: {
        on: ["type_parameter_list"],
        good: "package a\n\nfunc First[T any](items []T) T { return items[0] }",
        bad: "package a\n\nfunc First(items []int) int { return items[0] }",
      },
      java: {
        on: ["type_parameters"],
        good: "class Box<T> {\n  T value;\n}",
        bad: "class Box {\n  Object value;\n}",
      },
      rust: {
        on: ["type_parameters"],
        when: (t, n) =>
          t
            .namedChildren(n)
            .some((child) =>
              t.is(child, "type_parameter", "const_parameter", "constrained_type_parameter", "type_identifier"),
            ),
        good: "fn first<T: Clone>(items: &[T]) -> T {\n    items[0].clone()\n}",
        bad: "fn first(items: &[u8]) -> u8 {\n    items[0]\n}",
      },
    },
  },
  {
    id: "declared-result",
    name: "Declared result type",
    kind: "habit",
    concept: "type-annotations",
    about: "The signature is a contract: a body that breaks it fails here, not at its callers.",
    rules: {
      javascript: {
        on: ["function_declaration", "method_definition", "arrow_function", "function_expression"],
        when: (t, n) => t.child(n, "return_type") >= 0,
        only: TYPED,
        good: "export function total(items: Item[]): number {\n  return items.length;\n}",
        bad: "export function total(items: Item[]) {\n  return items.length;\n}",
      },
      python: {
        on: ["function_definition"],
        when: (t, n) => t.child(n, "return_type") >= 0,
        good: "def total(items: list[int]) -> int:\n    return len(items)",
        bad: "def total(items):\n    return len(items)",
      },
    },
  },
  {
    id: "closed-choice",
    name: "Closed set of choices",
    kind: "habit",
    concept: "enumerations",
    about: "Only the listed values exist, so that a missing case can be found by a tool.",
    rules: {
      javascript: {
        on: ["enum_declaration", "type_alias_declaration"],
        when: (t, n) => {
          const value = t.child(n, "value");
          return (
            t.is(n, "enum_declaration") ||
            (t.is(value, "union_type") && t.is(t.namedChildren(value).at(-1) ?? -1, "literal_type"))
          );
        },
        only: TYPED,
        good: 'type Size = "small" | "large";',
        bad: "type Size = string;",
      },
      python: {
        on: ["class_definition"],
        when: (t, n) => /\b(?:Str|Int)?(?:Enum|Flag)\b/.test(shortText(t, t.child(n, "superclasses"))),
        good: 'class Size(Enum):\n    SMALL = "small"\n    LARGE = "large"',
        bad: 'class Size:\n    SMALL = "small"',
      },
      go: {
        on: ["const_declaration"],
        when: (t, n) => t.namedChildren(n).some((spec) => t.is(t.firstNamed(t.child(spec, "value")), "iota")),
        good: "package a\n\ntype Size int\n\nconst (\n\tSmall Size = iota\n\tLarge\n)",
        bad: "package a\n\nconst Small = 1",
      },
      java: {
        on: ["enum_declaration"],
        good: "enum Size { SMALL, LARGE }",
        bad: "class Size {\n  static final int SMALL = 1;\n}",
      },
      rust: {
        on: ["enum_item"],
        good: "enum Size {\n    Small,\n    Large,\n}",
        bad: "const SMALL: u8 = 1;",
      },
    },
  },
  {
    id: "type-test",
    name: "Asking what type it is",
    kind: "habit",
    concept: "type-narrowing",
    about: "Finds out at run time what a value is; the checker then knows it too.",
    rules: {
      javascript: {
        on: ["binary_expression"],
        when: (t, n) => hasToken(t, n, "instanceof") || hasToken(t, t.child(n, "left"), "typeof"),
        good: 'if (typeof value === "string") show(value);',
        bad: "show(value as string);",
      },
      python: {
        on: ["call"],
        when: (t, n) => /^(?:isinstance|issubclass)$/.test(calleePath(t, n)),
        good: "if isinstance(value, str):\n    show(value)",
        bad: "show(str(value))",
      },
      go: {
        on: ["type_switch_statement"],
        good: "package a\n\nfunc f(v any) {\n\tswitch x := v.(type) {\n\tcase string:\n\t\tshow(x)\n\t}\n}",
        bad: "package a\n\nfunc f(v any) {\n\tshow(v)\n}",
      },
      java: {
        on: ["instanceof_expression"],
        good: "class A {\n  void f(Object v) {\n    if (v instanceof String s) show(s);\n  }\n}",
        bad: "class A {\n  void f(Object v) {\n    show((String) v);\n  }\n}",
      },
    },
  },
  {
    id: "silenced-checker",
    name: "Checker silenced",
    kind: "risk",
    concept: "type-safety",
    about: "Hides a warning instead of its cause; the next, different error on that line is hidden too.",
    rules: {
      javascript: {
        on: ["comment"],
        when: (t, n) => SILENCER.test(t.textOf(n).slice(0, 200)),
        good: "const size = Number(input);",
        bad: `// @${"ts"}-${"ignore"}\nconst size: number = input;`,
      },
      python: {
        on: ["comment"],
        when: (t, n) =>
          /#\s*(?:type:\s*ignore|noqa|pylint:\s*disable|pyright:\s*ignore)/.test(t.textOf(n).slice(0, 200)),
        good: "size = int(text)",
        bad: "size: int = text  # type: ignore",
      },
      go: {
        on: ["comment"],
        when: (t, n) => /^\/\/\s?(?:nolint|#nosec|lint:ignore)/.test(t.textOf(n).slice(0, 40)),
        good: "package a\n\nvar size = len(text)",
        bad: "package a\n\nvar size = len(text) //nolint:all",
      },
      java: {
        on: ["annotation"],
        when: (t, n) => shortText(t, t.child(n, "name")) === "SuppressWarnings" && argumentsOf(t, n).length > 0,
        good: 'class A {\n  @Override\n  public String toString() { return "a"; }\n}',
        bad: 'class A {\n  @SuppressWarnings("unchecked")\n  void f() {}\n}',
      },
      rust: {
        on: ["attribute_item"],
        when: (t, n) => t.textOf(n).slice(0, 10).startsWith("#[allow("),
        good: "#[must_use]\nfn f() -> u8 {\n    1\n}",
        bad: "#[allow(dead_code)]\nfn f() {}",
      },
    },
  },
];
