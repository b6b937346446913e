import type { Pattern } from "../pattern";
import { calleeName, calleePath, parentThroughBrackets, shortText, statementsOf } from "../questions";

export const FUNCTION_VALUES: readonly Pattern[] = [
  {
    id: "function-returning-function",
    name: "Function that makes a function",
    kind: "habit",
    concept: "higher-order-functions",
    about: "Returns a function that remembers its surroundings: partial application, middleware, decorators.",
    rules: {
      javascript: {
        on: ["arrow_function", "function_expression"],
        when: (t, n) => {
          const parent = parentThroughBrackets(t, n);
          return t.is(parent, "return_statement") || (t.is(parent, "arrow_function") && t.inField(n, "body"));
        },
        good: "const add = (a: number) => (b: number) => a + b;",
        bad: "const add = (a: number, b: number) => a + b;",
      },
      python: {
        on: ["return_statement"],
        when: (t, n, scopes) => {
          const value = t.firstNamed(n);
          if (t.is(value, "lambda")) return true;
          const block = t.child(scopes.functionOf(n), "body");
          return (
            t.is(value, "identifier") &&
            statementsOf(t, block)
              .slice(0, 40)
              .some((statement) => {
                const inner = t.is(statement, "decorated_definition") ? t.child(statement, "definition") : statement;
                return t.is(inner, "function_definition") && t.textOf(t.child(inner, "name")) === t.textOf(value);
              })
          );
        },
        good: "def adder(a):\n    def add(b):\n        return a + b\n    return add",
        bad: "def add(a, b):\n    return a + b",
      },
      go: {
        on: ["func_literal"],
        when: (t, n) => t.is(t.parent(n), "expression_list") && t.is(t.parent(t.parent(n)), "return_statement"),
        good: "package a\n\nfunc adder(a int) func(int) int {\n\treturn func(b int) int { return a + b }\n}",
        bad: "package a\n\nfunc add(a, b int) int { return a + b }",
      },
      java: {
        on: ["lambda_expression"],
        when: (t, n) => t.is(t.parent(n), "return_statement") || t.is(t.parent(n), "lambda_expression"),
        good: "class A {\n  IntUnaryOperator adder(int a) {\n    return b -> a + b;\n  }\n}",
        bad: "class A {\n  int add(int a, int b) {\n    return a + b;\n  }\n}",
      },
      rust: {
        on: ["function_item"],
        when: (t, n) => /^(?:impl\s+(?:Fn|FnMut|FnOnce)\b|Box<dyn\s+Fn)/.test(shortText(t, t.child(n, "return_type"))),
        good: "fn adder(a: u8) -> impl Fn(u8) -> u8 {\n    move |b| a + b\n}",
        bad: "fn add(a: u8, b: u8) -> u8 {\n    a + b\n}",
      },
    },
  },
  {
    id: "function-value",
    name: "Function as a value",
    kind: "habit",
    concept: "closures",
    about: "A small function written where it is used, which can see what is round it.",
    rules: {
      javascript: {
        on: ["arrow_function"],
        good: "const twice = numbers.map((n) => n * 2);",
        bad: "function twice(n: number) {\n  return n * 2;\n}",
      },
      python: {
        on: ["lambda"],
        good: "users.sort(key=lambda user: user.name)",
        bad: "def name(user):\n    return user.name",
      },
      go: {
        on: ["func_literal"],
        good: "package a\n\nvar twice = func(n int) int { return n * 2 }",
        bad: "package a\n\nfunc twice(n int) int { return n * 2 }",
      },
      java: {
        on: ["lambda_expression"],
        good: "class A {\n  IntUnaryOperator twice = n -> n * 2;\n}",
        bad: "class A {\n  int twice(int n) {\n    return n * 2;\n  }\n}",
      },
      rust: {
        on: ["closure_expression"],
        good: "fn f() {\n    let twice = |n: u8| n * 2;\n}",
        bad: "fn twice(n: u8) -> u8 {\n    n * 2\n}",
      },
    },
  },
  {
    id: "recursion",
    name: "Recursion",
    kind: "habit",
    concept: "recursion",
    about: "A function that calls itself on a smaller part: natural for trees, limited by the depth of the stack.",
    rules: {
      javascript: {
        on: ["call_expression"],
        when: (t, n, scopes) => {
          const callee = calleePath(t, n);
          const around = scopes.functionOf(n);
          const name = shortText(t, t.child(t.is(around, "arrow_function") ? t.parent(around) : around, "name"));
          return (
            name !== "" &&
            (callee === name
              ? !t.is(around, "method_definition")
              : callee === `this.${name}` && t.is(around, "method_definition"))
          );
        },
        good: "function depth(node: Tree): number {\n  return node.child ? 1 + depth(node.child) : 0;\n}",
        bad: "function depth(node: Tree): number {\n  let levels = 0;\n  for (let at = node; at.child; at = at.child) levels += 1;\n  return levels;\n}",
      },
      python: {
        on: ["call"],
        when: (t, n, scopes) => {
          const around = scopes.functionOf(n);
          const name = shortText(t, t.child(around, "name"));
          const callee = calleePath(t, n);
          const isMethod = t.is(t.parent(t.parent(around)), "class_definition");
          return name !== "" && (isMethod ? callee === `self.${name}` : callee === name);
        },
        good: "def depth(node):\n    return 1 + depth(node.child) if node.child else 0",
        bad: "def depth(node):\n    levels = 0\n    while node.child:\n        node = node.child\n        levels += 1\n    return levels",
      },
      go: {
        on: ["call_expression"],
        when: (t, n, scopes) => {
          const around = scopes.functionOf(n);
          const name = shortText(t, t.child(around, "name"));
          if (name === "" || calleeName(t, n) !== name) return false;
          if (t.is(around, "function_declaration")) return calleePath(t, n) === name;
          const receiver = t.child(t.firstNamed(t.child(around, "receiver")), "name");
          return calleePath(t, n) === `${shortText(t, receiver)}.${name}`;
        },
        good: "package a\n\nfunc depth(n *Node) int {\n\tif n == nil {\n\t\treturn 0\n\t}\n\treturn 1 + depth(n.Child)\n}",
        bad: "package a\n\nfunc depth(n *Node) (levels int) {\n\tfor ; n != nil; n = n.Child {\n\t\tlevels++\n\t}\n\treturn levels\n}",
      },
      java: {
        on: ["method_invocation"],
        when: (t, n, scopes) => {
          const name = shortText(t, t.child(scopes.functionOf(n), "name"));
          const receiver = t.child(n, "object");
          return name !== "" && calleeName(t, n) === name && (receiver < 0 || t.textOf(receiver) === "this");
        },
        good: "class A {\n  int depth(Node n) {\n    return n == null ? 0 : 1 + depth(n.child);\n  }\n}",
        bad: "class A {\n  int depth(Node n) {\n    return n.depth();\n  }\n}",
      },
      rust: {
        on: ["call_expression"],
        when: (t, n, scopes) => {
          const name = shortText(t, t.child(scopes.functionOf(n), "name"));
          return (
            name !== "" &&
            [name, `self.${name}`, `Self::${name}`].includes(calleePath(t, n)) &&
            (calleePath(t, n) !== name || !t.is(t.parent(t.parent(scopes.functionOf(n))), "impl_item"))
          );
        },
        good: "fn depth(n: &Node) -> usize {\n    match &n.child {\n        Some(c) => 1 + depth(c),\n        None => 0,\n    }\n}",
        bad: "fn depth(n: &Node) -> usize {\n    n.depth()\n}",
      },
    },
  },
];
