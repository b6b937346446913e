import { spawn } from "node:child_process";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { randomBytes, randomUUID } from "node:crypto";
import { tmpdir } from "node:os";
import path from "node:path";
import postgres from "postgres";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { freePort } from "../../../devstack/ports.ts";
import { removeCluster, type RunningPostgres, startPostgres } from "../../../devstack/postgres/server.ts";
import { migrate } from "../../../devstack/supabase/migrate.ts";
import { startSupabase } from "../../../devstack/supabase/server.ts";
import { startGuardian } from "../../support/guardian.ts";
import { productEnv } from "../../support/product-env.ts";
import { projectRoot } from "../../support/run-tool.ts";
import { TEST_APP_URL } from "../../support/supabase.ts";
import { type FakeInngest, startFakeInngest } from "./fake-inngest.ts";
import { startWorker, type WorkerProcess } from "./worker-process.ts";

/** A database server of this file's own, because it is stopped on the way. */
const guardian = startGuardian();
const keys = {
  publishableKey: "sb_publishable_faults",
  secretKey: `sb_secret_${randomBytes(16).toString("hex")}`,
  jwtSecret: randomBytes(32).toString("hex"),
};
let folder: string;
let port: number;
let server: RunningPostgres;
let supabase: Awaited<ReturnType<typeof startSupabase>>;
let inngest: FakeInngest;
let sql: postgres.Sql;
const workers: WorkerProcess[] = [];
const log = (): void => undefined;

const start = () =>
  startPostgres({ port, dataDir: path.join(folder, "data"), log, durable: true, onSpawn: guardian.group });

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "devmentor-outbox-"));
  await chmod(folder, 0o711);
  guardian.folder(folder);
  port = await freePort();
  server = await start();
  await migrate(server.databaseUrl());
  supabase = await startSupabase({
    port: 0,
    databaseUrl: server.databaseUrl(),
    ...keys,
    siteUrl: TEST_APP_URL,
    github: null,
    mail: { send: async () => undefined },
    log,
    poolSize: 5,
  });
  inngest = await startFakeInngest();
  sql = postgres(server.databaseUrl(), { max: 4, onnotice: log, connect_timeout: 2, backoff: () => 0.1 });
});

afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.kill()));
  inngest.reset();
  await sql`truncate private.outbox, private.dead_letters`;
});

afterAll(async () => {
  await sql.end({ timeout: 1 });
  await inngest.close();
  await supabase.close();
  await server.close();
  await removeCluster(path.join(folder, "data"));
  await rm(folder, { recursive: true, force: true });
  guardian.end();
});

async function worker(further: Readonly<Record<string, string>> = {}): Promise<WorkerProcess> {
  const started = await startWorker({
    ...productEnv({}),
    SUPABASE_URL: supabase.url,
    SUPABASE_PUBLISHABLE_KEY: keys.publishableKey,
    SUPABASE_SECRET_KEY: keys.secretKey,
    INNGEST_BASE_URL: inngest.url,
    ...further,
  });
  workers.push(started);
  return started;
}

async function append(lane: string, n: number): Promise<string> {
  const [row] = await sql<{ id: string }[]>`
    select private.append_outbox('thing', ${lane}, 'test/thing.changed', ${sql.json({ lane, n })}) as id`;
  return row?.id ?? "";
}

const pending = async () =>
  Number(
    (await sql`select count(*)::int as n from private.outbox where published_at is null and dead_at is null`)[0]?.["n"],
  );

/** First arrivals at Inngest, as it sees them: a second copy under an id is dropped there. */
function arrivals(): { ids: Set<string>; disorder: string[] } {
  const ids = new Set<string>();
  const disorder: string[] = [];
  const last = new Map<string, number>();
  for (const { id, data } of inngest.accepted) {
    if (ids.has(id)) continue;
    ids.add(id);
    const [lane, n] = [String(data.lane), Number(data.n)];
    if (n <= (last.get(lane) ?? -1)) disorder.push(`${lane}: ${n} after ${last.get(lane)}`);
    last.set(lane, n);
  }
  return { ids, disorder };
}

