import { spawn } from "node:child_process";
import { createServer, type AddressInfo } from "node:net";
import { existsSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { cli, type Cli, temporaryState } from "./running-cli.ts";

// Whole stacks start in here, and the machine may be busy with other things.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const START = path.resolve(import.meta.dirname, "..", "..", "..", "scripts", "start.mjs");

/** `npm start` itself, up to its refusal: none of these gets as far as a build. */
function start(
  stateDir: string,
  words: readonly string[],
  env: Record<string, string> = {},
): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [START, ...words], {
    env: {
      PATH: process.env["PATH"],
      HOME: process.env["HOME"],
      DEVSTACK_STATE_DIR: stateDir,
      ...env,
    } as unknown as NodeJS.ProcessEnv,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, output })));
}

let state: Awaited<ReturnType<typeof temporaryState>>;
let stack: Cli;

beforeAll(async () => {
  state = await temporaryState();
  stack = cli(state.folder);
  await stack.says("Ctrl-C ends it");
});
afterAll(async () => {
  stack.child.kill("SIGTERM");
  await stack.ended;
  await state.remove();
});

describe("npm start", () => {
  it("refuses to run beside another, and names it", async () => {
    const { code, output } = await start(state.folder, []);
    expect(code).toBe(1);
    expect(output).toContain(`pid ${stack.pid}`);
    expect(output).toContain("npm run devstack -- stop");
    expect(output).not.toContain("    at ");
  });

  it("says which port is taken, before it starts anything", async () => {
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(0, "127.0.0.1", () => resolve()));
    const { port } = squatter.address() as AddressInfo;
    const fresh = await temporaryState();
    try {
      const { code, output } = await start(fresh.folder, [], { PORT: String(port) });
      expect(code).toBe(1);
      expect(output).toContain(`Port ${port} is taken`);
      expect(existsSync(fresh.folder)).toBe(false);
    } finally {
      await fresh.remove();
      await new Promise((resolve) => squatter.close(resolve));
    }
  });

  it.each(["80a", "0", "70000"])("says that PORT=%s is no port", async (port) => {
    const fresh = await temporaryState();
    const { code, output } = await start(fresh.folder, [], { PORT: port });
    await fresh.remove();
    expect(code).toBe(1);
    expect(output).toContain(`PORT is ${port}, which is no port number`);
  });

  it("does not guess at options that it does not know", async () => {
    const { code, output } = await start(state.folder, ["--nobuild"]);
    expect(code).toBe(2);
    expect(output).toContain("--nobuild: not known");
    expect(output).toContain("--no-build");
  });
});
