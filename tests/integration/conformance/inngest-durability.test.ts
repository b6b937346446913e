import { spawn, type ChildProcess } from "node:child_process";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import postgres from "postgres";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Inngest } from "inngest";
import { freePort } from "../../../devstack/ports.ts";
import { removeCluster, startPostgres } from "../../../devstack/postgres/server.ts";
import {
  clientFor,
  EVENT_KEY,
  endedRun,
  register,
  runDetail,
  runsOf,
  serveApp,
  SIGNING_KEY,
  startExecutor,
  until,
  type TestApp,
} from "./inngest-harness.ts";
import { startTestDatabase, type TestDatabase } from "./inngest-database.ts";

/** The executor is a process of its own here, killed with SIGKILL at every point that matters. */

const MAIN = fileURLToPath(new URL("../../../devstack/inngest/main.ts", import.meta.url));

let database: TestDatabase;
let sql: postgres.Sql;
let port: number;
let base: string;
let app: TestApp;
let client: Inngest;
let process_: ChildProcess | undefined;
const executions: string[] = [];
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function start(): Promise<void> {
  const child = spawn(process.execPath, [MAIN], {
    env: {
      ...process.env,
      PORT: String(port),
      DATABASE_URL: database.url,
      INNGEST_EVENT_KEY: EVENT_KEY,
      INNGEST_SIGNING_KEY: SIGNING_KEY,
      INNGEST_RETRY_BASE_MS: "30",
      NODE_NO_WARNINGS: "1",
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  process_ = child;
  await new Promise<void>((resolve, reject) => {
    let out = "";
    child.stdout.on("data", (chunk: Buffer) => {
      out += chunk.toString();
      if (/^ready /m.test(out)) resolve();
    });
    child.once("exit", (code) => reject(new Error(`The executor ended with ${code}: ${out}`)));
  });
}

async function kill(): Promise<void> {
  const child = process_;
  process_ = undefined;
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await ended;
}

function functions(of: Inngest) {
  const note = (what: string, runId: string) => executions.push(`${runId} ${what}`);
  return [
    of.createFunction({ id: "slow", triggers: [{ event: "d/slow" }] }, async ({ step, runId }) => {
      await step.run("before", () => note("before", runId));
      await step.run("slow", async () => {
        note("slow", runId);
        await pause(300);
        return "slow";
      });
      return await step.run("after", () => note("after", runId) && "done");
    }),
    of.createFunction({ id: "waits", triggers: [{ event: "d/waits" }] }, async ({ step, runId }) => {
      await step.run("before", () => note("before", runId));
      await step.sleep("nap", "1s");
      const got = await step.waitForEvent("go", { event: "d/go", timeout: "1h", match: "data.id" });
      return got?.data["word"] as string;
    }),
    of.createFunction(
      { id: "many", retries: 20, checkpointing: true, triggers: [{ event: "d/many" }] },
      async ({ step, event }) => many(step, event),
    ),
    of.createFunction(
      { id: "many-plain", retries: 20, checkpointing: false, triggers: [{ event: "d/many" }] },
      async ({ step, event }) => many(step, event),
    ),
  ];
}

interface Steps {
  run<T>(id: string, work: () => T): Promise<T>;
}
async function many(step: unknown, event: { data: Record<string, unknown> }): Promise<string[]> {
  const steps = step as Steps;
  const results: string[] = [];
  // A value that differs each time it is made: what comes out shows which execution was recorded.
  for (let i = 0; i < 4; i += 1)
    results.push(await steps.run(`s${i}`, () => `${String(event.data["n"])}:${i}:${Math.random()}`));
  const both = await Promise.all([
    steps.run("p0", () => `p0:${Math.random()}`),
    steps.run("p1", () => `p1:${Math.random()}`),
  ]);
  return [...results, ...both];
}

beforeAll(async () => {
  database = await startTestDatabase();
  sql = postgres(database.url, { max: 2, connection: { search_path: "devstack_inngest" }, onnotice: () => undefined });
  port = await freePort();
  base = `http://127.0.0.1:${port}`;
  client = clientFor(base);
  await start();
  app = await serveApp(client, functions(client));
  await register(app);
});

afterEach(async () => {
  if (!process_) await start();
});

afterAll(async () => {
  await kill();
  await app?.close();
  await sql?.end();
  await database?.close();
});

async function stepNames(
  eventId: string,
  functionId: string,
): Promise<{ id: string; done: string[]; pending: string[] } | undefined> {
  const [run] = await runsOf(base, { event: eventId, function: functionId });
  if (!run) return undefined;
  const { steps } = await runDetail(base, run.id);
  const names = (status: string) => steps.filter((step) => step.status === status).map((step) => step.name);
  return { id: run.id, done: names("completed"), pending: names("pending") };
}

test("killed while a step is at work: it is done again, recorded once, and what came before is not repeated", async () => {
  const id = (await client.send({ name: "d/slow" })).ids[0] ?? "";
  const run = await until(async () => {
    const found = await stepNames(id, "app-slow");
    return found && executions.includes(`${found.id} slow`) && found;
  });
  await kill();
  await start();
  const ended = await endedRun(base, id, "app-slow");
  expect(ended).toMatchObject({ status: "completed", output: "done" });
  const mine = executions.filter((each) => each.startsWith(run.id)).map((each) => each.slice(run.id.length + 1));
  expect(mine.filter((each) => each === "before")).toHaveLength(1);
  expect(mine.filter((each) => each === "slow").length).toBeGreaterThanOrEqual(2);
  expect(ended.steps.map((step) => step.name)).toEqual(["before", "slow", "after"]);
});

test("killed while asleep and while waiting for an event: the sleep ends on time, the event is still awaited", async () => {
  const id = (await client.send({ name: "d/waits", data: { id: 7 } })).ids[0] ?? "";
  const run = await until(async () => {
    const found = await stepNames(id, "app-waits");
    return found?.pending.includes("nap") && found;
  });
  await kill();
  await pause(1_100);
  await start();
  await until(async () => (await stepNames(id, "app-waits"))?.pending.includes("go"));
  await kill();
  await start();
  await client.send({ name: "d/go", data: { id: 7, word: "went" } });
  expect((await endedRun(base, id, "app-waits")).output).toBe("went");
  expect(executions.filter((each) => each === `${run.id} before`)).toHaveLength(1);
});

test("killed again and again in the middle of many runs: every accepted event is run, each step recorded once", async () => {
  const ids: string[] = [];
  const sending = (async () => {
    for (let n = 0; n < 30; n += 1) {
      // The same event id on each try, as the outbox relay does it.
      await until(async () => {
        try {
          ids[n] = (await client.send({ id: `many-${n}`, name: "d/many", data: { n } })).ids[0] ?? "";
          return true;
        } catch {
          return false;
        }
      });
      await pause(20);
    }
  })();
  for (let i = 0; i < 6; i += 1) {
    await pause(60 + i * 45);
    await kill();
    await start();
  }
  await sending;
  for (let n = 0; n < 30; n += 1) {
    for (const fn of ["app-many", "app-many-plain"]) {
      const ended = await endedRun(base, `many-${n}`, fn);
      expect(ended).toMatchObject({ status: "completed", error: null });
      const byName = new Map(ended.steps.map((step) => [step.name, step.data]));
      expect(ended.steps).toHaveLength(6);
      expect(ended.output).toEqual(["s0", "s1", "s2", "s3", "p0", "p1"].map((name) => byName.get(name)));
    }
  }
  expect(await runsOf(base, { function: "app-many" })).toHaveLength(30);
}, 180_000);

test("a tick that was missed while nothing ran is made up for once", async () => {
  const cron = clientFor(base, { id: "cron" });
  const served = await serveApp(cron, [
    cron.createFunction({ id: "nightly", triggers: [{ cron: "TZ=Europe/Paris 0 3 1 1 *" }] }, () => "woke"),
  ]);
  await register(served);
  await kill();
  await sql`update ticks set next_at = now() - interval '3 days' where function_id = 'cron-nightly'`;
  await start();
  await until(async () => (await runsOf(base, { function: "cron-nightly", status: "completed" })).length === 1);
  const [tick] = await sql<{ next_at: Date }[]>`select next_at from ticks where function_id = 'cron-nightly'`;
  expect(tick?.next_at.toISOString()).toMatch(/-01-01T02:00:00/);
  expect(await runsOf(base, { function: "cron-nightly" })).toHaveLength(1);
  await served.close();
});

test("the app dies in the middle of a step: the run waits for it and finishes, whatever its number of retries", async () => {
  const second = clientFor(base, { id: "mortal" });
  const beginnings: number[] = [];
  const make = () =>
    second.createFunction({ id: "fn", retries: 1, triggers: [{ event: "d/mortal" }] }, async ({ step }) => {
      await step.run("first", () => "kept");
      return await step.run("second", async () => {
        beginnings.push(Date.now());
        if (beginnings.length === 1) await pause(5_000);
        return "finished";
      });
    });
  const first = await serveApp(second, [make()]);
  await register(first);
  const id = (await second.send({ name: "d/mortal" })).ids[0] ?? "";
  await until(() => beginnings.length === 1);
  await first.close();
  await pause(700);
  const again = await serveApp(second, [make()], first.port);
  const ended = await endedRun(base, id, "mortal-fn");
  await again.close();
  expect(ended).toMatchObject({ status: "completed", output: "finished" });
  expect(ended.steps.map((step) => step.name)).toEqual(["first", "second"]);
});

test("PostgreSQL drops every connection: nothing is lost and the executor goes on by itself", async () => {
  const id = (await client.send({ name: "d/slow" })).ids[0] ?? "";
  const run = await until(async () => {
    const found = await stepNames(id, "app-slow");
    return found && executions.includes(`${found.id} slow`) && found;
  });
  const [cut] = await sql<{ cut: number }[]>`
    select count(pg_terminate_backend(pid))::int as cut from pg_stat_activity where application_name = 'devstack-inngest' and datname = current_database()`;
  expect(cut?.cut).toBeGreaterThan(0);
  await until(async () => (await fetch(`${base}/v0/health`)).ok);
  const ended = await endedRun(base, id, "app-slow");
  expect(ended).toMatchObject({ id: run.id, status: "completed", output: "done" });
  expect(ended.steps.map((step) => step.name)).toEqual(["before", "slow", "after"]);
});

test("a second executor on the same database takes over, and the first one stops working", async () => {
  const newer = await startExecutor(database.url);
  try {
    const id = (await client.send({ name: "d/slow" })).ids[0] ?? "";
    // The old one took the event and may not run it; the new one finds it in PostgreSQL.
    await fetch(`${newer.url}/v0/health`);
    await clientFor(newer.url).send({ name: "d/nobody" });
    const ended = await endedRun(newer.url, id, "app-slow");
    expect(ended.steps.map((step) => step.name)).toEqual(["before", "slow", "after"]);
  } finally {
    await newer.close();
    await kill();
  }
});

test("PostgreSQL stops and comes back under a running executor: events are refused meanwhile, runs go on after", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "inngest-postgres-"));
  await chmod(folder, 0o711); // The account that PostgreSQL runs under must get through.
  const dataDir = path.join(folder, "data");
  const first = await startPostgres({ port: 0, dataDir, durable: false, log: () => undefined });
  const executor = await startExecutor(first.databaseUrl());
  const of = clientFor(executor.url, { id: "outage" });
  const beginnings: number[] = [];
  const slow = of.createFunction({ id: "fn", retries: 0, triggers: [{ event: "d/outage" }] }, async ({ step }) => {
    await step.run("first", () => "kept");
    return await step.run("second", async () => {
      beginnings.push(Date.now());
      await pause(400);
      return "reported while PostgreSQL was away";
    });
  });
  const served = await serveApp(of, [slow]);
  await register(served);
  const id = (await of.send({ name: "d/outage" })).ids[0] ?? "";
  await until(() => beginnings.length > 0);
  await first.close();
  const refused = await fetch(`${executor.url}/e/${EVENT_KEY}`, { method: "POST", body: '{"name":"d/outage"}' });
  expect(refused.status).toBe(503);
  await pause(600);
  const second = await startPostgres({ port: first.port, dataDir, durable: false, log: () => undefined });
  await until(async () => (await fetch(`${executor.url}/v0/health`)).ok);
  const ended = await endedRun(executor.url, id, "outage-fn");
  expect(ended).toMatchObject({ status: "completed", output: "reported while PostgreSQL was away" });
  expect(ended.steps.map((step) => step.name)).toEqual(["first", "second"]);
  await executor.close();
  await served.close();
  await second.close();
  await removeCluster(dataDir);
  await rm(folder, { recursive: true, force: true });
});
