import { describe, expect, test } from "vitest";
import { createParser } from "../syntax/parser";
import { standaloneFunctions } from "./find";

const parser = await createParser();

function found(text: string, language = "TypeScript") {
  const parsed = parser.parse({ language, text, bytes: Buffer.byteLength(text) });
  if (!parsed.ok) throw new Error(parsed.why);
  return standaloneFunctions("src/a.ts", parsed.tree);
}
const names = (text: string, language?: string) => found(text, language).map(({ name }) => name);

describe("a function that can stand alone", () => {
  test("is found as declaration, arrow function and expression, where it stands, with the types of its parameters", () => {
    const text = `const rate = 2;
export function clamp(value: number, low: number): number {
  if (value < low) return low;
  return value;
}
export const initials = (name: string) => {
  const parts = name.split(" ").map((part) => part.slice(0, 1));
  return parts.join("");
};
const old = function (x) {
  return Math.max(x, 0);
};
`;
    expect(found(text)).toMatchObject([
      {
        name: "clamp",
        line: 2,
        endLine: 5,
        language: "typescript",
        parameters: [
          { name: "value", type: "number" },
          { name: "low", type: "number" },
        ],
      },
      { name: "initials", line: 6, parameters: [{ name: "name", type: "string" }] },
      { name: "old", line: 10, parameters: [{ name: "x", type: null }] },
    ]);
    expect(found(text)[1]?.text).toMatch(/^const initials = \(name: string\) => \{\n {2}const parts/);
  });

  test("has its operators at their places in the text, also where its indentation was taken away", () => {
    const [fn] = found(`function outer() {
    function inner(a: number, b: number) {
      const sum = a + b;
      return sum > 3 && sum < 9 ? sum : 0;
    }
    return inner;
}`);
    expect(fn?.text.split("\n")[1]).toBe("  const sum = a + b;");
    expect(fn?.operators.map(({ from, line }) => [from, line])).toEqual([
      ["+", 2],
      ["&&", 3],
      [">", 3],
      ["<", 3],
    ]);
    for (const { start, end, from } of fn?.operators ?? []) expect(fn?.text.slice(start, end)).toBe(from);
  });

  test("keeps the operators that end its loops", () => {
    const [fn] = found(`function count(list: number[]) {
  let at = 0;
  while (at < list.length) at += 1;
  for (let i = 0; i < 3; i += 1) at = at * 2;
  return at - 1;
}`);
    expect(fn?.operators.map(({ from }) => from)).toEqual(["*", "-"]);
  });
});

describe("not found is what", () => {
  const body = (inside: string, head = "function f(a: string)") => `${head} {\n  const x = 1;\n  ${inside}\n}\n`;
  test.each([
    ["reads a name from around it", body("return a + outside;")],
    ["calls another function", body("return other(a);")],
    ["reads a property by a name of around it", body("return { a, outside };")],
    ["gives nothing", body("a.trim();")],
    ["waits", body("return a;", "async function f(a: string)")],
    ["yields", body("yield a;", "function* f(a: string)")],
    ["depends on this", body("return this.b + a;")],
    ["depends on the time", body("return Date.now() + a;")],
    ["depends on chance", body("return Math.random() + a;")],
    ["prints", body("console.log(a); return a;")],
    ["takes a pattern", body("return a;", "function f({ a }: { a: string })")],
    ["takes a default", body("return a;", 'function f(a = "b")')],
    ["takes nothing", body("return 1;", "function f()")],
    ["is on one line", "function f(a: string) { return a + 1; }\n"],
    ["is long", body(`${"x;\n".repeat(40)}return a;`)],
  ])("%s", (_why, text) => {
    expect(names(text)).toEqual([]);
  });

  test("is written in another language", () => {
    expect(names("def f(a):\n    b = a + 1\n    return b\n", "Python")).toEqual([]);
  });
});
