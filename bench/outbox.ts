/**
 * How soon and how fast the outbox is relayed, beside pg-boss and graphile-worker on the same PostgreSQL, in one run.
 *
 *   node bench/outbox.ts
 *
 * Latency: 200 events a second, each in a transaction of its own; from the moment its commit was answered to the moment
 * the publish call holds it. Drain: rows a second out of a full queue. Publishing is stubbed in all of them: what is
 * measured is taking and settling. The relay speaks SQL here (`direct`) and, as in the product, the Data API (`api`: the
 * embedded one). graphile-worker is told to take and complete in batches; pg-boss polls no faster than twice a second.
 */
import { randomUUID } from "node:crypto";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Logger, makeWorkerUtils, run } from "graphile-worker";
import { PgBoss } from "pg-boss";
import postgres from "postgres";
import { startPostgres } from "../devstack/postgres/server.ts";
import { migrate } from "../devstack/supabase/migrate.ts";
import { startSupabase } from "../devstack/supabase/server.ts";
import { drain } from "../lib/platform/outbox/drain.ts";
import { readClaimed, readSettled, type OutboxEvent, type OutboxStore } from "../lib/platform/outbox/event.ts";
import { Relay } from "../lib/platform/outbox/relay.ts";

const PER_SECOND = 200;
const SECONDS = 15;
const ROWS = 20_000;
const quiet = (): void => undefined;
const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

function spread(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): string => (sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN).toFixed(1);
  return `p50 ${at(0.5)}  p99 ${at(0.99)}  max ${at(1)} ms  (${times.length} events)`;
}

/** Writes events at an even pace and waits until each has arrived. @returns ms from commit to arrival */
async function latency(
  write: (id: string) => Promise<unknown>,
  arrived: Map<string, number>,
  committed: () => void,
): Promise<number[]> {
  const commits = new Map<string, number>();
  const writes: Promise<void>[] = [];
  const begun = performance.now();
  for (let n = 0; n < PER_SECOND * SECONDS; n += 1) {
    const id = randomUUID();
    const due = begun + (n * 1000) / PER_SECOND;
    if (due > performance.now()) await pause(due - performance.now());
    writes.push(
      write(id).then(() => {
        commits.set(id, performance.now());
        committed();
      }),
    );
  }
  await Promise.all(writes);
  for (let waited = 0; arrived.size < commits.size && waited < 30_000; waited += 50) await pause(50);
  if (arrived.size < commits.size) throw new Error(`${commits.size - arrived.size} events never arrived.`);
  return [...commits].map(([id, at]) => Math.max(0, (arrived.get(id) ?? Number.NaN) - at));
}

const folder = await mkdtemp(path.join(tmpdir(), "devmentor-bench-"));
await chmod(folder, 0o711);
const server = await startPostgres({ port: 0, dataDir: path.join(folder, "data"), log: quiet });
const url = server.databaseUrl();
await migrate(url);
const sql = postgres(url, { max: 10, onnotice: quiet });
const secretKey = `sb_secret_${randomUUID()}`;
const api = await startSupabase({
  port: 0,
  databaseUrl: url,
  publishableKey: "sb_publishable_bench",
  secretKey,
  jwtSecret: randomUUID(),
  siteUrl: "http://127.0.0.1:3000",
  github: null,
  mail: { send: async () => undefined },
  log: quiet,
});

