import { readFile, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import postgres from "postgres";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { PREFERRED_PORTS, portOr } from "../../../devstack/ports.ts";
import { clusterFolder } from "../../../devstack/postgres/server.ts";
import { isAlive, waitUntilGone } from "../../../devstack/process/alive.ts";
import { cli, type Cli, finished, temporaryState } from "./running-cli.ts";

// Whole stacks start in here, and the machine may be busy with other things.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

interface Status {
  services: { name: string; url: string; ready: boolean; readyMs: number | null; pid: number | null }[];
  env: Record<string, string>;
}

let state: Awaited<ReturnType<typeof temporaryState>>;
let running: Cli[] = [];

beforeAll(async () => {
  state = await temporaryState();
});
afterEach(async () => {
  for (const each of running) {
    each.child.kill("SIGTERM");
    await each.ended;
  }
  running = [];
});
afterAll(() => state.remove());

async function started(): Promise<{ stack: Cli; status: Status }> {
  const stack = cli(state.folder);
  running.push(stack);
  await stack.says("ready in");
  await stack.says("Ctrl-C ends it");
  const { output } = await finished(state.folder, ["status", "--json"]);
  return { stack, status: JSON.parse(output) as Status };
}

/** Processes of the stack other than the supervisor: natives by their pid, and the guardian. */
const nativePids = (status: Status, stack: Cli) =>
  status.services.map((service) => service.pid).filter((pid): pid is number => pid !== null && pid !== stack.pid);

describe("one supervisor", () => {
  it("tells scripts what runs, where, since when, and what to put into the environment", async () => {
    const { status } = await started();
    expect(status.services.map((service) => service.name).sort()).toEqual([
      "git",
      "github",
      "inngest",
      "postgres",
      "redis",
      "resend",
      "stripe",
      "supabase",
      "upstash",
    ]);
    for (const service of status.services) {
      expect(service.url).toMatch(/^(http|postgres|redis):\/\/127\.0\.0\.1:\d+$/);
      expect(service).toMatchObject({ ready: true, readyMs: expect.any(Number), pid: expect.any(Number) });
    }
    const supabase = status.services.find((service) => service.name === "supabase");
    expect(status.env["SUPABASE_URL"]).toBe(supabase?.url);
    expect(status.env["SUPABASE_PUBLISHABLE_KEY"]).toMatch(/^sb_publishable_/);
    expect(status.env["SUPABASE_SECRET_KEY"]).toMatch(/^sb_secret_/);
    const mode = (await stat(path.join(state.folder, "secrets.json"))).mode & 0o777;
    expect(mode.toString(8)).toBe("600");
  });

  it("lets no second one beside it, and names the first", async () => {
    const { stack, status } = await started();
    const second = await finished(state.folder, []);
    expect(second.code).toBe(1);
    expect(second.output).toContain(`pid ${stack.pid}`);
    expect(second.output).toContain(status.env["SUPABASE_URL"]);
    const reset = await finished(state.folder, ["reset"]);
    expect(reset.code).toBe(1);
    expect(reset.output).toContain(`pid ${stack.pid}`);
  });

  it("stops everything when asked to", async () => {
    const { stack, status } = await started();
    const pids = nativePids(status, stack);
    expect(pids.length).toBeGreaterThanOrEqual(1);
    const stopped = await finished(state.folder, ["stop"]);
    expect(stopped.code).toBe(0);
    expect(await stack.ended).toBe(0);
    for (const pid of pids) expect(isAlive(pid)).toBe(false);
    const status2 = await finished(state.folder, ["status"]);
    expect(status2.code).toBe(1);
    expect(status2.output).toContain("not running");
  });

  it("leaves no orphan when it is killed, and the next start finds its data", async () => {
    const { stack, status } = await started();
    const sql = postgres(await databaseUrl(status), { max: 1 });
    await sql`create table public.survives_a_kill (id int)`;
    await sql`insert into public.survives_a_kill values (7)`;
    await sql.end();
    const pids = nativePids(status, stack);
    stack.child.kill("SIGKILL");
    await stack.ended;
    for (const pid of pids) await waitUntilGone(pid, 10_000);

    const again = await started();
    const after = postgres(await databaseUrl(again.status), { max: 1 });
    expect(await after`select id from public.survives_a_kill`).toEqual([{ id: 7 }]);
    await after`drop table public.survives_a_kill`;
    await after.end();
  });
});

async function databaseUrl(status: Status): Promise<string> {
  const password = await readFile(path.join(state.folder, "postgres.password"), "utf8");
  const url = new URL(status.services.find((service) => service.name === "postgres")?.url ?? "");
  return `postgres://postgres:${password}@${url.host}/postgres`;
}

describe("a state folder", () => {
  it("of another version is refused with what to do, untouched, and reset wipes it", async () => {
    const other = await temporaryState();
    try {
      const first = cli(other.folder, ["status"]);
      await first.ended;
      const made = await finished(other.folder, ["reset"]);
      expect(made.code).toBe(0);
      const stack = cli(other.folder);
      await stack.says("Ctrl-C ends it");
      stack.child.kill("SIGTERM");
      expect(await stack.ended).toBe(0);

      await writeFile(path.join(other.folder, "VERSION"), "999\n");
      const refused = await finished(other.folder, []);
      expect(refused.code).toBe(1);
      expect(refused.output).toContain("version 999");
      expect(refused.output).toContain("npm run devstack -- reset");
      expect(refused.output).not.toContain("    at "); // A message for people, not a stack trace.
      // Elsewhere than in the state folder where the temporary folder is root's alone.
      const cluster = await clusterFolder(path.join(other.folder, "postgres"));
      expect((await stat(path.join(cluster, "PG_VERSION"))).isFile()).toBe(true);

      expect((await finished(other.folder, ["reset"])).code).toBe(0);
      await expect(stat(other.folder)).rejects.toThrow("ENOENT");
      await expect(stat(cluster)).rejects.toThrow("ENOENT");
    } finally {
      await other.remove();
    }
  });
});

describe("ports", () => {
  it("gives way to a free port when the usual one is taken", async () => {
    const squatter = createServer();
    // Another stack may hold the usual port already; then that one is the squatter.
    await new Promise<void>((resolve) => {
      squatter.once("error", () => resolve());
      squatter.listen(PREFERRED_PORTS.supabase, "127.0.0.1", () => resolve());
    });
    try {
      const port = await portOr(PREFERRED_PORTS.supabase);
      expect(port).not.toBe(PREFERRED_PORTS.supabase);
      expect(port).toBeGreaterThan(1024);
    } finally {
      await new Promise<void>((resolve) => (squatter.listening ? squatter.close(() => resolve()) : resolve()));
    }
  });

  it("starts the whole stack beside something on every usual port", async () => {
    const squatters = await Promise.all(
      Object.values(PREFERRED_PORTS).map(
        (port) =>
          new Promise<import("node:net").Server | null>((resolve) => {
            const server = createServer();
            server.once("error", () => resolve(null));
            server.listen(port, "127.0.0.1", () => resolve(server));
          }),
      ),
    );
    try {
      const stack = cli(state.folder, [], { DEVSTACK_PORTS: "preferred" });
      running.push(stack);
      await stack.says("Ctrl-C ends it");
      const { output } = await finished(state.folder, ["status", "--json"]);
      const ports = (JSON.parse(output) as Status).services.map((service) => Number(new URL(service.url).port));
      for (const usual of Object.values(PREFERRED_PORTS)) expect(ports).not.toContain(usual);
      expect(new Set(ports).size).toBe(ports.length);
    } finally {
      for (const server of squatters) server?.close();
    }
  });
});
