import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { cruise, type ICruiseOptions, type ICruiseResult } from "dependency-cruiser";
import extractDepcruiseConfig from "dependency-cruiser/config-utl/extract-depcruise-config";
import extractTSConfig from "dependency-cruiser/config-utl/extract-ts-config";
import { describe, expect, test } from "vitest";
import { projectRoot as root } from "../support/run-tool.ts";

const config = await extractDepcruiseConfig(path.join(root, ".dependency-cruiser.mjs"));
const planted = path.join(root, "tests/laws/planted/arrows");

/** Cruises a tree that mirrors the rooms, with the project's own rules and that tree's tsconfig. */
async function cruiseTree(baseDir: string, exclude?: string): Promise<ICruiseResult> {
  const { exclude: configured, ...options } = config.options ?? {};
  const tsConfig = path.join(baseDir, "tsconfig.json");
  const cruiseOptions: ICruiseOptions = {
    ...options,
    ...(configured && exclude !== "nothing" ? { exclude: configured } : {}),
    baseDir,
    validate: true,
    ruleSet: { forbidden: config.forbidden ?? [] },
    tsConfig: { fileName: tsConfig },
  };
  const answer = await cruise(["."], cruiseOptions, config.options?.enhancedResolveOptions, {
    tsConfig: extractTSConfig(tsConfig),
  });
  if (typeof answer.output === "string") throw new Error(`dependency-cruiser answered text: ${answer.output}`);
  return answer.output;
}

/** `file: rule` for each violation, each once. */
function violations(result: ICruiseResult): string[] {
  return [...new Set(result.summary.violations.map((found) => `${found.from}: ${found.rule.name}`))].sort();
}

describe("arrows", () => {
  test("point the right way in the project", async () => {
    const result = await cruiseTree(root);
    expect(violations(result)).toEqual([]);
    const files = globSync("{app,components,lib,inngest,worker,devstack,scripts}/**/*.{ts,tsx}", { cwd: root });
    const cruised = new Set(result.modules.map((module) => module.source));
    // A compiler that dependency-cruiser cannot use makes it cruise nothing and call that a success.
    expect(files.filter((file) => !cruised.has(file))).toEqual([]);
    expect(cruised.size).toBeGreaterThan(25);
    const alias = result.modules.flatMap((module) => module.dependencies).filter((to) => to.module.startsWith("@/"));
    expect(alias.length).toBeGreaterThan(10);
    expect(alias.filter((to) => to.couldNotResolve)).toEqual([]);
  });

  test("each planted violation is found, and nothing else", async () => {
    const result = await cruiseTree(planted, "nothing");
    const expected = globSync("**/*.{ts,tsx}", { cwd: planted }).flatMap((file) => {
      const marker = /^\/\/ breaks: (.+)$/m.exec(readFileSync(path.join(planted, file), "utf8"));
      return (marker?.[1] ?? "")
        .split(", ")
        .filter(Boolean)
        .map((rule) => `${file}: ${rule}`);
    });
    expect(violations(result)).toEqual(expected.sort());
    expect(result.summary.totalCruised).toBeGreaterThan(45);
  });

  test("each rule is broken on purpose at least once", () => {
    const text = globSync("**/*.{ts,tsx}", { cwd: planted })
      .map((file) => readFileSync(path.join(planted, file), "utf8"))
      .join("\n");
    const rules = (config.forbidden ?? []).map((rule) => rule.name ?? "a rule without a name");
    expect(rules.filter((rule) => !new RegExp(`^// breaks: (?:.*, )?${rule}(?:,|$)`, "m").test(text))).toEqual([]);
  });
});
