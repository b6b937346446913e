import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { shownBy } from "@/app/(learn)/learn/_shown-by";
import { CATALOGUE_VIEW } from "@/lib/analysis/insights/catalogue-view";
import { deriveInsights } from "@/lib/analysis/insights/derive";
import { createPatternsAnalyser } from "@/lib/analysis/patterns/analyser";
import { createSecurityAnalyser } from "@/lib/analysis/security/analyser";
import type { SourceFile } from "@/lib/analysis/source";
import { createParser } from "@/lib/analysis/syntax/parser";
import { readContent } from "@/lib/learning/content/read-content";
import { NEW_LEARNER } from "@/lib/learning/mastery/apply-attempt";
import { WEAKNESSES_WITH_LESSONS } from "@/lib/learning/overview/path/lessons-of-findings";
import { pathFor, type PathStep } from "@/lib/learning/overview/path/rules";
import { anInput } from "../../support/analysis-inputs.ts";

/** From code to a path, by the very phases that an analysis runs; on code that no seed of the product has. */
const parser = await createParser();

async function shownByCode(files: readonly SourceFile[]) {
  const about = {
    commit: "0".repeat(40),
    paths: files.map((file) => file.path),
    languages: anInput().languages,
  };
  const patterns = createPatternsAnalyser(about as never);
  const security = createSecurityAnalyser(about as never);
  for (const file of files) {
    const parsed = parser.parse(file);
    await patterns.add(file, parsed);
    await security.add(file, parsed);
  }
  const found = { patterns: await patterns.finish(), security: await security.finish() };
  return shownBy(deriveInsights({ languages: about.languages, ...found }, CATALOGUE_VIEW), found.security);
}

async function pathOfCode(files: readonly SourceFile[]): Promise<PathStep[]> {
  const shown = await shownByCode(files);
  return pathFor({
    tracks: readContent(),
    learner: NEW_LEARNER,
    shown,
    remembered: [],
    enrolled: [],
    now: "2026-05-01T12:00:00.000Z",
  });
}

const file = (name: string, text: string, role: SourceFile["role"] = "source"): SourceFile => ({
  path: name,
  language: name.endsWith(".py") ? "Python" : "TypeScript",
  text,
  bytes: Buffer.byteLength(text),
  role,
});

const SHOP = `import { pool } from "./pool";
import { readFile } from "node:fs/promises";
import path from "node:path";

export async function ordersOf(request: Request) {
  const name = new URL(request.url).searchParams.get("name");
  return pool.query(\`select * from orders where customer = '\${name}'\`);
}

export async function receipt(req, res) {
  res.send(await readFile(path.join("/receipts", req.query.file), "utf8"));
}
`;

describe("the path from code", () => {
  test("leads to what is dangerous in it, by file and line, before all else, with what that builds on first", async () => {
    const steps = await pathOfCode([file("src/shop.ts", SHOP)]);
    const sql = steps.find(({ concept }) => concept === "sql");
    expect(sql?.reasons[0]).toEqual({
      source: "weakness",
      sentence: expect.stringMatching(/^A query is put together from values: one place in your code\.$/),
      place: { path: "src/shop.ts", line: 7 },
    });
    const traversal = steps.find(({ concept }) => concept === "path-traversal");
    expect(traversal?.reasons[0]?.place).toEqual({ path: "src/shop.ts", line: 11 });
    expect(steps[0]).toMatchObject({ concept: "input-validation", fromOwnCode: expect.any(Boolean) });
    expect(steps[0]?.reasons.map(({ source }) => source)).toContain("ground");
  });

  test("says nothing of danger that stands in tests alone", async () => {
    const { weaknesses } = await shownByCode([file("src/shop.test.ts", SHOP, "test")]);
    expect(weaknesses).toEqual([]);
  });

  test("leads from promises that nobody waits for to how they fail", async () => {
    const text = Array.from(
      { length: 6 },
      (_, at) => `export function save${at}(db: Db) {\n  db.write(${at}).then(() => db.close());\n}\n`,
    ).join("\n");
    const steps = await pathOfCode([file("src/save.ts", text)]);
    const own = steps.filter(({ fromOwnCode }) => fromOwnCode);
    expect(own.length).toBeGreaterThan(0);
    expect(own.some(({ trackSlug }) => trackSlug === "async-javascript-and-failure")).toBe(true);
  });

  test.each([
    ["ajv", "node_modules/ajv/lib"],
    ["zod", "node_modules/zod/src/v4/core"],
    ["ts-json-schema-generator", "node_modules/ts-json-schema-generator/src"],
  ])(
    "of %s: each step has its reasons, what comes from the code names a place in it, and ground comes first",
    async (_, folder) => {
      const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts") && !name.includes("test"))
        .sort()
        .slice(0, 60)
        .map((name) => file(path.posix.join("src", name), readFileSync(path.join(folder, name), "utf8")));
      expect(files.length).toBeGreaterThan(15);
      const steps = await pathOfCode(files);
      const own = steps.filter(({ fromOwnCode }) => fromOwnCode);
      expect(own.length).toBeGreaterThan(2);
      const order = steps.map(({ concept }) => concept);
      const concepts = new Map(readContent().flatMap((track) => track.concepts.map((one) => [one.slug, one] as const)));
      for (const { concept, reasons } of steps) {
        expect(reasons.length).toBeGreaterThan(0);
        for (const { place } of reasons) if (place) expect(files.map((one) => one.path)).toContain(place.path);
        for (const ground of concepts.get(concept)?.prerequisites ?? [])
          expect(order.indexOf(ground)).toBeLessThan(order.indexOf(concept));
      }
      expect(own.some(({ reasons }) => reasons.some(({ place }) => place !== null))).toBe(true);
    },
  );

  test("is another one for other code", async () => {
    const [dangerous, plain] = await Promise.all([
      pathOfCode([file("src/shop.ts", SHOP)]),
      pathOfCode([
        file("src/sum.ts", "export enum Size { Small, Large }\nexport const sum = (a: any, b: any) => a + b;\n"),
      ]),
    ]);
    expect(plain.map(({ concept }) => concept)).not.toEqual(dangerous.map(({ concept }) => concept));
    expect(plain.some(({ concept }) => concept === "sql")).toBe(false);
  });

  test("of Python code names its weakness by the same lesson", async () => {
    const text = 'import os\n\ndef remove(request):\n    os.system("rm " + request.args["name"])\n';
    const steps = await pathOfCode([file("app/views.py", text)]);
    expect(steps[0]).toMatchObject({ concept: "input-validation", fromOwnCode: true });
    expect(steps[0]?.reasons[0]?.place).toEqual({ path: "app/views.py", line: 4 });
  });

  test("has lessons that there are for each weakness that leads to one", () => {
    const lessons = new Set(readContent().flatMap(({ concepts }) => concepts.map(({ slug }) => slug)));
    for (const [, lesson] of WEAKNESSES_WITH_LESSONS) expect(lessons).toContain(lesson);
  });
});
