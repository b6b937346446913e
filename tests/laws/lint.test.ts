import { cpSync, globSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { projectRoot, runTool } from "../support/run-tool.ts";

interface Diagnostic {
  readonly filename: string;
  readonly code: string;
  readonly message: string;
}

const planted = path.join(projectRoot, "tests/laws/planted/lint");
const scratch = mkdtempSync(path.join(tmpdir(), "devmentor-lint-"));

afterAll(() => rmSync(scratch, { recursive: true }));

/** Lints the given paths of a folder that holds an .oxlintrc.json. */
async function lint(cwd: string, paths: readonly string[]): Promise<{ files: number; found: Diagnostic[] }> {
  const answer = await runTool("oxlint", ["--format=json", ...paths], { cwd });
  const report = JSON.parse(answer.stdout) as { diagnostics: Diagnostic[]; number_of_files: number };
  return { files: report.number_of_files, found: report.diagnostics };
}

describe("lint", () => {
  test("finds nothing in the project", async () => {
    const { files, found } = await lint(projectRoot, ["."]);
    expect(found.map(({ filename, code, message }) => `${filename}: ${code} ${message}`)).toEqual([]);
    expect(files).toBeGreaterThan(25);
  });

  test("finds each planted violation, and nothing else", async () => {
    // Outside the project, because there the planted folder is ignored; same rules, same rooms.
    cpSync(planted, scratch, { recursive: true });
    for (const file of [".oxlintrc.json", "tsconfig.json"]) {
      cpSync(path.join(projectRoot, file), path.join(scratch, file));
    }
    symlinkSync(path.join(projectRoot, "node_modules"), path.join(scratch, "node_modules"));
    const { found } = await lint(scratch, readdirSync(planted));

    const files = globSync("**/*.{ts,tsx}", { cwd: planted });
    const expected = files.map((file) => {
      const marker = /^\/\/ breaks: (.+)$/m.exec(readFileSync(path.join(planted, file), "utf8"));
      return `${file}: ${marker?.[1] ?? "has no marker"}`;
    });
    const actual = files.map((file) => {
      const codes = new Set(found.filter((one) => one.filename === file).map((one) => one.code));
      return `${file}: ${[...codes].toSorted().join(", ") || "nothing"}`;
    });
    expect(actual).toEqual(expected);
  });
});