test("a relay killed between publish and mark loses nothing: another publishes again under the same ids", async () => {
  const lane = randomUUID();
  const ids = [await append(lane, 0), await append(lane, 1)];
  const received = Promise.withResolvers<void>();
  inngest.answering = (events) => {
    inngest.accepted.push(...events);
    received.resolve();
    return "never";
  };
  const first = await worker();
  await received.promise;
  await first.kill();
  inngest.answering = () => 200;
  expect(await pending()).toBe(2);

  const [metricsPort, token] = [await freePort(), randomBytes(16).toString("hex")];
  const second = await worker({ WORKER_METRICS_PORT: String(metricsPort), METRICS_TOKEN: token });
  const metricsOf = async (bearer: string) => {
    const answer = await fetch(`http://127.0.0.1:${metricsPort}/api/metrics`, {
      headers: { authorization: `Bearer ${bearer}` },
    });
    return [answer.status, await answer.text()] as const;
  };
  await append(randomUUID(), 0);
  await expect.poll(pending, { timeout: 40_000 }).toBe(2); // Held by the dead one's lease; others are not.
  await sql`update private.outbox set next_attempt_at = now() where published_at is null`; // The lease ends.
  await expect.poll(pending, { timeout: 40_000 }).toBe(0);
  expect(inngest.accepted.filter((event) => ids.includes(event.id)).map((event) => event.id)).toEqual([...ids, ...ids]);
  expect((await metricsOf("0".repeat(32)))[0]).toBe(401);
  const [status, text] = await metricsOf(token);
  expect(status).toBe(200);
  expect(text).toContain('devmentor_outbox_events_total{outcome="published"} 3');
  expect(text).toContain("devmentor_outbox_waiting_events 0");
  expect(text).toMatch(/^devmentor_outbox_lag_seconds_count 3$/m);
  await expect(second.stop()).resolves.toBe(0);
});

test("Postgres restarted under load: two workers lose nothing and keep each aggregate's order", async () => {
  await Promise.all([worker(), worker()]);
  const lanes = Array.from({ length: 10 }, () => randomUUID());
  const committed: string[] = [];
  let writing = true;
  const writers = lanes.map(async (lane) => {
    for (let n = 0; writing; n += 1) {
      // A commit whose answer was lost may or may not stand; only what was confirmed must arrive.
      await append(lane, n).then(
        (id) => committed.push(id),
        () => undefined,
      );
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });
  await expect.poll(() => inngest.accepted.length, { timeout: 40_000 }).toBeGreaterThan(100);
  await server.close();
  const before = inngest.accepted.length;
  server = await start();
  await expect.poll(() => inngest.accepted.length, { timeout: 40_000 }).toBeGreaterThan(before + 100);
  writing = false;
  await Promise.all(writers);
  // What a worker held when the database went is due again when its lease ends; that is made now.
  await sql`update private.outbox set next_attempt_at = now() where published_at is null and attempts > 0`;
  await expect.poll(pending, { timeout: 40_000 }).toBe(0);
  const { ids, disorder } = arrivals();
  expect(committed.filter((id) => !ids.has(id))).toEqual([]);
  expect(disorder).toEqual([]);
  expect(await sql`select cause from private.dead_letters`).toEqual([]);
});

test("the edge function relay-outbox type-checks in Deno, drains, and is the secret key's alone", async () => {
  const entry = "supabase/functions/relay-outbox/index.ts";
  const config = "supabase/functions/relay-outbox/deno.json";
  const deno = path.join(projectRoot, "node_modules/.bin/deno");
  const env = {
    PATH: process.env["PATH"] ?? "",
    DENO_DIR: path.join(folder, "deno"),
    DENO_NO_UPDATE_CHECK: "1",
    NO_COLOR: "1",
  };
  const functionPort = await freePort();
  const child = spawn(
    deno,
    ["run", "--check", "--no-remote", `--config=${config}`, "--allow-net=127.0.0.1", "--allow-env", entry],
    {
      cwd: projectRoot,
      env: {
        ...env,
        DENO_SERVE_ADDRESS: `tcp:127.0.0.1:${functionPort}`,
        SUPABASE_URL: supabase.url,
        SUPABASE_SECRET_KEYS: JSON.stringify({ default: keys.secretKey }),
        INNGEST_BASE_URL: inngest.url,
        INNGEST_EVENT_KEY: "test",
      } as unknown as NodeJS.ProcessEnv,
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  try {
    const url = `http://127.0.0.1:${functionPort}/`;
    let ended = false;
    void exited.then(() => (ended = true));
    const status = (): Promise<number | string> =>
      ended
        ? Promise.resolve(`deno ended:\n${output}`)
        : fetch(url).then(
            (answer) => answer.status,
            () => "no answer yet",
          );
    await expect.poll(status, { timeout: 40_000 }).toBe(401);
    const lane = randomUUID();
    const ids = [await append(lane, 0), await append(lane, 1)];
    const refused = await fetch(url, { method: "POST", headers: { apikey: keys.publishableKey } });
    expect([refused.status, inngest.calls.length]).toEqual([401, 0]);
    const answer = await fetch(url, { method: "POST", headers: { apikey: keys.secretKey } });
    await expect(answer.json()).resolves.toEqual({ published: 2, retried: 0, dead: 0, outage: false });
    expect(inngest.accepted.map((event) => event.id)).toEqual(ids);
    expect(await pending()).toBe(0);
  } finally {
    child.kill("SIGKILL");
    await exited;
  }
});
