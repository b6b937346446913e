import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { projectRoot, runTool } from "../support/run-tool.ts";

const planted = (folder: string) => path.join("tests/laws/planted", folder);

/** What a tool says is the message of a failure, so that the log of a run is enough to mend it. */
async function complaints(name: string, args: readonly string[]): Promise<string> {
  const answer = await runTool(name, args);
  return answer.code === 0 ? "" : `${answer.stdout}\n${answer.stderr}\n${name} ended with ${answer.code}`;
}

describe("formatting", () => {
  test("every file has the formatter's shape (npm run format)", async () => {
    expect(await complaints("oxfmt", ["--check", "."])).toBe("");
  });

  test("the law bites", async () => {
    const scratch = mkdtempSync(path.join(tmpdir(), "devmentor-format-"));
    onTestFinished(() => rmSync(scratch, { recursive: true }));
    cpSync(path.join(projectRoot, ".oxfmtrc.json"), path.join(scratch, ".oxfmtrc.json"));
    writeFileSync(path.join(scratch, "untidy.ts"), "export   const untidy = { a:1,\n  b :2 }\n");
    writeFileSync(path.join(scratch, "tidy.ts"), "export const tidy = { a: 1, b: 2 };\n");
    const answer = await runTool("oxfmt", ["--list-different", "."], { cwd: scratch });
    expect(answer.stdout.trim().split("\n")).toEqual(["untidy.ts"]);
    expect(answer.code).toBe(1);
  });
});

describe("types", () => {
  test("hold (npm run types)", async () => {
    expect(await complaints("tsc", ["--noEmit", "--incremental", "false"])).toBe("");
  });

  test("the law bites, each strict setting of it", async () => {
    const { stdout } = await runTool("tsc", ["--noEmit", "-p", planted("types")]);
    const found = [...stdout.matchAll(/breaks\.ts\((\d+),\d+\): error (TS\d+)/g)].map(
      ([, line, code]) => `${line} ${code}`,
    );
    const lines = readFileSync(path.join(projectRoot, planted("types"), "breaks.ts"), "utf8").split("\n");
    const expected = lines.flatMap((line, index) => {
      const code = /\/\/ breaks: (TS\d+)/.exec(line)?.[1];
      return code ? [`${index + 1} ${code}`] : [];
    });
    expect(found).toEqual(expected);
    expect(found.length).toBeGreaterThan(5);
  });
});

describe("unused code", () => {
  test("no file, export or dependency is without a use (npm run unused)", async () => {
    expect(await complaints("knip", ["--no-progress", "--no-config-hints"])).toBe("");
  });

  test("the law bites", async () => {
    const { stdout } = await runTool("knip", ["--no-progress", "--reporter=json", "--directory", planted("unused")]);
    const report = JSON.parse(stdout) as { issues: Record<string, { name: string }[]>[] };
    const names = (kind: string) => report.issues.flatMap((issue) => (issue[kind] ?? []).map(({ name }) => name));
    expect([names("files"), names("dependencies"), names("exports"), names("unlisted")]).toEqual([
      ["orphan.ts"],
      ["zod"],
      ["unused"],
      ["pino"],
    ]);
  });
});
