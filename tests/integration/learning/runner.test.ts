import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { MAX_WAITING, RUN_LIMITS, RUNNERS } from "@/lib/learning/runner/limits";
import { RunnerProcess } from "@/lib/learning/runner/process";
import { runCode } from "@/lib/learning/runner/run-code";
import type { RunRequest, RunResult } from "@/lib/learning/runner/schemas";

/** Foreign code of the worst kinds, in the bundle that the product runs (`.engine`, made by the setup). */
const requestOf = (text: string, tests?: string, name = "solution.js"): RunRequest => ({
  files: [{ name, text }, ...(tests === undefined ? [] : [{ name: "tests.js", text: tests }])],
  entry: name,
  tests: tests === undefined ? null : "tests.js",
  constructsOf: null,
});

const run = async (text: string): Promise<RunResult> => runCode(requestOf(text));

describe("a run", () => {
  test("prints, waits on a clock of its own and ends", async () => {
    const result = await run(`
      const began = Date.now();
      setTimeout(() => console.log("later", Date.now() - began), 60_000);
      console.log({ a: [1, "b"] }, new Map([["k", null]]));
      await new Promise((resolve) => setTimeout(resolve, 90_000));
      console.log("end", Date.now() - began);`);
    expect(result.output).toBe("{ a: [ 1, 'b' ] } Map(1) { 'k' => null }\nlater 60000\nend 90000\n");
    expect(result.status).toBe("finished");
  });

  test("takes the types out of TypeScript and names the learner's own line in an error", async () => {
    const text = `interface Shape { side: number }\nenum Unit { Cm = 2 }\n\nexport function area(shape: Shape): number {\n  throw new RangeError("side " + shape.side * Unit.Cm);\n}\narea({ side: 2 });`;
    const result = await runCode(requestOf(text, undefined, "solution.ts"));
    expect(result.status).toBe("failed");
    expect(result.error).toEqual({ name: "RangeError", message: "side 4", file: "solution.ts", line: 5 });
  });

  test.each([
    ["solution.ts", "const a: = 1;", 1],
    ["solution.js", "const a = 1;\nconst b = ;", 2],
  ])("says where %s cannot be read", async (name, text, line) => {
    const result = await runCode(requestOf(text, undefined, name));
    expect([result.status, result.error?.file, result.error?.line]).toEqual(["syntax", name, line]);
  });

  test("runs hidden tests one by one, those that never end too", async () => {
    const result = await runCode(
      requestOf(
        "export const add = (one, other) => one + other;\nexport const hang = () => new Promise(() => {});",
        `import test from "node:test";
        import assert from "node:assert/strict";
        import { add, hang } from "./solution.js";
        test("adds", () => assert.equal(add(1, 2), 3));
        test("is wrong", () => assert.deepEqual([add(1, 2)], [4]));
        test("hangs", () => hang());
        test("comes last", () => assert.rejects(async () => { throw new TypeError("x"); }, TypeError));`,
      ),
    );
    expect(result.tests.map(({ name, passed }) => [name, passed])).toEqual([
      ["adds", true],
      ["is wrong", false],
      ["hangs", false],
      ["comes last", true],
    ]);
    expect(result.tests[1]?.message).toContain("got [ 3 ], expected [ 4 ]");
  });

  test("lists the constructs of a text", async () => {
    const text = "for (const url of []) await fetch(url);\nconst value = JSON.parse('1') as number;";
    const name = "solution.ts";
    const { constructs } = await runCode({ ...requestOf(text, undefined, name), constructsOf: name });
    expect(constructs).toEqual(
      expect.arrayContaining([
        { construct: "for-of", line: 1 },
        { construct: "await-in-loop", line: 1 },
        { construct: "as", line: 2 },
        { construct: "call:JSON.parse", line: 2 },
      ]),
    );
  });

  test("knows nothing of the run before it", async () => {
    await run("globalThis.left = 1; Array.prototype.map = () => 'mine'; Object.prototype.left = 2;");
    for (let times = 0; times < RUNNERS; times += 1)
      expect((await run("console.log(globalThis.left, [1].map((n) => n + 1), ({}).left)")).output).toBe(
        "undefined [ 2 ] undefined\n",
      );
  });
});

