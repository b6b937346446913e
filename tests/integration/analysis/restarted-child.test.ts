import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { ScanFailed, scanClone } from "@/lib/analysis/scan/scan-clone";

const folder = mkdtempSync(path.join(tmpdir(), "devmentor-restarted-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const clone = { gitDir: "/nowhere.git", commit: "a".repeat(40), ref: "main" };

/**
 * Puts a child of the test's own where the bundled one is looked for. It is asked as the real one is, looks at `evil.py` first unless it was told
 * to leave that out, and says at its end with how many threads it ran.
 */
function putChild(name: string, overEvil: string): string {
  const engine = mkdtempSync(path.join(folder, name));
  writeFileSync(
    path.join(engine, "analysis.mjs"),
    `import { writeSync } from "node:fs";
     import { text } from "node:stream/consumers";
     const say = (message) => writeSync(3, JSON.stringify(message) + "\\n");
     const request = JSON.parse(await text(process.stdin));
     const die = () => process.kill(process.pid, "SIGKILL");
     if (!request.avoid.some(({ path }) => path === "evil.py")) { ${overEvil} }
     say({ type: "at", path: "good.py" });
     say({ type: "done", limits: request.avoid.map(({ limit }) => limit), peakBytes: 1,
           ms: { languages: request.threads, patterns: 0, security: 0 } });`,
  );
  return engine;
}

describe("a child that dies over a file", () => {
  it("is started again with one thread, where it is sure which file it was, and then without that file", async () => {
    // With two threads the last word is of the file that the other thread read.
    const engine = putChild(
      "dies-",
      'say({ type: "at", path: request.threads === 2 ? "innocent.py" : "evil.py" }); die(); for (;;);',
    );
    const done = await scanClone(clone, { folder: engine, threads: 2, onFound: () => undefined });
    expect(done.limits).toEqual([{ limit: "crash", value: 0, path: "evil.py" }]);
    expect(done.ms.languages).toBe(1);
  });

  it("is started again at once without a file that takes too long: which one it is, is known", async () => {
    const engine = putChild("hangs-", 'say({ type: "at", path: "evil.py" }); for (;;);');
    const limits = { stallMs: 6_000 };
    const done = await scanClone(clone, { folder: engine, threads: 2, limits, onFound: () => undefined });
    expect(done.limits).toEqual([{ limit: "time", value: 6_000, path: "evil.py" }]);
    expect(done.ms.languages).toBe(2);
  });

  it("is given up when it dies again and again, or over no file", async () => {
    const each = 'say({ type: "at", path: `evil-${request.avoid.length}.py` }); die(); for (;;);';
    for (const overEvil of [each, 'say({ type: "at", path: "" }); die(); for (;;);']) {
      const engine = putChild("given-up-", overEvil);
      await expect(scanClone(clone, { folder: engine, threads: 2, onFound: () => undefined })).rejects.toThrow(
        ScanFailed,
      );
    }
  });
});
