import type { Pattern } from "../pattern";
import { calleeName, calleePath } from "../questions";
import { isRustTest } from "../test-code";

export const LOGGING: readonly Pattern[] = [
  {
    id: "logging",
    name: "Logging",
    kind: "habit",
    concept: "logging",
    about: "Says what happened, with a level and data that machines can search.",
    rules: {
      javascript: {
        on: ["call_expression"],
        when: (t, n) => /^(?:this\.)?(?:log|logger)\.(?:trace|debug|info|warn|error|fatal)$/.test(calleePath(t, n)),
        good: 'logger.info({ userId }, "user saved");',
        bad: 'console.log("user saved");',
      },
      python: {
        on: ["call"],
        when: (t, n) =>
          /^(?:self\.)?_?(?:log|logger|logging|LOG|LOGGER)\.(?:debug|info|warning|error|exception|critical)$/.test(
            calleePath(t, n),
          ),
        good: 'logger.info("user saved", extra={"user": user_id})',
        bad: 'print("user saved")',
      },
      go: {
        on: ["call_expression"],
        when: (t, n) =>
          /^(?:slog|log|logger|zap)\.(?:Debug|Info|Warn|Error|Print|Printf|Println)(?:Context)?$/.test(
            calleePath(t, n),
          ),
        good: 'package a\n\nfunc f() {\n\tslog.Info("saved", "user", id)\n}',
        bad: 'package a\n\nfunc f() {\n\tfmt.Println("saved")\n}',
      },
      java: {
        on: ["method_invocation"],
        when: (t, n) => /^(?:log|logger|LOG|LOGGER)\.(?:trace|debug|info|warn|error)$/.test(calleePath(t, n)),
        good: 'class A {\n  void f() {\n    log.info("saved {}", id);\n  }\n}',
        bad: 'class A {\n  void f() {\n    System.out.println("saved");\n  }\n}',
      },
      rust: {
        on: ["macro_invocation"],
        when: (t, n) => /^(?:(?:tracing|log)::)?(?:trace|debug|info|warn|error)$/.test(calleePath(t, n)),
        good: 'fn f() {\n    tracing::info!(user = id, "saved");\n}',
        bad: 'fn f() {\n    println!("saved");\n}',
      },
    },
  },
  {
    id: "print-debugging",
    name: "Printing",
    kind: "risk",
    concept: "logging",
    about: "Right for the output of a command; left over from a search for a fault it has no level and no data.",
    rules: {
      javascript: {
        on: ["call_expression"],
        when: (t, n) => /^console\.(?:log|debug|dir|table)$/.test(calleePath(t, n)),
        good: 'logger.debug({ user }, "loaded");',
        bad: "console.log(user);",
      },
      python: {
        on: ["call"],
        when: (t, n) => /^(?:print|pprint|pprint\.pprint)$/.test(calleePath(t, n)),
        good: 'logger.debug("loaded %s", user)',
        bad: "print(user)",
      },
      go: {
        on: ["call_expression"],
        when: (t, n) => /^fmt\.Print(?:f|ln)?$|^println$/.test(calleePath(t, n)),
        good: 'package a\n\nfunc f() {\n\tslog.Debug("loaded", "user", user)\n}',
        bad: "package a\n\nfunc f() {\n\tfmt.Println(user)\n}",
      },
      java: {
        on: ["method_invocation"],
        when: (t, n) =>
          /^System\.(?:out|err)\.print(?:ln|f)?$/.test(calleePath(t, n)) || calleeName(t, n) === "printStackTrace",
        good: 'class A {\n  void f() {\n    log.debug("loaded {}", user);\n  }\n}',
        bad: "class A {\n  void f() {\n    System.out.println(user);\n  }\n}",
      },
      rust: {
        on: ["macro_invocation"],
        when: (t, n, scopes) => /^(?:println|print|dbg|eprintln)$/.test(calleePath(t, n)) && !isRustTest(t, n, scopes),
        good: 'fn f() {\n    tracing::debug!("loaded");\n}',
        bad: 'fn f() {\n    dbg!("loaded");\n}',
      },
    },
  },
];
