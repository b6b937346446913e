import type { Pattern } from "../pattern";
import { argumentsOf, calleeName, calleePath, hasToken, receiverOf } from "../questions";

export const ITERATION: readonly Pattern[] = [
  {
    id: "collection-pipeline",
    name: "Map, filter and reduce",
    kind: "habit",
    concept: "higher-order-functions",
    about: "Says what becomes of each element instead of how to step through them.",
    rules: {
      javascript: {
        on: ["call_expression"],
        when: (t, n) =>
          /^(?:map|filter|reduce|reduceRight|flatMap)$/.test(calleeName(t, n)) &&
          receiverOf(t, n) >= 0 &&
          argumentsOf(t, n).length > 0,
        good: "const names = users.filter((u) => u.active).map((u) => u.name);",
        bad: "const names = [];\nfor (const u of users) if (u.active) names.push(u.name);",
      },
      python: {
        on: ["call"],
        when: (t, n) =>
          /^(?:map|filter|(?:functools\.)?reduce)$/.test(calleePath(t, n)) && argumentsOf(t, n).length > 1,
        good: "names = list(map(str.strip, lines))",
        bad: "names = []\nfor line in lines:\n    names.append(line.strip())",
      },
      java: {
        on: ["method_invocation"],
        when: (t, n) =>
          /^(?:map|filter|reduce|flatMap|mapToInt|collect)$/.test(calleeName(t, n)) &&
          receiverOf(t, n) >= 0 &&
          argumentsOf(t, n).length > 0,
        good: "class A {\n  List<String> names(List<User> users) {\n    return users.stream().map(User::name).toList();\n  }\n}",
        bad: "class A {\n  void names(List<User> users) {\n    for (User u : users) names.add(u.name());\n  }\n}",
      },
      rust: {
        on: ["call_expression"],
        when: (t, n) =>
          /^(?:map|filter|fold|flat_map|filter_map)$/.test(calleeName(t, n)) &&
          receiverOf(t, n) >= 0 &&
          argumentsOf(t, n).length > 0,
        good: "fn names(users: &[User]) -> Vec<String> {\n    users.iter().map(|u| u.name.clone()).collect()\n}",
        bad: "fn names(users: &[User]) -> Vec<String> {\n    let mut names = Vec::new();\n    for u in users {\n        names.push(u.name.clone());\n    }\n    names\n}",
      },
    },
  },
  {
    id: "comprehension",
    name: "Comprehension",
    kind: "habit",
    concept: "comprehensions",
    about: "Builds a collection out of another one in a single expression.",
    rules: {
      python: {
        on: ["list_comprehension", "dictionary_comprehension", "set_comprehension", "generator_expression"],
        good: "names = [user.name for user in users if user.active]",
        bad: "names = []\nfor user in users:\n    names.append(user.name)",
      },
    },
  },
  {
    id: "element-loop",
    name: "Loop over elements",
    kind: "habit",
    concept: "iteration",
    about: "Takes the elements themselves: no index to get wrong.",
    rules: {
      javascript: {
        on: ["for_in_statement"],
        when: (t, n) => hasToken(t, n, "of"),
        good: "for (const user of users) greet(user);",
        bad: "for (let i = 0; i < users.length; i++) greet(users[i]);",
      },
      python: {
        on: ["for_statement"],
        when: (t, n) => calleePath(t, t.child(n, "right")) !== "range",
        good: "for user in users:\n    greet(user)",
        bad: "for i in range(10):\n    greet(i)",
      },
      go: {
        on: ["range_clause"],
        good: "package a\n\nfunc f(users []User) {\n\tfor _, user := range users {\n\t\tgreet(user)\n\t}\n}",
        bad: "package a\n\nfunc f(users []User) {\n\tfor i := 0; i < len(users); i++ {\n\t\tgreet(users[i])\n\t}\n}",
      },
      java: {
        on: ["enhanced_for_statement"],
        good: "class A {\n  void f(List<User> users) {\n    for (User user : users) greet(user);\n  }\n}",
        bad: "class A {\n  void f(List<User> users) {\n    for (int i = 0; i < users.size(); i++) greet(users.get(i));\n  }\n}",
      },
      rust: {
        on: ["for_expression"],
        when: (t, n) => !t.is(t.child(n, "value"), "range_expression"),
        good: "fn f(users: &[User]) {\n    for user in users {\n        greet(user);\n    }\n}",
        bad: "fn f(users: &[User]) {\n    for i in 0..users.len() {\n        greet(&users[i]);\n    }\n}",
      },
    },
  },
  {
    id: "index-loop",
    name: "Loop over positions",
    kind: "habit",
    concept: "iteration",
    about: "Counts an index up. Needed when the position matters; otherwise the place where off-by-one errors live.",
    rules: {
      javascript: {
        on: ["for_statement"],
        when: (t, n) => t.child(n, "increment") >= 0,
        good: "for (let i = 0; i < rows.length; i += 2) paint(rows[i]);",
        bad: "for (const row of rows) paint(row);",
      },
      python: {
        on: ["for_statement"],
        when: (t, n) => calleePath(t, t.child(n, "right")) === "range",
        good: "for i in range(3):\n    paint(i)",
        bad: "for row in rows:\n    paint(row)",
      },
      go: {
        on: ["for_clause"],
        when: (t, n) => t.child(n, "update") >= 0,
        good: "package a\n\nfunc f() {\n\tfor i := 0; i < 3; i++ {\n\t\tpaint(i)\n\t}\n}",
        bad: "package a\n\nfunc f(rows []int) {\n\tfor _, row := range rows {\n\t\tpaint(row)\n\t}\n}",
      },
      java: {
        on: ["for_statement"],
        when: (t, n) => t.child(n, "update") >= 0,
        good: "class A {\n  void f() {\n    for (int i = 0; i < 3; i++) paint(i);\n  }\n}",
        bad: "class A {\n  void f(int[] rows) {\n    for (int row : rows) paint(row);\n  }\n}",
      },
      rust: {
        on: ["for_expression"],
        when: (t, n) => t.is(t.child(n, "value"), "range_expression"),
        good: "fn f() {\n    for i in 0..3 {\n        paint(i);\n    }\n}",
        bad: "fn f(rows: &[u8]) {\n    for row in rows {\n        paint(row);\n    }\n}",
      },
    },
  },
  {
    id: "range-len",
    name: "Counting what could be iterated",
    kind: "risk",
    concept: "iteration",
    about: "Goes over `range(len(x))` to look each element up: `enumerate` or the elements themselves say it better.",
    rules: {
      python: {
        on: ["for_statement", "for_in_clause"],
        when: (t, n) => {
          const right = t.child(n, "right");
          const first = argumentsOf(t, right)[0] ?? -1;
          return (
            calleePath(t, right) === "range" && argumentsOf(t, right).length === 1 && calleePath(t, first) === "len"
          );
        },
        good: "for i, row in enumerate(rows):\n    paint(i, row)",
        bad: "for i in range(len(rows)):\n    paint(i, rows[i])",
      },
    },
  },
  {
    id: "for-in",
    name: "Loop over keys with for…in",
    kind: "risk",
    concept: "iteration",
    about: "Also visits inherited keys, and gives the positions of an array as text.",
    rules: {
      javascript: {
        on: ["for_in_statement"],
        when: (t, n) => hasToken(t, n, "in"),
        good: "for (const key of Object.keys(config)) use(key);",
        bad: "for (const key in config) use(key);",
      },
    },
  },
  {
    id: "generator",
    name: "Generator",
    kind: "habit",
    concept: "generators",
    about: "Gives values one at a time, when they are asked for: endless sequences, small memory.",
    rules: {
      javascript: {
        on: ["generator_function_declaration", "generator_function", "method_definition"],
        when: (t, n) => !t.is(n, "method_definition") || hasToken(t, n, "*"),
        good: "function* ids() {\n  let id = 0;\n  while (true) yield id++;\n}",
        bad: "function ids() {\n  return [0, 1, 2];\n}",
      },
      python: {
        on: ["yield"],
        good: "def ids():\n    number = 0\n    while True:\n        yield number\n        number += 1",
        bad: "def ids():\n    return [0, 1, 2]",
      },
    },
  },
  {
    id: "text-built-in-loop",
    name: "Text grown in a loop",
    kind: "risk",
    concept: "efficient-text",
    about:
      "Each round copies all the text so far: the cost grows with the square of the length. Join or build it once.",
    rules: {
      python: {
        on: ["augmented_assignment"],
        when: (t, n, scopes) =>
          scopes.loopOf(n) >= 0 &&
          hasToken(t, n, "+=") &&
          (t.is(t.child(n, "right"), "string") || t.is(t.firstNamed(t.child(n, "right")), "string")),
        good: 'text = "".join(f"{row}\\n" for row in rows)',
        bad: 'text = ""\nfor row in rows:\n    text += f"{row}\\n"',
      },
      go: {
        on: ["assignment_statement"],
        when: (t, n, scopes) => {
          const right = t.firstNamed(t.child(n, "right"));
          return (
            scopes.loopOf(n) >= 0 &&
            hasToken(t, n, "+=") &&
            (t.is(right, "interpreted_string_literal") || t.is(t.child(right, "right"), "interpreted_string_literal"))
          );
        },
        good: 'package a\n\nfunc f(rows []string) string {\n\treturn strings.Join(rows, "\\n")\n}',
        bad: 'package a\n\nfunc f(rows []string) string {\n\ttext := ""\n\tfor _, row := range rows {\n\t\ttext += row + "\\n"\n\t}\n\treturn text\n}',
      },
      java: {
        on: ["assignment_expression"],
        when: (t, n, scopes) => {
          const right = t.child(n, "right");
          return (
            scopes.loopOf(n) >= 0 &&
            hasToken(t, n, "+=") &&
            (t.is(right, "string_literal") || t.is(t.child(right, "right"), "string_literal"))
          );
        },
        good: 'class A {\n  String f(List<String> rows) {\n    return String.join("\\n", rows);\n  }\n}',
        bad: 'class A {\n  String f(List<String> rows) {\n    String text = "";\n    for (String row : rows) {\n      text += row + "\\n";\n    }\n    return text;\n  }\n}',
      },
    },
  },
];
