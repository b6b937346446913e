import { expect, it } from "vitest";
import { anInput, aPattern } from "@/tests/support/analysis-inputs";
import { CATALOGUE_VIEW } from "../insights/catalogue-view";
import type { CatalogueView } from "../insights/input";
import { BUILDS_ON } from "../patterns/concept-order";
import { recommend } from "./recommend";

const catalogue: CatalogueView = {
  patterns: [
    { id: "query", name: "Query", concept: "sql", kind: "habit", languages: ["TypeScript"] },
    { id: "commit", name: "Transaction", concept: "transactions", kind: "habit", languages: ["TypeScript"] },
    { id: "log", name: "Log line", concept: "logging", kind: "habit", languages: ["TypeScript"] },
    { id: "spin", name: "Endless recursion", concept: "recursion", kind: "risk", languages: ["TypeScript"] },
  ],
  concepts: [
    { slug: "sql", title: "SQL from code", buildsOn: [] },
    { slug: "transactions", title: "Transactions", buildsOn: ["sql"] },
    { slug: "logging", title: "Logging" },
    { slug: "recursion", title: "Recursion", buildsOn: [] },
  ],
};
const concepts = (...patterns: Parameters<typeof aPattern>[0][]) =>
  recommend(anInput({ patterns: patterns.map((pattern) => aPattern(pattern)) }), catalogue).map(
    ({ concept }) => concept,
  );

it("recommends what was never seen only where the code uses what it builds on", () => {
  expect(concepts()).toEqual(["logging"]);
  expect(concepts({ id: "query", count: 2 })).not.toContain("transactions");
  const input = anInput({ patterns: [aPattern({ id: "query", count: 30, inTests: 0 })] });
  expect(recommend(input, catalogue).find(({ concept }) => concept === "transactions")?.reasons).toEqual([
    {
      kind: "unused",
      sentence: "It builds on “SQL from code”, which stands here 30 times, and was not found itself.",
    },
  ]);
});

it("recommends what goes wrong here, whatever it builds on", () => {
  expect(concepts({ id: "spin", kind: "risk", count: 4, inTests: 0 })[0]).toBe("recursion");
});

it("leaves alone what is used well and goes wrong nowhere", () => {
  expect(concepts({ id: "log", count: 4, inTests: 0 })).toContain("logging");
  expect(concepts({ id: "log", count: 5, inTests: 0 })).not.toContain("logging");
});

it("knows of each concept that another builds on, and lets none build on itself", () => {
  const known = new Set(CATALOGUE_VIEW.concepts.map(({ slug }) => slug));
  for (const [slug, ground] of Object.entries(BUILDS_ON)) {
    expect(ground).not.toContain(slug);
    for (const each of ground) expect(known).toContain(each);
  }
});
