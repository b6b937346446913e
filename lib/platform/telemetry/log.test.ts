import { Writable } from "node:stream";
import pino from "pino";
import { describe, expect, it } from "vitest";
import { LOG_OPTIONS } from "./log";
import { runInScope } from "./scope";

function captured() {
  const lines: string[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(chunk.toString());
      done();
    },
  });
  return { lines, log: pino({ ...LOG_OPTIONS, level: "trace" }, stream) };
}

const TRACE = { traceId: "4bf92f3577b34da6a3ce929d0e0e4736", spanId: "00f067aa0ba902b7", sampled: true };

describe("a log line", () => {
  it("bears the ids of its request, across awaits and timers, and none outside", async () => {
    const { lines, log } = captured();
    const one = (requestId: string) =>
      runInScope({ requestId, trace: TRACE }, async () => {
        log.info("begun");
        await new Promise((resolve) => setTimeout(resolve, 1));
        log.info({ a: 1 }, "ended");
      });
    await Promise.all([one("request-1"), one("request-2")]);
    log.info("outside");
    const parsed = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(parsed.map(({ requestId }) => requestId).toSorted()).toEqual([
      "request-1",
      "request-1",
      "request-2",
      "request-2",
      undefined,
    ]);
    expect(parsed.filter(({ traceId }) => traceId === TRACE.traceId)).toHaveLength(4);
  });

  it("loses secrets however they got in: field, message, interpolation, error, cause, child, bare error", () => {
    const { lines, log } = captured();
    const cause = new Error("canary ghp_16C7e42F292c6912E7710c838347Ae178B4a");
    log.info({ a: { password: "hunter2-canary" } }, "mail to ada@canary.example");
    log.info("for %s of %o", "bob@canary.example", { token: "hunter2-canary" });
    log.error({ error: new Error("Bearer canary.abcdef", { cause }) }, "failed");
    log.error(new Error("postgres://u:canary-pass@host/db"));
    log.child({ who: "eve@canary.example" }).warn("as a child");
    log.info({ text: "first\neve@canary.example", card: 4_242_424_242_424_242 }, "escaped\neve@canary.example");
    const all = lines.join("");
    expect(lines).toHaveLength(6);
    for (const line of lines) expect(() => JSON.parse(line)).not.toThrow();
    expect(all).not.toMatch(/@canary|hunter2|16C7e42|canary\.abc|canary-pass|4242/);
    expect(all).toContain("log.test.ts");
  });
});