describe("code that does not behave", () => {
  test.each<[string, string, readonly RunResult["status"][]]>([
    ["an infinite loop", "while (true) {}", ["time"]],
    ["an infinite loop in a job", "await null; for (;;) {}", ["time"]],
    ["jobs without end", "const go = () => Promise.resolve().then(go); go();", ["time"]],
    ["an interval that nobody clears", "setInterval(() => {}, 1)", ["time"]],
    ["a memory bomb", "let all = 'x'; const kept = []; for (;;) { all = all + all; kept.push([...all]); }", ["memory"]],
    ["an ArrayBuffer bomb", "const all = []; for (;;) all.push(new Uint8Array(8_000_000).fill(1));", ["memory"]],
    ["one huge ArrayBuffer", "new ArrayBuffer(2 ** 31)", ["memory", "failed"]],
    ["a regex bomb", "/^(a+)+$/.test('a'.repeat(40) + '!')", ["time"]],
    ["deep recursion", "const down = () => down() + 1; down();", ["failed"]],
    [
      "deep recursion through JSON",
      "let deep = []; for (let n = 0; n < 1e5; n++) deep = [deep]; JSON.stringify(deep);",
      ["failed", "memory", "time"],
    ],
    ["10 MB of output", "for (let n = 0; n < 10_000; n++) console.log('x'.repeat(1000));", ["output"]],
    ["one line of 10 MB", "console.log('x'.repeat(10_000_000))", ["output"]],
    ["a wait for nothing", "await new Promise(() => {})", ["stuck"]],
  ])("%s is ended, and the next run is not its business", async (_, text, statuses) => {
    const result = await run(text);
    expect(statuses).toContain(result.status);
    expect(result.output.length).toBeLessThanOrEqual(RUN_LIMITS.outputChars + 1);
    expect((await run("console.log('fine')")).output).toBe("fine\n");
  });

  test.each([
    [
      "constructor.constructor",
      "console.log(String((() => {}).constructor.constructor('return typeof process + typeof require + typeof globalThis.fetch')()))",
      "undefinedundefinedundefined\n",
    ],
    [
      "functions that came from outside",
      "const f = console.log.constructor('return typeof process'); console.log(f())",
      "undefined\n",
    ],
    [
      "the bridge",
      "console.log(typeof __outside, Object.getOwnPropertyNames(globalThis).filter((name) => name.startsWith('__')).length)",
      "undefined 0\n",
    ],
    [
      "process",
      "console.log(typeof process, typeof require, typeof module, typeof Deno, typeof WebAssembly)",
      "undefined undefined undefined undefined undefined\n",
    ],
    [
      "import()",
      "for (const name of ['node:fs', 'fs', 'devmentor:prelude', 'node:test', '../secret.js', 'data:text/javascript,1']) await import(name).then(() => console.log('open', name), (error) => console.log(error.message.startsWith(JSON.stringify(name))));",
      "true\n".repeat(6),
    ],
    [
      "prototype pollution",
      "Object.prototype.isAdmin = true; JSON.stringify = () => 'forged'; Array.prototype.push = () => { throw new Error(); }; String.prototype.slice = () => 'forged'; console.log('done', ({}).isAdmin)",
      "done true\n",
    ],
    [
      "errors of the bridge",
      "try { new URL({ toString() { throw new Error('mine') } }) } catch (error) { console.log(error.message, error.constructor === Error) }",
      "mine true\n",
    ],
  ])("%s leads nowhere", async (_, text, output) => {
    const result = await run(text);
    expect([result.output, result.error]).toEqual([output, null]);
  });

  test("a static import of anything else is refused with its name", async () => {
    const { error } = await run("import fs from 'node:fs'; console.log(fs);");
    expect(error?.message).toContain('"node:fs" cannot be imported');
  });

  test("an answer cannot forge the results of its tests", async () => {
    const result = await runCode(
      requestOf(
        "Object.is = () => true; try { Promise.race = async () => {}; } catch {} globalThis.test = () => {}; JSON.stringify = () => '[]'; export const two = 3;",
        `import test from "node:test";
        import assert from "node:assert/strict";
        import { two } from "./solution.js";
        test("is two", () => assert.equal(two, 2));`,
      ),
    );
    expect(result.tests).toEqual([{ name: "is two", passed: false, message: expect.stringContaining("expected 2") }]);
  });

  test("1 MB of answer is refused before anything runs", async () => {
    await expect(run("x".repeat(1024 * 1024))).rejects.toThrow(/too_big|64|65536/i);
  });

  test("many at once wait for their turn; too many are refused in words", async () => {
    const all = await Promise.allSettled(
      Array.from({ length: RUNNERS + MAX_WAITING + 3 }, (_, index) => run(`console.log(${index})`)),
    );
    const refused = all.filter((one) => one.status === "rejected");
    expect(refused).toHaveLength(3);
    expect(String(refused[0]?.reason)).toContain("Too many people run code right now");
    for (const [index, one] of all.entries())
      if (one.status === "fulfilled") expect(one.value.output).toBe(`${index}\n`);
  });
});

describe("the process round it", () => {
  const folder = path.join(process.cwd(), ".engine");
  const commandOf = (pid: string): string => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "latin1");
    } catch {
      return "";
    }
  };
  const runners = (): string[] =>
    readdirSync("/proc").filter((pid) => /^\d+$/.test(pid) && commandOf(pid).includes(path.join(folder, "runner.mjs")));

  test("has nothing of our environment and Node's permissions against it", async () => {
    const before = new Set(runners());
    const own = new RunnerProcess(folder);
    await own.run(requestOf("1"));
    const pid = runners().find((one) => !before.has(one)) ?? "";
    const names = readFileSync(`/proc/${pid}/environ`, "latin1")
      .split("\0")
      .filter(Boolean)
      .map((one) => one.split("=")[0]);
    expect(names).toEqual(["PATH"]);
    expect(commandOf(pid)).toContain("--permission");
    own.end();
  });

  test("is replaced when it is killed in the middle of a run", async () => {
    const own = new RunnerProcess(folder);
    await own.run(requestOf("1"));
    const running = own.run(requestOf("for (;;) {}"));
    own.end();
    expect((await running).status).toBe("crashed");
    expect(own.usable).toBe(false);
    expect((await run("console.log('next')")).output).toBe("next\n");
  });

  test("a folder without a runner is an answer in words", async () => {
    await expect(runCode(requestOf("1"), "/nonexistent")).rejects.toMatchObject({ code: "service_unavailable" });
  });
});
