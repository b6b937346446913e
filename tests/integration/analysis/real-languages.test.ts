import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { scanClone } from "@/lib/analysis/scan/scan-clone";
import type { LanguagesFound } from "@/lib/analysis/schemas";

const ROOT = path.resolve(import.meta.dirname, "..", "..", "..");
const scratch = mkdtempSync(path.join(tmpdir(), "devmentor-real-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function git(folder: string, args: readonly string[]): string {
  const config = [
    "-c",
    "user.name=t",
    "-c",
    "user.email=t@devmentor.test",
    "-c",
    "safe.directory=*",
    "-c",
    "core.autocrlf=false",
  ];
  return execFileSync("git", [...config, ...args], {
    cwd: folder,
    env: { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" },
    maxBuffer: 256 * 1024 * 1024,
  }).toString("utf8");
}

async function languagesOf(folder: string): Promise<LanguagesFound> {
  const gitDir = git(folder, ["rev-parse", "--absolute-git-dir"]).trim();
  const commit = git(folder, ["rev-parse", "HEAD"]).trim();
  let found: LanguagesFound | undefined;
  await scanClone(
    { gitDir, commit, ref: "HEAD" },
    { onFound: (finding) => void (finding.type === "languages" ? (found = finding.found) : undefined) },
  );
  if (!found) throw new Error("no languages were found");
  return found;
}

/**
 * What `github-linguist --json` 7.22.1 (Debian's ruby-github-linguist) said of these packages as they are installed, on
 * 2026-11-25: bytes by language. Run it again when one of the versions changes.
 */
const RECORDED = [
  { name: "zod", version: "4.6.7", bytes: { JavaScript: 2_310_252, TypeScript: 3_456_439 } },
  { name: "inngest", version: "4.24.0", bytes: { JavaScript: 802_511, TypeScript: 418_678 } },
  { name: "re2js", version: "2.10.0", bytes: { JavaScript: 797_987, TypeScript: 36_826 } },
  { name: "autocannon", version: "9.0.0", bytes: { JavaScript: 261_917 } },
] as const;

describe("languages of real code", () => {
  it.each(RECORDED)("$name: shares within 0.5 points of GitHub Linguist's", async ({ name, version, bytes }) => {
    const source = path.join(ROOT, "node_modules", name);
    const installed = JSON.parse(readFileSync(path.join(source, "package.json"), "utf8")) as { version: string };
    expect(installed.version).toBe(version);
    const folder = path.join(scratch, name);
    cpSync(source, folder, {
      recursive: true,
      dereference: true,
      filter: (file) => path.relative(source, file).split(path.sep)[0] !== "node_modules",
    });
    git(folder, ["init", "--quiet"]);
    git(folder, ["add", "--all", "--force", "."]);
    git(folder, ["commit", "--quiet", "-m", "x"]);
    const { languages } = await languagesOf(folder);
    const total = Object.values(bytes).reduce((sum, count) => sum + count, 0);
    const shares = new Map(languages.flatMap(({ name: language, share }) => (share ? [[language, share]] : [])));
    for (const [language, count] of Object.entries(bytes))
      expect(Math.abs((shares.get(language) ?? 0) - count / total)).toBeLessThan(0.005);
    expect([...shares.values()].reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 6);
  });

  it("this repository: TypeScript's bytes are those that git itself adds up", async () => {
    const lines = git(ROOT, ["ls-tree", "-r", "-l", "HEAD"]).split("\n");
    const expected = lines.reduce((sum, line) => {
      const [meta = "", file = ""] = line.split("\t");
      // Linguist takes folders of these names, and declarations, for other people's code or for documentation.
      const left = /(?:^|\/)(?:env|cache|dist|vendor|node_modules)\/|\.d\.ts$|^(?:docs|examples|samples)\//.test(file);
      const counted = /\.tsx?$/.test(file) && !left && !meta.startsWith("120000");
      return counted ? sum + Number(meta.split(/\s+/)[3]) : sum;
    }, 0);
    const { languages } = await languagesOf(ROOT);
    const found = languages.find(({ name }) => name === "TypeScript");
    expect(Math.abs((found?.bytes ?? 0) - expected) / expected).toBeLessThan(0.005);
  });
});
