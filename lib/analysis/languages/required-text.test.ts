import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hasRequired, requiredText } from "./required-text";

describe("requiredText", () => {
  it.each([
    ["^\\s*template\\s*<", { all: ["template", "<"] }],
    ["std::\\w+", "std::"],
    ["^[ \\t]*(try|constexpr)", { any: ["try", "constexpr"] }],
    ["^(class|(using[ \\t]+)?namespace)\\s+\\w+", { any: ["class", "namespace"] }],
    ["^\\s*(@(end|class)\\b|#import)", { any: [{ any: ["@end", "@class"] }, "#import"] }],
    ["(?i)\\bUSE\\b", "use"],
    ["ab?cd", { all: ["a", "cd"] }],
    ["ab+c", { all: ["ab", "c"] }],
    ["a{0,3}bc", "bc"],
    ["a|", null],
    ["[a-z]+", null],
    ["\\x41BC", null],
    ["(?=abc)", null],
    ["<\\?xml", "<?xml"],
    ["[[:alpha:]]+abc", "abc"],
  ])("%s needs %j", (pattern, needed) => {
    expect(requiredText(pattern)).toEqual(needed);
  });

  it("never rules out a text that matches", () => {
    const piece = fc.oneof(
      fc.constantFrom("a", "b", "cc", "\\.", "\\s", "\\w", ".", "[ab]", "[^a]", "^", "$", "\\b"),
      fc.constantFrom("(a|bc)", "(?:ab)?", "(?:a|)", "a*", "b+", "c?", "a{2}", "b{0,2}", "(ab)+c"),
    );
    const pattern = fc.array(piece, { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join(""));
    const text = fc.string({ unit: fc.constantFrom("a", "b", "c", ".", " ", "\n", "A"), maxLength: 12 });
    const checked = fc.check(
      fc.property(pattern, pattern, text, (left, right, subject) => {
        for (const source of [left, `${left}|${right}`, `(${left}|${right})${left}`]) {
          if (new RegExp(source, "m").test(subject))
            expect([source, subject, hasRequired(requiredText(source), subject.toLowerCase())]).toEqual([
              source,
              subject,
              true,
            ]);
        }
      }),
      { numRuns: 3_000 },
    );
    expect(checked.counterexample).toBeNull();
  });
});
