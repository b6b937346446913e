import type { Pattern } from "../pattern";
import {
  argumentsOf,
  calleeName,
  calleePath,
  hasToken,
  isWithin,
  receiverOf,
  shortText,
  statementsOf,
} from "../questions";

export const EXCEPTIONS: readonly Pattern[] = [
  {
    id: "try-catch",
    name: "Try and catch",
    kind: "habit",
    concept: "error-handling",
    about: "Says what happens when something fails, at the place where something can be done about it.",
    rules: {
      javascript: {
        on: ["catch_clause"],
        good: "try {\n  save();\n} catch (error) {\n  report(error);\n}",
        bad: "save();",
      },
      python: {
        on: ["except_clause"],
        good: "try:\n    save()\nexcept OSError as error:\n    report(error)",
        bad: "save()",
      },
      java: {
        on: ["catch_clause"],
        good: "class A {\n  void run() {\n    try {\n      save();\n    } catch (IOException e) {\n      report(e);\n    }\n  }\n}",
        bad: "class A {\n  void run() {\n    save();\n  }\n}",
      },
    },
  },
  {
    id: "empty-catch",
    name: "Error swallowed",
    kind: "risk",
    concept: "error-handling",
    about: "The error is caught and nothing is done or said: what broke stays unknown. A comment that says why counts.",
    rules: {
      javascript: {
        on: ["catch_clause"],
        when: (t, n) => t.namedChildren(t.child(n, "body")).length === 0,
        good: "try {\n  save();\n} catch (error) {\n  report(error);\n}",
        bad: "try {\n  save();\n} catch {}",
      },
      python: {
        on: ["except_clause"],
        when: (t, n) => {
          const block = t.namedChildren(t.childOfKind(n, "block"));
          const only = block[0] ?? -1;
          return block.length === 1 && (t.is(only, "pass_statement") || t.textOf(only) === "...");
        },
        good: "try:\n    save()\nexcept OSError as error:\n    report(error)",
        bad: "try:\n    save()\nexcept OSError:\n    pass",
      },
      java: {
        on: ["catch_clause"],
        when: (t, n) => t.namedChildren(t.child(n, "body")).length === 0,
        good: "class A {\n  void run() {\n    try {\n      save();\n    } catch (IOException e) {\n      report(e);\n    }\n  }\n}",
        bad: "class A {\n  void run() {\n    try {\n      save();\n    } catch (IOException e) {\n    }\n  }\n}",
      },
    },
  },
  {
    id: "broad-catch",
    name: "Catching everything",
    kind: "risk",
    concept: "precise-errors",
    about: "Catches programming errors and interruptions along with the failure that was meant.",
    rules: {
      python: {
        on: ["except_clause"],
        when: (t, n) => {
          const caught = t.firstNamed(n);
          if (t.is(caught, "block")) return true;
          const type = t.is(caught, "as_pattern") ? t.firstNamed(caught) : caught;
          return /^(?:Base)?Exception$/.test(shortText(t, type));
        },
        good: "try:\n    save()\nexcept (OSError, ValueError) as error:\n    report(error)",
        bad: "try:\n    save()\nexcept:\n    report()",
      },
      java: {
        on: ["catch_type"],
        when: (t, n) => /^(?:Exception|Throwable|Error)$/.test(shortText(t, n)),
        good: "class A {\n  void run() {\n    try {\n      save();\n    } catch (IOException e) {\n      report(e);\n    }\n  }\n}",
        bad: "class A {\n  void run() {\n    try {\n      save();\n    } catch (Exception e) {\n      report(e);\n    }\n  }\n}",
      },
    },
  },
  {
    id: "wrapped-error",
    name: "Error with its cause",
    kind: "habit",
    concept: "error-causes",
    about: "Adds what was being done and keeps the original error, so that both can be read later.",
    rules: {
      javascript: {
        on: ["new_expression"],
        when: (t, n) => {
          const options = argumentsOf(t, n)[1] ?? -1;
          return (
            shortText(t, t.child(n, "constructor")).endsWith("Error") &&
            t.is(options, "object") &&
            t
              .namedChildren(options)
              .some((pair) => shortText(t, pair) === "cause" || shortText(t, t.child(pair, "key")) === "cause")
          );
        },
        good: 'throw new Error("cannot save the user", { cause: error });',
        bad: 'throw new Error("cannot save the user");',
      },
      python: {
        on: ["raise_statement"],
        when: (t, n) => t.child(n, "cause") >= 0,
        good: 'try:\n    save()\nexcept OSError as error:\n    raise StoreError("cannot save") from error',
        bad: 'try:\n    save()\nexcept OSError:\n    raise StoreError("cannot save")',
      },
      go: {
        on: ["call_expression"],
        when: (t, n) => calleePath(t, n) === "fmt.Errorf" && t.textOf(argumentsOf(t, n)[0] ?? -1).includes("%w"),
        good: 'package a\n\nfunc f() error {\n\treturn fmt.Errorf("save user: %w", err)\n}',
        bad: 'package a\n\nfunc f() error {\n\treturn errors.New("save user")\n}',
      },
      java: {
        on: ["throw_statement"],
        when: (t, n) => {
          const made = t.firstNamed(n);
          const args = argumentsOf(t, made);
          return (
            t.is(made, "object_creation_expression") &&
            args.length > 1 &&
            t.is(args.at(-1) ?? -1, "identifier") &&
            isWithin(t, n, 4, "catch_clause")
          );
        },
        good: 'class A {\n  void run() {\n    try {\n      save();\n    } catch (IOException e) {\n      throw new StoreException("cannot save", e);\n    }\n  }\n}',
        bad: 'class A {\n  void run() {\n    try {\n      save();\n    } catch (IOException e) {\n      throw new StoreException("cannot save");\n    }\n  }\n}',
      },
      rust: {
        on: ["call_expression"],
        when: (t, n) => /^(?:map_err|context|with_context|wrap_err)$/.test(calleeName(t, n)) && receiverOf(t, n) >= 0,
        good: "fn load() -> Result<u8, AppError> {\n    read().map_err(AppError::Read)\n}",
        bad: "fn load() -> Result<u8, std::io::Error> {\n    read()\n}",
      },
    },
  },
  {
    id: "lost-cause",
    name: "Cause thrown away",
    kind: "risk",
    concept: "error-causes",
    about: "A new error replaces the one that was caught, and with it the only trace of what really happened.",
    rules: {
      javascript: {
        on: ["throw_statement"],
        when: (t, n) => {
          const made = t.firstNamed(n);
          return (
            isWithin(t, n, 4, "catch_clause") &&
            t.is(made, "new_expression") &&
            argumentsOf(t, made).every((argument) => t.is(argument, "string"))
          );
        },
        good: 'try {\n  save();\n} catch (error) {\n  throw new Error("cannot save", { cause: error });\n}',
        bad: 'try {\n  save();\n} catch (error) {\n  throw new Error("cannot save");\n}',
      },
      python: {
        on: ["raise_statement"],
        when: (t, n) => t.child(n, "cause") < 0 && t.is(t.firstNamed(n), "call") && isWithin(t, n, 4, "except_clause"),
        good: 'try:\n    save()\nexcept OSError as error:\n    raise StoreError("cannot save") from error',
        bad: 'try:\n    save()\nexcept OSError:\n    raise StoreError("cannot save")',
      },
    },
  },
  {
    id: "throw-literal",
    name: "Throwing what is no error",
    kind: "risk",
    concept: "custom-errors",
    about: "A thrown string has no stack and no type: whoever catches it can only guess.",
    rules: {
      javascript: {
        on: ["throw_statement"],
        when: (t, n) => t.is(t.firstNamed(n), "string", "template_string", "number", "object"),
        good: 'throw new TypeError("not a number");',
        bad: 'throw "not a number";',
      },
    },
  },
  {
    id: "custom-error",
    name: "Error type of its own",
    kind: "habit",
    concept: "custom-errors",
    about: "Gives a failure a name and data, so that callers can tell it from others without reading its message.",
    rules: {
      javascript: {
        on: ["class_heritage"],
        when: (t, n) => /^extends\s+\w*(?:Error|Exception)\b/.test(shortText(t, n)),
        good: "class NotFound extends Error {}",
        bad: "class NotFound extends Page {}",
      },
      python: {
        on: ["class_definition"],
        when: (t, n) => /\w*(?:Error|Exception)\b/.test(shortText(t, t.child(n, "superclasses"))),
        good: "class NotFound(LookupError):\n    pass",
        bad: "class NotFound(Page):\n    pass",
      },
      go: {
        on: ["method_declaration"],
        when: (t, n) => shortText(t, t.child(n, "name")) === "Error" && shortText(t, t.child(n, "result")) === "string",
        good: 'package a\n\nfunc (e *NotFound) Error() string { return "not found" }',
        bad: 'package a\n\nfunc (e *NotFound) String() string { return "not found" }',
      },
      java: {
        on: ["superclass"],
        when: (t, n) => /(?:Exception|Error|Throwable)$/.test(shortText(t, n)),
        good: "class NotFound extends RuntimeException {}",
        bad: "class NotFound extends Page {}",
      },
      rust: {
        on: ["impl_item"],
        when: (t, n) => /^(?:(?:std|core)::(?:error::)?|thiserror::)?Error$/.test(shortText(t, t.child(n, "trait"))),
        good: "impl std::error::Error for NotFound {}",
        bad: "impl std::fmt::Display for NotFound {}",
      },
    },
  },
  {
    id: "rethrow",
    name: "Catch only to throw again",
    kind: "risk",
    concept: "error-handling",
    about: "The clause does nothing but pass on what it caught: without it the code does the same.",
    rules: {
      javascript: {
        on: ["catch_clause"],
        when: (t, n) => {
          const body = statementsOf(t, t.child(n, "body"));
          const caught = shortText(t, t.child(n, "parameter"));
          return (
            body.length === 1 &&
            caught !== "" &&
            /^throw\s/.test(shortText(t, body[0] ?? -1)) &&
            shortText(t, t.firstNamed(body[0] ?? -1)) === caught
          );
        },
        good: "try {\n  save();\n} catch (error) {\n  undo();\n  throw error;\n}",
        bad: "try {\n  save();\n} catch (error) {\n  throw error;\n}",
      },
      python: {
        on: ["except_clause"],
        when: (t, n) => {
          const body = statementsOf(t, t.childOfKind(n, "block"));
          return body.length === 1 && t.textOf(body[0] ?? -1) === "raise";
        },
        good: "try:\n    save()\nexcept OSError:\n    undo()\n    raise",
        bad: "try:\n    save()\nexcept OSError:\n    raise",
      },
      java: {
        on: ["catch_clause"],
        when: (t, n) => {
          const body = statementsOf(t, t.child(n, "body"));
          const caught = shortText(t, t.child(t.childOfKind(n, "catch_formal_parameter"), "name"));
          return body.length === 1 && shortText(t, body[0] ?? -1) === `throw ${caught};`;
        },
        good: "class A {\n  void run() {\n    try {\n      save();\n    } catch (IOException e) {\n      undo();\n      throw e;\n    }\n  }\n}",
        bad: "class A {\n  void run() {\n    try {\n      save();\n    } catch (IOException e) {\n      throw e;\n    }\n  }\n}",
      },
    },
  },
  {
    id: "finally",
    name: "Cleaning up whatever happens",
    kind: "habit",
    concept: "resource-handling",
    about: "Runs on success, on failure and on return: the place for what must be undone or released.",
    rules: {
      javascript: {
        on: ["finally_clause"],
        good: "try {\n  use(lock);\n} finally {\n  lock.release();\n}",
        bad: "use(lock);\nlock.release();",
      },
      python: {
        on: ["finally_clause"],
        good: "try:\n    use(lock)\nfinally:\n    lock.release()",
        bad: "use(lock)\nlock.release()",
      },
      java: {
        on: ["finally_clause"],
        when: (t, n) => hasToken(t, n, "finally"),
        good: "class A {\n  void run() {\n    try {\n      use();\n    } finally {\n      release();\n    }\n  }\n}",
        bad: "class A {\n  void run() {\n    use();\n    release();\n  }\n}",
      },
    },
  },
];
