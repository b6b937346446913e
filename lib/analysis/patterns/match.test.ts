import { expect, test } from "vitest";
import { createParser } from "../syntax/parser";
import { findOccurrences } from "./match";
import { scopesOf } from "./scopes";

const parser = await createParser();

function walk(language: string, text: string): { size: number; visited: number; asked: number } {
  const parsed = parser.parse({ language, text, bytes: text.length });
  if (!parsed.ok) throw new Error(`not parsed: ${parsed.why}`);
  const { tree } = parsed;
  // Everything that a rule asks goes through the tree: counted here, the cost cannot hide.
  let asked = 0;
  const counting = new Proxy(tree, {
    get(target, property) {
      asked += 1;
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const visited = findOccurrences(counting, scopesOf(tree), () => {});
  return { size: tree.size, visited, asked };
}

test.each([
  ["JavaScript", "try { for (const a of b) { await f(`x`, (c) => g(c)); } } catch (e) { throw new Error('x'); }\n"],
  ["JavaScript", "f(() => {"],
  ["Python", "def f(a=[]):\n    for x in a:\n        g(x)\n"],
  ["Java", "class A { void f() { try { for (int i = 0; i < 3; i++) { q.query(i); } } catch (Exception e) { } } }\n"],
  ["Rust", "#[test]\nfn f() { for x in y { x.unwrap()?; } }\n"],
])("%s: four times the code costs four times the questions", (language, unit) => {
  const text = (times: number) => (unit.endsWith("{") ? unit.repeat(times) + "})".repeat(times) : unit.repeat(times));
  const [small, large] = [walk(language, text(50)), walk(language, text(200))];
  expect(small.visited).toBe(small.size);
  expect(large.visited).toBe(large.size);
  expect(large.asked / small.asked).toBeLessThan(4.2);
});

test("a chain of twenty thousand calls and brackets a hundred thousand deep are walked", () => {
  const chain = walk("JavaScript", `a${".then(f)".repeat(20_000)};`);
  expect(chain.visited).toBe(chain.size);
  const deep = walk("JavaScript", `x = ${"(".repeat(100_000)}1${")".repeat(100_000)};`);
  expect(deep.visited).toBe(deep.size);
}, 60_000);
