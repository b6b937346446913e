import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import type { ScanFinding } from "@/lib/analysis/scan/protocol";
import { scanClone } from "@/lib/analysis/scan/scan-clone";
import { ThreadedAnalysers } from "@/lib/analysis/scan/threaded-analysers";
import type { SourceFile } from "@/lib/analysis/source";

const ROOT = path.resolve(import.meta.dirname, "..", "..", "..");
const scratch = mkdtempSync(path.join(tmpdir(), "devmentor-threads-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

async function findingsOf(threads: 1 | 2): Promise<unknown[]> {
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "safe.directory=*", "-C", ROOT, "rev-parse", ...args])
      .toString()
      .trim();
  const clone = { gitDir: git("--absolute-git-dir"), commit: git("HEAD"), ref: "HEAD" };
  const found: ScanFinding[] = [];
  const done = await scanClone(clone, { threads, onFound: (finding) => void found.push(finding) });
  expect(done.limits).toEqual([]);
  // How long it took is all that may differ.
  return JSON.parse(JSON.stringify(found), (key, value: unknown) => (key === "measuredMs" ? 0 : value)) as unknown[];
}

/** A second thread of the test's own making, which is handed each portion of files. */
function secondThread(name: string, onFiles: string): URL {
  const file = path.join(scratch, `${name}.mjs`);
  writeFileSync(
    file,
    `import { parentPort, workerData } from "node:worker_threads";
     parentPort.on("message", (message) => { if (message.type === "files") { ${onFiles} } });`,
  );
  return pathToFileURL(file);
}

function file(name: string): SourceFile {
  return { path: name, language: null, text: "x".repeat(300_000), bytes: 300_000, role: "source" };
}

describe("two threads", () => {
  it("find in this repository what one finds, to the last number", async () => {
    const [one, two] = [await findingsOf(1), await findingsOf(2)];
    expect(two).toEqual(one);
  });

  it("name the second thread's file while the first one waits for it, and the next one when it is at that", async () => {
    const said: string[] = [];
    const entry = secondThread(
      "slow",
      `for (const { index } of message.files) {
         Atomics.store(workerData.at, 0, index);
         Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 150);
       }
       parentPort.postMessage({ type: "taken", weight: message.weight });`,
    );
    const analysers = new ThreadedAnalysers(entry, 64, (at) => said.push(at));
    for (let n = 0; n < 40; n += 1) await analysers.add(file(`${n}.txt`), null);
    const named = said.filter((at) => at !== "");
    expect(new Set(named).size).toBeGreaterThan(1);
    expect(named).toEqual(named.toSorted((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10)));
  });

  it("end over the file at which an analyser throws", async () => {
    const said: string[] = [];
    const entry = secondThread(
      "broken",
      'Atomics.store(workerData.at, 0, message.files[0].index); throw new TypeError("no such node")',
    );
    const analysers = new ThreadedAnalysers(entry, 16, (at) => said.push(at));
    await analysers.add(file("first.txt"), null);
    await expect(analysers.finish()).rejects.toThrow(TypeError);
    expect(said.at(-1)).toBe("first.txt");
  });

  it("end over the file that fills the second thread's heap, or V8 ends the process, which is then started again", () => {
    const entry = secondThread(
      "full",
      `Atomics.store(workerData.at, 0, message.files[0].index);
       const kept = [];
       for (;;) kept.push(new Array(1_000).fill(kept.length));`,
    );
    const script = path.join(import.meta.dirname, "full-thread-process.ts");
    const ended = spawnSync(
      process.execPath,
      ["--conditions=react-server", "--import", "tsx", script, fileURLToPath(entry)],
      {
        encoding: "utf8",
        timeout: 60_000,
      },
    );
    // Which of the two it is depends on where the heap is full; restarted-child.test.ts has what follows the second.
    if (ended.status === 0)
      expect(JSON.parse(ended.stdout)).toEqual({ at: "first.txt", failure: "SecondThreadOutOfMemory" });
    else expect([ended.signal, ended.stderr]).toEqual(["SIGABRT", expect.stringContaining("heap out of memory")]);
  });
});
