import { describe, expect, test } from "vitest";
import { inputsFor } from "./inputs";
import type { OwnFunction } from "./schemas";

function fn(text: string, ...parameters: OwnFunction["parameters"]): OwnFunction {
  return { path: "a.ts", line: 1, endLine: 3, language: "typescript", name: "f", text, parameters, operators: [] };
}

const firsts = (of: OwnFunction): unknown[] => inputsFor(of).map(([first]) => first);

describe("what a function is called with", () => {
  test("holds the numbers that its text names, and their neighbours, where a comparison turns over", () => {
    const of = fn("function f(n: number) {\n  return n > 640 ? 1 : 0;\n}", { name: "n", type: "number" });
    expect(firsts(of)).toEqual(expect.arrayContaining([639, 640, 641, 3, 0]));
  });

  test("holds the words that its text compares with", () => {
    const of = fn('function f(how) {\n  return how === "asc" ? 1 : -1;\n}', { name: "how", type: null });
    expect(firsts(of)).toContain("asc");
  });

  test("is objects with the fields that are read, each of a kind that fits what is done with it, and one without", () => {
    const of = fn('function f(token) {\n  if (token.kind !== "name") return 0;\n  return token.at * 2;\n}', {
      name: "token",
      type: null,
    });
    const given = firsts(of) as { kind?: unknown; at?: unknown }[];
    expect(given).toContainEqual({});
    expect(given.some(({ kind }) => kind === "name")).toBe(true);
    expect(given.every(({ at }) => at === undefined || typeof at === "number")).toBe(true);
  });

  test("is no object where a method is called, or its length is asked for", () => {
    const words = fn("function f(s) {\n  return s.trim().length > 2;\n}", { name: "s", type: null });
    expect(firsts(words).every((one) => typeof one === "string")).toBe(true);
    const long = fn("function f(s) {\n  return s.length > 2;\n}", { name: "s", type: null });
    expect(firsts(long).every((one) => typeof one === "string" || Array.isArray(one))).toBe(true);
  });

  test("is the same each time", () => {
    const of = fn("function f(a, b) {\n  return a > b;\n}", { name: "a", type: null }, { name: "b", type: null });
    expect(inputsFor(of)).toEqual(inputsFor(of));
    expect(inputsFor(of).length).toBeGreaterThan(20);
  });
});
