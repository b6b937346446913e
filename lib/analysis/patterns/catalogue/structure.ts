import type { Pattern } from "../pattern";
import { isSetLater } from "../set-later";
import { calleeName, calleePath, hasToken, shortText, statementsOf } from "../questions";

const TYPED = ["TypeScript", "TSX"] as const;

export const STRUCTURE: readonly Pattern[] = [
  {
    id: "wildcard-import",
    name: "Importing everything",
    kind: "risk",
    concept: "modules",
    about: "A reader cannot see where a name comes from, and a new name in the other module can hide one here.",
    rules: {
      javascript: {
        on: ["export_statement"],
        when: (t, n) => hasToken(t, n, "*"),
        good: 'export { load } from "./load";',
        bad: 'export * from "./load";',
      },
      python: {
        on: ["wildcard_import"],
        good: "from os import path",
        bad: "from os import *",
      },
      go: {
        on: ["import_spec"],
        when: (t, n) => t.textOf(t.child(n, "name")) === ".",
        good: 'package a\n\nimport "fmt"',
        bad: 'package a\n\nimport . "fmt"',
      },
      java: {
        on: ["import_declaration"],
        when: (t, n) => t.childOfKind(n, "asterisk") >= 0,
        good: "import java.util.List;\nclass A {}",
        bad: "import java.util.*;\nclass A {}",
      },
      rust: {
        on: ["use_wildcard"],
        when: (t, n) => !/^(?:super|.*\bprelude)::\*$/.test(shortText(t, n)),
        good: "use std::collections::HashMap;\nuse super::*;",
        bad: "use std::collections::*;",
      },
    },
  },
  {
    id: "lazy-import",
    name: "Module loaded when needed",
    kind: "habit",
    concept: "modules",
    about: "Loads code on the way that uses it: a faster start, and errors that come late.",
    rules: {
      javascript: {
        on: ["call_expression"],
        when: (t, n) => t.is(t.child(n, "function"), "import"),
        good: 'const { draw } = await import("./draw");',
        bad: 'import { draw } from "./draw";',
      },
      python: {
        on: ["import_statement", "import_from_statement", "call"],
        when: (t, n, scopes) =>
          t.is(n, "call") ? calleePath(t, n) === "importlib.import_module" : scopes.functionOf(n) >= 0,
        good: "def draw():\n    import charts\n    charts.draw()",
        bad: "import charts\n\ndef draw():\n    charts.draw()",
      },
    },
  },
  {
    id: "commonjs-require",
    name: "require",
    kind: "habit",
    concept: "modules",
    about: "Node's older module system: loaded when the line runs, invisible to most tools that drop unused code.",
    rules: {
      javascript: {
        on: ["call_expression"],
        when: (t, n) => calleePath(t, n) === "require",
        good: 'const path = require("node:path");',
        bad: 'import path from "node:path";',
      },
    },
  },
  {
    id: "mutable-global",
    name: "State that everybody shares",
    kind: "risk",
    concept: "global-state",
    about: "Any function may change it at any time: order matters, tests influence each other, threads race.",
    rules: {
      javascript: {
        on: ["lexical_declaration", "variable_declaration"],
        when: (t, n, scopes) =>
          scopes.functionOf(n) < 0 &&
          (t.is(t.parent(n), "program") || t.is(t.parent(n), "export_statement")) &&
          !t.textOf(n).startsWith("const") &&
          isSetLater(t, n, scopes),
        good: "let limit = 20;\nexport function f() {\n  let count = 0;\n  count += 1;\n  return count + limit;\n}",
        bad: "let count = 0;\nexport function next() {\n  return ++count;\n}",
      },
      python: {
        on: ["global_statement"],
        good: "def next_id(counter):\n    counter.value += 1\n    return counter.value",
        bad: "count = 0\n\ndef next_id():\n    global count\n    count += 1\n    return count",
      },
      go: {
        on: ["var_spec"],
        when: (t, n, scopes) =>
          scopes.functionOf(n) < 0 &&
          !/^(?:_|[eE]rr\w*)$/.test(shortText(t, t.child(n, "name"))) &&
          !/^(?:errors\.New|fmt\.Errorf|regexp\.MustCompile)\(/.test(t.textOf(t.child(n, "value")).slice(0, 20)),
        good: 'package a\n\nvar ErrGone = errors.New("gone")\n\nfunc f() int {\n\tvar count int\n\treturn count\n}',
        bad: "package a\n\nvar count int",
      },
      java: {
        on: ["field_declaration"],
        when: (t, n) => {
          const modifiers = t.childOfKind(n, "modifiers");
          return hasToken(t, modifiers, "static") && !hasToken(t, modifiers, "final");
        },
        good: "class A {\n  static final int LIMIT = 20;\n}",
        bad: "class A {\n  static int count = 0;\n}",
      },
      rust: {
        on: ["static_item"],
        when: (t, n) => hasToken(t, n, "mutable_specifier"),
        good: "static LIMIT: u8 = 20;",
        bad: "static mut COUNT: u8 = 0;",
      },
    },
  },
  {
    id: "constructor-injection",
    name: "Dependencies given from outside",
    kind: "habit",
    concept: "dependency-injection",
    about:
      "What a class or function works with is handed in, so that tests and other users can hand in something else.",
    rules: {
      javascript: {
        on: ["assignment_expression", "required_parameter"],
        when: (t, n, scopes) => {
          if (t.is(n, "required_parameter")) return t.childOfKind(n, "accessibility_modifier", "readonly") >= 0;
          const right = t.child(n, "right");
          const around = scopes.functionOf(n);
          return (
            t.is(around, "method_definition") &&
            shortText(t, t.child(around, "name")) === "constructor" &&
            t.is(right, "identifier") &&
            t.is(t.firstNamed(t.child(n, "left")), "this")
          );
        },
        good: "class Users {\n  constructor(db) {\n    this.db = db;\n  }\n}",
        bad: "class Users {\n  constructor() {\n    this.db = new Database();\n  }\n}",
      },
      python: {
        on: ["assignment"],
        when: (t, n, scopes) =>
          shortText(t, t.child(scopes.functionOf(n), "name")) === "__init__" &&
          t.is(t.child(n, "right"), "identifier") &&
          shortText(t, t.child(t.child(n, "left"), "object")) === "self",
        good: "class Users:\n    def __init__(self, db):\n        self.db = db",
        bad: "class Users:\n    def __init__(self):\n        self.db = Database()",
      },
      go: {
        on: ["function_declaration"],
        when: (t, n) =>
          shortText(t, t.child(n, "name")).startsWith("New") &&
          statementsOf(t, t.child(n, "parameters")).length > 0 &&
          t.child(n, "result") >= 0,
        good: "package a\n\nfunc NewUsers(db *DB) *Users { return &Users{db: db} }",
        bad: "package a\n\nfunc users() *Users { return &Users{db: open()} }",
      },
      java: {
        on: ["assignment_expression"],
        when: (t, n, scopes) =>
          t.is(scopes.functionOf(n), "constructor_declaration") &&
          t.is(t.child(n, "right"), "identifier") &&
          t.is(t.child(t.child(n, "left"), "object"), "this"),
        good: "class Users {\n  private final Db db;\n  Users(Db db) {\n    this.db = db;\n  }\n}",
        bad: "class Users {\n  private final Db db = new Db();\n}",
      },
      rust: {
        on: ["function_item"],
        when: (t, n) =>
          /^(?:new|with_\w+)$/.test(shortText(t, t.child(n, "name"))) &&
          t.is(t.parent(t.parent(n)), "impl_item") &&
          statementsOf(t, t.child(n, "parameters")).some((p) => t.is(p, "parameter")),
        good: "impl Users {\n    fn new(db: Db) -> Self {\n        Self { db }\n    }\n}",
        bad: "impl Users {\n    fn new() -> Self {\n        Self { db: Db::open() }\n    }\n}",
      },
    },
  },
  {
    id: "inheritance",
    name: "Inheritance",
    kind: "habit",
    concept: "inheritance",
    about: "Takes over what another class does. Ties the two together: composition often says less and bends more.",
    rules: {
      javascript: {
        on: ["class_heritage"],
        when: (t, n) => /^extends\b/.test(t.textOf(n).slice(0, 10)) || hasToken(t, t.firstNamed(n), "extends"),
        good: "class Square extends Shape {}",
        bad: "class Square {\n  shape = new Shape();\n}",
      },
      python: {
        on: ["class_definition"],
        when: (t, n) =>
          statementsOf(t, t.child(n, "superclasses")).some(
            (base) => !t.is(base, "keyword_argument") && shortText(t, base) !== "object",
          ),
        good: "class Square(Shape):\n    pass",
        bad: "class Square:\n    pass",
      },
      java: {
        on: ["superclass"],
        good: "class Square extends Shape {}",
        bad: "class Square {\n  Shape shape;\n}",
      },
    },
  },
  {
    id: "interface-implementation",
    name: "Keeping to an interface",
    kind: "habit",
    concept: "interfaces",
    about: "Promises a set of operations, so that callers need not know which kind they have.",
    rules: {
      javascript: {
        on: ["implements_clause"],
        only: TYPED,
        good: "class MemoryStore implements Store {}",
        bad: "class MemoryStore {}",
      },
      python: {
        on: ["class_definition"],
        when: (t, n) => /\b(?:Protocol|ABC|ABCMeta)\b/.test(shortText(t, t.child(n, "superclasses"))),
        good: "class Store(Protocol):\n    def save(self, item): ...",
        bad: "class Store:\n    def save(self, item): ...",
      },
      go: {
        on: ["interface_type"],
        when: (t, n) => t.namedChildren(n).some((part) => t.is(part, "method_elem", "method_spec")),
        good: "package a\n\ntype Store interface {\n\tSave(item Item) error\n}",
        bad: "package a\n\ntype Store struct {\n\titems []Item\n}",
      },
      java: {
        on: ["super_interfaces"],
        good: "class MemoryStore implements Store {}",
        bad: "class MemoryStore {}",
      },
      rust: {
        on: ["impl_item"],
        when: (t, n) => t.child(n, "trait") >= 0,
        good: "impl Store for MemoryStore {}",
        bad: "impl MemoryStore {}",
      },
    },
  },
  {
    id: "private-member",
    name: "Private members",
    kind: "habit",
    concept: "encapsulation",
    about: "Hides how a class works, so that it can change without its users.",
    rules: {
      javascript: {
        on: ["field_definition", "public_field_definition", "method_definition", "required_parameter"],
        when: (t, n) =>
          t.is(t.child(n, "name"), "private_property_identifier") ||
          t.is(t.child(n, "property"), "private_property_identifier") ||
          shortText(t, t.childOfKind(n, "accessibility_modifier")) === "private",
        good: "class Counter {\n  #count = 0;\n}",
        bad: "class Counter {\n  count = 0;\n}",
      },
      python: {
        on: ["function_definition"],
        when: (t, n) =>
          /^_[^_]/.test(shortText(t, t.child(n, "name"))) && t.is(t.parent(t.parent(n)), "class_definition"),
        good: "class Counter:\n    def _step(self):\n        self.count += 1",
        bad: "class Counter:\n    def step(self):\n        self.count += 1",
      },
      java: {
        on: ["field_declaration", "method_declaration"],
        when: (t, n) => hasToken(t, t.childOfKind(n, "modifiers"), "private"),
        good: "class Counter {\n  private int count;\n}",
        bad: "class Counter {\n  int count;\n}",
      },
    },
  },
  {
    id: "computed-property",
    name: "Property that is computed",
    kind: "habit",
    concept: "encapsulation",
    about: "Reads like a field and runs like a method: callers need not know which.",
    rules: {
      javascript: {
        on: ["method_definition"],
        when: (t, n) => hasToken(t, n, "get", "set"),
        good: "class Box {\n  get area() {\n    return this.w * this.h;\n  }\n}",
        bad: "class Box {\n  area() {\n    return this.w * this.h;\n  }\n}",
      },
      python: {
        on: ["decorator"],
        when: (t, n) => /^@(?:functools\.)?(?:cached_)?property$|^@\w+\.setter$/.test(shortText(t, n).trim()),
        good: "class Box:\n    @property\n    def area(self):\n        return self.w * self.h",
        bad: "class Box:\n    def area(self):\n        return self.w * self.h",
      },
    },
  },
  {
    id: "decorator",
    name: "Decorator",
    kind: "habit",
    concept: "decorators",
    about: "Wraps a function or class with something that has nothing to do with its own work.",
    rules: {
      javascript: {
        on: ["decorator"],
        good: "@injectable()\nclass Users {}",
        bad: "injectable()(class Users {});",
      },
      python: {
        on: ["decorator"],
        good: "@cache\ndef load(name):\n    return read(name)",
        bad: "def load(name):\n    return read(name)\n\nload = cache(load)",
      },
    },
  },
  {
    id: "data-class",
    name: "Class that only holds data",
    kind: "habit",
    concept: "data-modelling",
    about: "Names the parts of a value; equality and printing come by themselves.",
    rules: {
      python: {
        on: ["decorator", "class_definition"],
        when: (t, n) =>
          t.is(n, "decorator")
            ? /^@(?:dataclasses\.)?dataclass\b|^@(?:attr\.s|attrs?\.define|define)\b/.test(shortText(t, n))
            : /\b(?:NamedTuple|TypedDict)\b/.test(shortText(t, t.child(n, "superclasses"))),
        good: "@dataclass\nclass Point:\n    x: int\n    y: int",
        bad: "class Point:\n    def __init__(self, x, y):\n        self.x = x",
      },
      java: {
        on: ["record_declaration"],
        good: "record Point(int x, int y) {}",
        bad: "class Point {\n  int x;\n  int y;\n}",
      },
      rust: {
        on: ["attribute_item"],
        when: (t, n) => t.textOf(n).slice(0, 12).startsWith("#[derive("),
        good: "#[derive(Clone, PartialEq)]\nstruct Point {\n    x: u8,\n}",
        bad: "struct Point {\n    x: u8,\n}",
      },
    },
  },
  {
    id: "static-member-call",
    name: "Singleton",
    kind: "risk",
    concept: "global-state",
    about: "One shared instance, fetched from anywhere: a global by another name, hard to replace in a test.",
    rules: {
      javascript: {
        on: ["call_expression"],
        when: (t, n) => calleeName(t, n) === "getInstance",
        good: "const store = new Store(options);",
        bad: "const store = Store.getInstance();",
      },
      java: {
        on: ["method_invocation"],
        when: (t, n) =>
          calleeName(t, n) === "getInstance" &&
          /^[A-Z]/.test(shortText(t, t.child(n, "object"))) &&
          shortText(t, t.child(n, "arguments")) === "()",
        good: "class A {\n  A(Store store) {}\n}",
        bad: "class A {\n  Store store = Store.getInstance();\n}",
      },
    },
  },
];
