import { randomUUID } from "node:crypto";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "@supabase/supabase-js";
import { Redis } from "@upstash/redis";
import postgres from "postgres";
import { z } from "zod";
import { AppError } from "@/lib/kernel/errors";
import { State } from "@/lib/platform/state/state";
import type { StateTruth } from "@/lib/platform/state/store";
import { startPostgres } from "../devstack/postgres/server.ts";
import { migrate } from "../devstack/supabase/migrate.ts";
import { startSupabase } from "../devstack/supabase/server.ts";
import { startRedis } from "../devstack/upstash/redis.ts";
import { startUpstash } from "../devstack/upstash/server.ts";

/**
 * What an update of shared state costs, alone and with writers that all want one key, beside a bare
 * `UPDATE … WHERE version` that reads, writes and tries again over a connection of its own, and beside the bare SQL
 * function over the Data API. Each writer is an instance as a process has it. All of them back off alike.
 * Run: `node --conditions=react-server --import tsx bench/state.ts`.
 */
const UPDATES = 120;
const WRITERS = [1, 4, 8];
const quiet = (): void => {};

interface Row {
  readonly what: string;
  readonly writers: number;
  readonly updatesPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly conflictsPerUpdate: number;
  /** Updates that gave up after five retries and were begun again. */
  readonly gaveUp: number;
}

/** One way to add one to a counter; `conflict` counts an attempt that met a newer version. */
type AddOne = (key: string, conflict: () => void) => Promise<boolean>;

/** As `State` waits. */
const backOff = (retry: number, began: number): Promise<void> =>
  sleep(Math.random() * Math.max(20, performance.now() - began) * 2 ** (retry + 1));

async function measure(
  what: string,
  writers: number,
  ways: readonly AddOne[],
  total: (key: string) => Promise<number>,
) {
  for (const way of ways) await way(`warm-up-${randomUUID()}`, quiet);
  const key = randomUUID();
  const took: number[] = [];
  let conflicts = 0;
  let gaveUp = 0;
  let left = UPDATES;
  const began = performance.now();
  await Promise.all(
    ways.slice(0, writers).map(async (way) => {
      while (left-- > 0) {
        const before = performance.now();
        while (!(await way(key, () => (conflicts += 1)))) gaveUp += 1;
        took.push(performance.now() - before);
      }
    }),
  );
  const seconds = (performance.now() - began) / 1000;
  const counted = await total(key);
  if (counted !== UPDATES) throw new Error(`${what} lost updates: ${counted} of ${UPDATES} count`);
  took.sort((a, b) => a - b);
  const at = (share: number): number => Number((took[Math.floor((took.length - 1) * share)] ?? 0).toFixed(1));
  const row: Row = {
    what,
    writers,
    updatesPerSecond: Math.round(UPDATES / seconds),
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    conflictsPerUpdate: Number((conflicts / UPDATES).toFixed(2)),
    gaveUp,
  };
  process.stderr.write(`${JSON.stringify(row)}\n`);
  return row;
}

const folder = await mkdtemp(path.join(tmpdir(), "devmentor-bench-"));
// As root Postgres runs under another account, which has to get through here.
await chmod(folder, 0o711);
const database = await startPostgres({ port: 0, dataDir: path.join(folder, "postgres"), log: quiet });
await migrate(database.databaseUrl());
const keys = { publishableKey: "sb_publishable_bench", secretKey: "sb_secret_bench", jwtSecret: randomUUID() };
const supabase = await startSupabase({
  port: 0,
  databaseUrl: database.databaseUrl(),
  ...keys,
  siteUrl: "http://127.0.0.1:9",
  github: null,
  log: quiet,
  poolSize: 8,
});
const native = await startRedis({ port: 0, dataDir: path.join(folder, "redis"), log: quiet });
const upstash = await startUpstash({ port: 0, redisUrl: native.url, token: "bench", log: quiet });
const sql = postgres(database.databaseUrl(), { max: 16, onnotice: quiet });

