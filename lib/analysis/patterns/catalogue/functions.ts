import type { Pattern } from "../pattern";
import { calleePath, hasToken, shortText, statementsOf } from "../questions";

/** From here on callers confuse the order (Clean Code, ch. 3, asks for three at most; linters warn at five to seven). */
const MANY_PARAMETERS = 6;

export const FUNCTIONS: readonly Pattern[] = [
  {
    id: "default-parameter",
    name: "Parameter with a default",
    kind: "habit",
    concept: "function-parameters",
    about: "The common case needs no argument, and the signature says what it is.",
    rules: {
      javascript: {
        on: ["required_parameter", "assignment_pattern"],
        when: (t, n) =>
          t.is(n, "required_parameter") ? t.child(n, "value") >= 0 : t.is(t.parent(n), "formal_parameters"),
        good: "function page(size = 20) {\n  return size;\n}",
        bad: "function page(size?: number) {\n  return size || 20;\n}",
      },
      python: {
        on: ["default_parameter", "typed_default_parameter"],
        good: "def page(size=20):\n    return size",
        bad: "def page(size):\n    return size or 20",
      },
    },
  },
  {
    id: "mutable-default",
    name: "Mutable default argument",
    kind: "risk",
    concept: "function-parameters",
    about: "The default is made once, when the function is defined: all calls share it and see each other's changes.",
    rules: {
      python: {
        on: ["default_parameter", "typed_default_parameter"],
        when: (t, n) => {
          const value = t.child(n, "value");
          return (
            t.is(value, "list", "dictionary", "set", "list_comprehension") ||
            /^(?:list|dict|set)$/.test(calleePath(t, value))
          );
        },
        good: "def add(item, items=None):\n    items = [] if items is None else items\n    items.append(item)",
        bad: "def add(item, items=[]):\n    items.append(item)",
      },
    },
  },
  {
    id: "variadic",
    name: "Any number of arguments",
    kind: "habit",
    concept: "function-parameters",
    about: "Collects the rest of the arguments into one list.",
    rules: {
      javascript: {
        on: ["rest_pattern"],
        when: (t, n) => t.is(t.parent(n), "required_parameter", "formal_parameters"),
        good: "function log(...parts: string[]) {\n  write(parts);\n}",
        bad: "function log(parts: string[]) {\n  write(parts);\n}",
      },
      python: {
        on: ["list_splat_pattern", "dictionary_splat_pattern"],
        when: (t, n) => t.is(t.parent(n), "parameters", "typed_parameter", "lambda_parameters"),
        good: "def log(*parts, **options):\n    write(parts, options)",
        bad: "def log(parts, options):\n    write(parts, options)",
      },
      go: {
        on: ["variadic_parameter_declaration"],
        good: "package a\n\nfunc log(parts ...string) {}",
        bad: "package a\n\nfunc log(parts []string) {}",
      },
      java: {
        on: ["spread_parameter"],
        good: "class A {\n  void log(String... parts) {}\n}",
        bad: "class A {\n  void log(String[] parts) {}\n}",
      },
    },
  },
  {
    id: "many-parameters",
    name: "Six parameters or more",
    kind: "risk",
    concept: "function-parameters",
    about: "Callers mix up what comes where. Group what belongs together into one value with named parts.",
    rules: {
      javascript: {
        on: ["formal_parameters"],
        when: (t, n) => statementsOf(t, n).length >= MANY_PARAMETERS,
        good: "function draw(box: Box, style: Style) {}",
        bad: "function draw(x: number, y: number, w: number, h: number, line: string, fill: string) {}",
      },
      python: {
        on: ["parameters"],
        when: (t, n) =>
          statementsOf(t, n).filter(
            (p) => !/^(?:self|cls)$/.test(shortText(t, p)) && !t.is(p, "keyword_separator", "positional_separator"),
          ).length >= MANY_PARAMETERS,
        good: "def draw(self, box, style, *, scale=1):\n    pass",
        bad: "def draw(x, y, w, h, line, fill):\n    pass",
      },
      go: {
        on: ["parameter_list"],
        when: (t, n) =>
          t.inField(n, "parameters") &&
          statementsOf(t, n).reduce(
            (sum, p) => sum + Math.max(1, t.children(p).filter((c) => t.inField(c, "name")).length),
            0,
          ) >= MANY_PARAMETERS,
        good: "package a\n\nfunc draw(box Box, style Style) {}",
        bad: "package a\n\nfunc draw(x, y, w, h int, line, fill string) {}",
      },
      java: {
        on: ["formal_parameters"],
        when: (t, n) => statementsOf(t, n).length >= MANY_PARAMETERS && !t.is(t.parent(n), "record_declaration"),
        good: "class A {\n  void draw(Box box, Style style) {}\n}",
        bad: "class A {\n  void draw(int x, int y, int w, int h, String line, String fill) {}\n}",
      },
      rust: {
        on: ["parameters"],
        when: (t, n) => statementsOf(t, n).filter((p) => t.is(p, "parameter")).length >= MANY_PARAMETERS,
        good: "fn draw(area: Area, style: Style) {}",
        bad: "fn draw(x: u8, y: u8, w: u8, h: u8, line: &str, fill: &str) {}",
      },
    },
  },
  {
    id: "destructuring",
    name: "Taking a value apart",
    kind: "habit",
    concept: "destructuring",
    about: "Names the parts of a value at once, by position or by key.",
    rules: {
      javascript: {
        on: ["object_pattern", "array_pattern"],
        when: (t, n) => !t.is(t.parent(n), "pair_pattern", "array_pattern", "object_pattern", "rest_pattern"),
        good: "const { name, age } = user;",
        bad: "const name = user.name;",
      },
      python: {
        on: ["assignment", "for_statement"],
        when: (t, n) => t.is(t.child(n, "left"), "pattern_list", "tuple_pattern", "list_pattern"),
        good: "name, age = user",
        bad: "name = user[0]",
      },
      rust: {
        on: ["let_declaration"],
        when: (t, n) =>
          t.is(t.child(n, "pattern"), "tuple_pattern", "struct_pattern", "tuple_struct_pattern", "slice_pattern"),
        good: "fn f() {\n    let (name, age) = user();\n}",
        bad: "fn f() {\n    let name = user().0;\n}",
      },
    },
  },
  {
    id: "guard-clause",
    name: "Guard clause",
    kind: "habit",
    concept: "control-flow",
    about: "Deals with the odd case first and leaves; the main path stays unindented.",
    rules: {
      javascript: {
        on: ["if_statement"],
        when: (t, n) => {
          if (t.child(n, "alternative") >= 0) return false;
          const then = t.child(n, "consequence");
          const first = t.is(then, "statement_block") ? statementsOf(t, then) : [then];
          return (
            first.length === 1 &&
            t.is(first[0] ?? -1, "return_statement", "throw_statement") &&
            t.next(n) >= 0 &&
            t.isNamed(t.next(n))
          );
        },
        good: "function greet(user?: User) {\n  if (!user) return;\n  write(user.name);\n}",
        bad: "function greet(user?: User) {\n  if (user) {\n    write(user.name);\n  }\n}",
      },
      python: {
        on: ["if_statement"],
        when: (t, n) => {
          const body = statementsOf(t, t.child(n, "consequence"));
          return (
            t.child(n, "alternative") < 0 &&
            body.length === 1 &&
            t.is(body[0] ?? -1, "return_statement", "raise_statement") &&
            t.next(n) >= 0
          );
        },
        good: "def greet(user):\n    if user is None:\n        return\n    write(user.name)",
        bad: "def greet(user):\n    if user is not None:\n        write(user.name)",
      },
      go: {
        on: ["if_statement"],
        when: (t, n) => {
          const body = statementsOf(t, t.child(n, "consequence"));
          const next = t.next(n);
          return (
            t.child(n, "alternative") < 0 &&
            body.length === 1 &&
            t.is(body[0] ?? -1, "return_statement") &&
            next >= 0 &&
            t.after(n) < t.after(t.parent(n))
          );
        },
        good: "package a\n\nfunc greet(user *User) {\n\tif user == nil {\n\t\treturn\n\t}\n\twrite(user.Name)\n}",
        bad: "package a\n\nfunc greet(user *User) {\n\tif user != nil {\n\t\twrite(user.Name)\n\t}\n}",
      },
      java: {
        on: ["if_statement"],
        when: (t, n) => {
          if (t.child(n, "alternative") >= 0) return false;
          const then = t.child(n, "consequence");
          const first = t.is(then, "block") ? statementsOf(t, then) : [then];
          return (
            first.length === 1 && t.is(first[0] ?? -1, "return_statement", "throw_statement") && t.isNamed(t.next(n))
          );
        },
        good: "class A {\n  void greet(User user) {\n    if (user == null) return;\n    write(user.name());\n  }\n}",
        bad: "class A {\n  void greet(User user) {\n    if (user != null) {\n      write(user.name());\n    }\n  }\n}",
      },
      rust: {
        on: ["if_expression", "let_declaration"],
        when: (t, n) => {
          if (t.is(n, "let_declaration")) return t.child(n, "alternative") >= 0;
          const body = statementsOf(t, t.child(n, "consequence"));
          const only = body[0] ?? -1;
          const leaves = t.is(only, "return_expression") || t.is(t.firstNamed(only), "return_expression");
          return t.child(n, "alternative") < 0 && body.length === 1 && leaves;
        },
        good: "fn greet(user: Option<User>) {\n    let Some(user) = user else {\n        return;\n    };\n    write(user);\n}",
        bad: "fn greet(user: Option<User>) {\n    if let Some(user) = user {\n        write(user);\n    }\n}",
      },
    },
  },
  {
    id: "pattern-matching",
    name: "Choosing by shape",
    kind: "habit",
    concept: "pattern-matching",
    about: "Compares a value with several shapes at once and names its parts in the matching one.",
    rules: {
      python: {
        on: ["match_statement"],
        good: 'match event:\n    case ("move", x, y):\n        go(x, y)\n    case _:\n        wait()',
        bad: 'if event[0] == "move":\n    go(event[1], event[2])',
      },
      java: {
        on: ["switch_rule"],
        when: (t, n) => hasToken(t, n, "->"),
        good: "class A {\n  int f(Shape s) {\n    return switch (s) {\n      case SQUARE -> 4;\n      default -> 0;\n    };\n  }\n}",
        bad: "class A {\n  int f(Shape s) {\n    switch (s) {\n      case SQUARE: return 4;\n      default: return 0;\n    }\n  }\n}",
      },
      rust: {
        on: ["match_expression"],
        good: "fn f(s: Shape) -> u8 {\n    match s {\n        Shape::Square(n) => n,\n        _ => 0,\n    }\n}",
        bad: "fn f(s: Shape) -> u8 {\n    if s == SQUARE {\n        4\n    } else {\n        0\n    }\n}",
      },
    },
  },
];
