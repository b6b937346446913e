import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startGitHost, type GitHost } from "./git-host";

const ROOT = path.resolve(import.meta.dirname, "..", "..", "..");
const folder = mkdtempSync(path.join(tmpdir(), "devmentor-cli-"));
const project = path.join(folder, "project");
const temp = path.join(folder, "tmp");
const files = {
  "README.md": "# A project\n",
  "src/load.ts":
    "export async function load(ids: string[]) {\n  const found = [];\n  for (const id of ids) {\n    try {\n      found.push(await fetch(id));\n    } catch {}\n  }\n  return found;\n}\n",
  "src/run.py": "import os\nimport sys\n\nos.system('ls ' + sys.argv[1])\n",
};

let host: GitHost;
beforeAll(async () => {
  host = await startGitHost();
  mkdirSync(temp);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(project, name)), { recursive: true });
    writeFileSync(path.join(project, name), text);
  }
});
afterAll(async () => {
  const ours = readdirSync(temp).filter((name) => name.startsWith("devmentor-"));
  expect(ours.flatMap((name) => readdirSync(path.join(temp, name)))).toEqual([]);
  rmSync(folder, { recursive: true, force: true });
  await host.close();
});

function analyse(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const node = ["--conditions=react-server", "--import", "tsx", path.join(ROOT, "scripts", "analyse.ts"), ...args];
    const env = { ...process.env, TMPDIR: temp, INIT_CWD: folder, DEVSTACK_GIT_ORIGIN: host.origin };
    execFile(process.execPath, node, { cwd: ROOT, env, maxBuffer: 1 << 26 }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr }),
    );
  });
}

describe("npm run analyse", () => {
  it("prints languages, patterns, security, insights with their places and the next steps of a folder", async () => {
    const { code, stdout, stderr } = await analyse("project");
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/%\s+TypeScript\s+1 files/);
    expect(stdout).toMatch(/^gaps$/m);
    expect(stdout).toMatch(/^ {6}src\/load\.ts:5, src\/load\.ts:6 {2}\[patterns\.[a-z-]+\]$/m);
    expect(stdout).toMatch(/^next steps$/m);
    expect(stdout).toMatch(/^worth learning for this code$/m);
  });

  it("gives everything as JSON, and the findings as SARIF", async () => {
    const json = JSON.parse((await analyse("project", "--json")).stdout) as Record<string, unknown>;
    expect(json).toMatchObject({
      languages: { languages: [{ name: "TypeScript" }, { name: "Python" }, { name: "Markdown" }] },
      patterns: { files: 2 },
      security: { counts: { byCategory: { code: 1 } } },
      insights: {
        nextSteps: expect.arrayContaining([
          expect.objectContaining({ ruleId: expect.any(String) as string }),
        ]) as unknown,
      },
      files: [{ path: "README.md" }, { path: "src/load.ts" }, { path: "src/run.py" }],
    });
    const sarif = JSON.parse((await analyse("project", "--sarif")).stdout) as { runs: { results: unknown[] }[] };
    expect(sarif.runs[0]?.results).toHaveLength(1);
  });

  it("reads a repository at an address, a ref of it too, and leaves nothing behind", async () => {
    const { code, stdout } = await analyse(host.add("cli", files), "--ref", "main");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^commit [0-9a-f]{40} \(main\)/);
  });

  it("says what it wants when it is asked for something else", async () => {
    for (const args of [[], ["nowhere"], ["project", "--json", "--sarif"], ["project", "more"]]) {
      const { code, stderr } = await analyse(...args);
      expect([code, stderr]).toEqual([2, expect.stringContaining("npm run analyse -- <path or URL>")]);
    }
    expect(await analyse("https://example.com/a/b")).toMatchObject({ code: 1, stdout: "" });
  });
});
