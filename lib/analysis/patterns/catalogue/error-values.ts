import type { Pattern } from "../pattern";
import { argumentsOf, calleeName, calleePath, receiverOf, shortText } from "../questions";
import { isRustTest } from "../test-code";

export const ERROR_VALUES: readonly Pattern[] = [
  {
    id: "checked-error",
    name: "Error checked at once",
    kind: "habit",
    concept: "error-values",
    about: "Looks at a returned error right where it comes back, before the value beside it is used.",
    rules: {
      go: {
        on: ["if_statement"],
        when: (t, n) => /^\w*[eE]rr\w* != nil$/.test(shortText(t, t.child(n, "condition"))),
        good: "package a\n\nfunc f() error {\n\tif err := save(); err != nil {\n\t\treturn err\n\t}\n\treturn nil\n}",
        bad: "package a\n\nfunc f() {\n\tsave()\n}",
      },
      rust: {
        on: ["if_expression", "match_arm"],
        when: (t, n) => {
          const pattern = t.is(n, "match_arm") ? t.child(n, "pattern") : t.child(t.child(n, "condition"), "pattern");
          return t.textOf(pattern).slice(0, 8).startsWith("Err(");
        },
        good: "fn f() {\n    if let Err(error) = save() {\n        report(error);\n    }\n}",
        bad: "fn f() {\n    let _ = save();\n}",
      },
    },
  },
  {
    id: "ignored-error",
    name: "Error thrown away",
    kind: "risk",
    concept: "error-values",
    about: "The error is given to `_`: the program goes on as if nothing had failed.",
    rules: {
      go: {
        on: ["assignment_statement", "short_var_declaration"],
        when: (t, n) => {
          const left = t.namedChildren(t.child(n, "left"));
          const right = t.namedChildren(t.child(n, "right"));
          return right.length === 1 && t.is(right[0] ?? -1, "call_expression") && t.textOf(left.at(-1) ?? -1) === "_";
        },
        good: "package a\n\nfunc f() error {\n\tvalue, err := load()\n\tuse(value)\n\treturn err\n}",
        bad: "package a\n\nfunc f() {\n\tvalue, _ := load()\n\tuse(value)\n}",
      },
      rust: {
        on: ["let_declaration"],
        when: (t, n) => t.textOf(t.child(n, "pattern")) === "_" && t.is(t.child(n, "value"), "call_expression"),
        good: "fn f() -> Result<(), E> {\n    save()?;\n    Ok(())\n}",
        bad: "fn f() {\n    let _ = save();\n}",
      },
    },
  },
  {
    id: "unwrap",
    name: "Bare unwrap",
    kind: "risk",
    concept: "error-values",
    about: "Ends the program when the value is missing. Fine in tests and examples, a crash in production.",
    rules: {
      rust: {
        on: ["call_expression"],
        when: (t, n, scopes) =>
          calleeName(t, n) === "unwrap" &&
          receiverOf(t, n) >= 0 &&
          argumentsOf(t, n).length === 0 &&
          !isRustTest(t, n, scopes),
        good: "fn f() -> Option<u8> {\n    let x = first()?;\n    Some(x)\n}\n#[cfg(test)]\nmod tests {\n    #[test]\n    fn works() {\n        f().unwrap();\n    }\n}",
        bad: "fn f() -> u8 {\n    first().unwrap()\n}",
      },
    },
  },
  {
    id: "question-mark",
    name: "Passing an error on with ?",
    kind: "habit",
    concept: "error-values",
    about: "Returns the error to the caller and goes on with the value, in one character.",
    rules: {
      rust: {
        on: ["try_expression"],
        good: "fn f() -> Result<u8, E> {\n    let x = load()?;\n    Ok(x)\n}",
        bad: "fn f() -> u8 {\n    load().unwrap()\n}",
      },
    },
  },
  {
    id: "panic",
    name: "Panic for what can be handled",
    kind: "risk",
    concept: "error-values",
    about:
      "Unwinds the whole program or goroutine: for broken invariants, not for failures that a caller could handle.",
    rules: {
      go: {
        on: ["call_expression"],
        when: (t, n) => calleePath(t, n) === "panic",
        good: 'package a\n\nfunc f() error {\n\treturn errors.New("no value")\n}',
        bad: 'package a\n\nfunc f() {\n\tpanic("no value")\n}',
      },
      rust: {
        on: ["macro_invocation"],
        when: (t, n, scopes) => calleePath(t, n) === "panic" && !isRustTest(t, n, scopes),
        good: "fn f() -> Result<(), E> {\n    Err(E::NoValue)\n}",
        bad: 'fn f() {\n    panic!("no value");\n}',
      },
    },
  },
];