const direct: OutboxStore = {
  claim: async (limit, lease) => readClaimed([...(await sql`select * from public.claim_outbox(${limit}, ${lease})`)]),
  settle: async (outcomes) =>
    readSettled([
      ...(await sql`select * from public.settle_outbox(${sql.json(outcomes as unknown as postgres.JSONValue)})`),
    ]),
};
async function rpc(name: string, args: unknown): Promise<unknown> {
  const headers = { apikey: secretKey, "Content-Type": "application/json" };
  const answer = await fetch(`${api.url}/rest/v1/rpc/${name}`, { method: "POST", headers, body: JSON.stringify(args) });
  if (!answer.ok) throw new Error(`${name}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}
const overApi: OutboxStore = {
  claim: async (limit, lease) => readClaimed(await rpc("claim_outbox", { p_limit: limit, p_lease_seconds: lease })),
  settle: async (outcomes) => readSettled(await rpc("settle_outbox", { p_outcomes: outcomes })),
};

async function relayLatency(store: OutboxStore, woken: boolean): Promise<string> {
  const arrived = new Map<string, number>();
  const publish = async (events: readonly OutboxEvent[]): Promise<void> => {
    for (const event of events) arrived.set(String(event.data["id"]), performance.now());
  };
  const relay = new Relay({
    drain: () => drain({ store, publish }),
    onError: (error) => {
      throw error;
    },
  });
  const stopping = new AbortController();
  const ended = relay.run(stopping.signal);
  const write = (id: string) =>
    sql`select private.append_outbox('bench', ${id}, 'bench/event.written', ${sql.json({ id })})`;
  const times = await latency(write, arrived, () => woken && relay.wake());
  stopping.abort();
  await ended;
  return spread(times);
}

async function relayDrain(store: OutboxStore, lanes: number): Promise<string> {
  await sql`truncate private.outbox`;
  const aggregates = Array.from({ length: lanes }, () => randomUUID());
  await sql`
    insert into private.outbox (aggregate_type, aggregate_id, name, data)
    select 'bench', (${aggregates}::uuid[])[1 + n % ${lanes}], 'bench/event.written', jsonb_build_object('n', n)
    from generate_series(1, ${ROWS}) n`;
  const begun = performance.now();
  const { published } = await drain({ store, publish: async () => undefined, maxBatches: Number.POSITIVE_INFINITY });
  return rate(published, begun);
}

function rate(done: number, begun: number): string {
  if (done !== ROWS) throw new Error(`${done} of ${ROWS} rows were drained.`);
  return `${Math.round(ROWS / ((performance.now() - begun) / 1000))} rows/s`;
}

async function measurePgBoss(): Promise<Record<string, string>> {
  const boss = new PgBoss({ connectionString: url, schema: "pgboss", max: 10 });
  boss.on("error", console.error);
  await boss.start();
  await boss.createQueue("drain");
  await boss.createQueue("latency");
  await boss.insert(
    "drain",
    Array.from({ length: ROWS }, (_, n) => ({ data: { n } })),
  );
  const begun = performance.now();
  let done = 0;
  for (;;) {
    const jobs = await boss.fetch("drain", { batchSize: 100 });
    if (jobs.length === 0) break;
    await boss.complete(
      "drain",
      jobs.map((job) => job.id),
    );
    done += jobs.length;
  }
  const drained = rate(done, begun);
  const arrived = new Map<string, number>();
  await boss.work<{ id: string }>("latency", { batchSize: 100, pollingIntervalSeconds: 0.5 }, async (jobs) => {
    for (const job of jobs) arrived.set(job.data.id, performance.now());
  });
  const times = await latency((id) => boss.send("latency", { id }), arrived, quiet);
  await boss.stop({ graceful: true });
  return { "pg-boss, batches of 100: drain": drained, "pg-boss, polled at 500 ms: latency": spread(times) };
}

async function measureGraphile(): Promise<Record<string, string>> {
  const logger = new Logger(() => quiet);
  const utils = await makeWorkerUtils({ connectionString: url, logger });
  await utils.migrate();
  const arrived = new Map<string, number>();
  let done = 0;
  let all: () => void = quiet;
  const start = () =>
    run({
      connectionString: url,
      logger,
      noHandleSignals: true,
      concurrency: 20,
      maxPoolSize: 10,
      pollInterval: 100,
      preset: { worker: { localQueue: { size: 100 }, completeJobBatchDelay: 0 } },
      taskList: {
        drain: () => {
          done += 1;
          if (done === ROWS) all();
        },
        latency: (payload) => {
          arrived.set((payload as { id: string }).id, performance.now());
        },
      },
    });
  await utils.addJobs(Array.from({ length: ROWS }, (_, n) => ({ identifier: "drain", payload: { n } })));
  const begun = performance.now();
  const drained = new Promise<void>((resolve) => (all = resolve));
  const runner = await start();
  await drained;
  const speed = rate(done, begun);
  const times = await latency((id) => utils.addJob("latency", { id }), arrived, quiet);
  await runner.stop();
  await utils.release();
  return { "graphile-worker, batched, 20 at once: drain": speed, "graphile-worker, NOTIFY: latency": spread(times) };
}

try {
  const results: Record<string, string> = {
    "outbox direct: drain, an aggregate each": await relayDrain(direct, ROWS),
    "outbox direct: drain, 50 aggregates": await relayDrain(direct, 50),
    "outbox api: drain, an aggregate each": await relayDrain(overApi, ROWS),
    "outbox direct, polled at 100 ms: latency": await relayLatency(direct, false),
    "outbox direct, woken: latency": await relayLatency(direct, true),
    "outbox api, polled at 100 ms: latency": await relayLatency(overApi, false),
    "outbox api, woken: latency": await relayLatency(overApi, true),
    ...(await measurePgBoss()),
    ...(await measureGraphile()),
  };
  for (const [name, value] of Object.entries(results)) console.log(`${name.padEnd(46)} ${value}`);
} finally {
  await sql.end({ timeout: 2 });
  await api.close();
  await server.close();
  await rm(folder, { recursive: true, force: true });
}