const schema = z.object({ count: z.number() });
const written = z.object({ applied: z.boolean(), version: z.number(), value: schema.nullable() });
const dataApi = createClient(supabase.url, keys.secretKey, { auth: { persistSession: false } });
async function rpc(name: string, args: object): Promise<unknown> {
  const { data, error } = await dataApi.rpc(name, args);
  if (error) throw new Error(error.message);
  return data as unknown;
}
const truth: StateTruth = {
  read: async (scope, key) =>
    z
      .object({ version: z.number(), value: z.unknown() })
      .nullable()
      .parse(await rpc("read_state", { p_scope: scope, p_key: key })) ?? {
      version: 0,
      value: null,
    },
  write: async ({ scope, key, expected, value, write, announced }) =>
    written.parse(
      await rpc("write_state", {
        p_scope: scope,
        p_key: key,
        p_expected: expected,
        p_value: value,
        p_write: write,
        p_announced: announced,
      }),
    ),
};
const scope = "learning-session" as const;
const total = async (key: string): Promise<number> => schema.parse((await truth.read(scope, key)).value).count;

/** A bare table, its row already there: nothing but the version decides. */
await sql`create table bench_counters (key text primary key, version bigint not null, value jsonb not null)`;
const bare: AddOne = async (key, conflict) => {
  await sql`insert into bench_counters values (${key}, 0, '{"count": 0}') on conflict do nothing`;
  for (let retry = 0; retry <= 5; retry += 1) {
    const began = performance.now();
    const [row] = await sql<{ version: string; value: { count: number } }[]>`
      select version, value from bench_counters where key = ${key}`;
    const next = sql.json({ count: (row?.value.count ?? 0) + 1 });
    const done = await sql`
      update bench_counters set value = ${next}, version = version + 1 where key = ${key} and version = ${row?.version ?? 0}`;
    if (done.count === 1) return true;
    conflict();
    await backOff(retry, began);
  }
  return false;
};
const bareTotal = async (key: string): Promise<number> =>
  schema.parse((await sql`select value from bench_counters where key = ${key}`)[0]?.["value"]).count;

const overDataApi: AddOne = async (key, conflict) => {
  for (let retry = 0; retry <= 5; retry += 1) {
    const began = performance.now();
    const { version, value } = await truth.read(scope, key);
    const count = version === 0 ? 0 : schema.parse(value).count;
    const write = { scope, key, expected: version, value: { count: count + 1 }, write: randomUUID(), announced: true };
    if ((await truth.write(write)).applied) return true;
    conflict();
    await backOff(retry, began);
  }
  return false;
};

function instance(): AddOne {
  const client = new Redis({ url: upstash.url, token: "bench", retry: false, enableTelemetry: false });
  let onConflict = quiet;
  const state = new State({
    callRedis: (call) => call(client),
    truth,
    log: { warn: (details) => process.stderr.write(`${JSON.stringify(details)}\n`) },
    onCount: (count) => count === "conflict" && onConflict(),
  });
  return async (key, conflict) => {
    onConflict = conflict;
    try {
      await state.update({ scope, key, schema, initial: { count: 0 } }, ({ count }) => ({ count: count + 1 }));
      return true;
    } catch (error) {
      if (error instanceof AppError && error.code === "conflict") return false;
      throw error;
    }
  };
}

try {
  const rows: Row[] = [];
  for (const writers of WRITERS) {
    const times = Array.from({ length: writers });
    rows.push(
      await measure(
        "bare UPDATE … WHERE version",
        writers,
        times.map(() => bare),
        bareTotal,
      ),
    );
    rows.push(
      await measure(
        "write_state over the Data API",
        writers,
        times.map(() => overDataApi),
        total,
      ),
    );
    rows.push(
      await measure(
        "State.update",
        writers,
        times.map(() => instance()),
        total,
      ),
    );
  }
  process.stdout.write(
    `${JSON.stringify({ cpu: cpus()[0]?.model, cpus: cpus().length, updates: UPDATES, rows }, null, 2)}\n`,
  );
} finally {
  await sql.end();
  await upstash.close();
  await native.close();
  await supabase.close();
  await database.close();
  await rm(folder, { recursive: true, force: true });
}
