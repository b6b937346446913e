import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { DAYS } from "./days.ts";

const runbooks = path.resolve(import.meta.dirname, "../../docs/runbooks");
const read = (page: string): string => readFileSync(path.join(runbooks, page), "utf8");

const PARTS = [
  "How it is noticed",
  "What happens by itself",
  "What to do",
  "How to see that it is over",
  "How it is rehearsed",
];

it("each runbook is rehearsed, and says how", () => {
  const pages = readdirSync(runbooks).filter((page) => page !== "README.md");
  expect(pages.toSorted()).toEqual(DAYS.map(({ name }) => `${name}.md`).toSorted());
  for (const { name } of DAYS) {
    expect(read(`${name}.md`)).toContain(`npm run game-day -- ${name}`);
    expect(read("README.md")).toContain(`(${name}.md)`);
    for (const part of PARTS) expect(read(`${name}.md`), name).toContain(`## ${part}`);
  }
});
