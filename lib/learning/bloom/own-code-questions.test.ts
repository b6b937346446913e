import { expect, test } from "vitest";
import { ownCodeQuestions } from "./own-code-questions";
import type { OwnCodeQuestion } from "./schemas";

const questionsOn = (text: string, ending = "ts"): OwnCodeQuestion[] => ownCodeQuestions(`solution.${ending}`, text);

const SOLUTION = `export function summarise(orders: Order[], currency: string) {
  const open = orders.filter((order) => !order.paid);
  const names = open.map((order) => order.name);
  const unique = new Set(names);
  let total = 0;
  for (let at = 0; at < open.length; at += 1) {
    const order = open[at];
    total += order.amount;
  }
  return { total, currency, count: unique.size, names };
}
`;

const byKind = (list: readonly OwnCodeQuestion[]) => Object.fromEntries(list.map((one) => [one.kind, one]));

test("a solution gives questions whose answers stand in its tree", () => {
  const found = byKind(questionsOn(SOLUTION));
  expect(found["parameter"]).toMatchObject({ answer: "orders", level: "remember", line: 1 });
  expect(found["parameter"]?.prompt).toContain("summarise");
  expect(found["loop_end"]).toMatchObject({ answer: "9", prompt: expect.stringContaining("line 6") });
  expect(found["declared_at"]).toMatchObject({ answer: "2", prompt: "On which line is open declared?" });
  expect(found["called"]).toMatchObject({ answer: "filter", line: 2 });
});

test("the right choice is there once, beside three that are wrong", () => {
  const questions = questionsOn(SOLUTION);
  expect(questions.length).toBeGreaterThanOrEqual(4);
  for (const { choices, answer } of questions) {
    expect(choices).toHaveLength(4);
    expect(new Set(choices).size).toBe(4);
    expect(choices).toContain(answer);
  }
});

test("what is assigned again is asked for only when it is one variable", () => {
  const one = `const a = 1;\nconst b = 2;\nconst c = 3;\nlet sum = 0;\nsum += a + b + c;\n`;
  expect(byKind(questionsOn(one))["reassigned"]).toMatchObject({ answer: "sum", level: "understand", line: 4 });
  expect(byKind(questionsOn(`${one}let other = 1;\nother++;\n`))["reassigned"]).toBeUndefined();
});

test("a name that means two things is in no question", () => {
  const shadowed = `let value = 1;\nfunction set(value: number) {\n  value += 1;\n  return value;\n}\nconst a = 1;\nconst b = 2;\nconst c = 3;\nset(a + b + c);\n`;
  for (const { answer, choices, kind } of questionsOn(shadowed)) {
    expect(answer === "value" && kind === "reassigned").toBe(false);
    if (kind === "reassigned") expect(choices).not.toContain("value");
  }
  const pattern = `const { name } = input;\nconst name2 = 1;\nconst [first] = list;\nfor (const first of list) use(first);\n`;
  expect(questionsOn(pattern).map(({ answer }) => answer)).not.toContain("name");
});

test("code with too little in it gives no question rather than one with made-up choices", () => {
  expect(questionsOn("")).toEqual([]);
  expect(questionsOn("export const two = 1 + 1;\n")).toEqual([]);
  const small = questionsOn("function id(x) {\n  return x;\n}\n", "js");
  expect(small).toEqual([]);
});

test("a value that a pattern or a loop's head gives again counts as another value", () => {
  const swapped = `let a = 1;\nlet b = 2;\nconst c = 3;\nconst d = 4;\n[a, b] = [b, a];\nuse(a + b + c + d);\n`;
  expect(byKind(questionsOn(swapped))["reassigned"]).toBeUndefined();
  const looped = `let a = 1;\nlet b = 2;\nconst c = 3;\nconst d = 4;\nfor (a of [1, 2]) b += a + c + d;\n`;
  expect(byKind(questionsOn(looped))["reassigned"]).toBeUndefined();
});

test("what is called at the end of a chain is on the line where its name stands", () => {
  const chain = `export function run(first: string[], second: string, third: number) {\n  return first\n    .filter((one) => one !== second)\n    .slice(third);\n}\n`;
  const { called } = byKind(questionsOn(chain));
  expect(called).toBeDefined();
  expect(chain.split("\n")[(called?.line ?? 0) - 1]).toContain(`.${called?.answer}(`);
});
