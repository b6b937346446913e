import { randomUUID } from "node:crypto";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { removeCluster, startPostgres, type RunningPostgres } from "../../../devstack/postgres/server.ts";
import { removeOldBroadcasts } from "../../../devstack/realtime/feed.ts";
import { REALTIME_SCHEMA_SQL } from "../../../devstack/realtime/gateway.ts";
import { migrate } from "../../../devstack/supabase/migrate.ts";
import {
  collect,
  joined,
  signedIn,
  signToken,
  startGateway,
  subscribe,
  type TestGateway,
} from "./realtime-for-tests.ts";
import { eventually } from "../../support/eventually.ts";

/** These stop and start Postgres, so they have one to themselves. */
let folder: string;
let cluster: RunningPostgres;
let gateway: TestGateway;
let sql: postgres.Sql;

const start = (port: number): Promise<RunningPostgres> =>
  startPostgres({ port, dataDir: path.join(folder, "data"), durable: false, log: () => undefined });
const openSql = (): postgres.Sql =>
  postgres(cluster.databaseUrl(), { max: 3, onnotice: () => undefined, backoff: () => 0.05 });

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "devmentor-pg-"));
  // As root the server runs under another account, which has to get through here.
  await chmod(folder, 0o711);
  cluster = await start(0);
  await migrate(cluster.databaseUrl());
  gateway = await startGateway(cluster.databaseUrl());
  sql = openSql();
});

afterAll(async () => {
  await gateway?.close();
  await sql?.end({ timeout: 1 });
  await cluster?.close();
  await removeCluster(path.join(folder, "data"));
  await rm(folder, { recursive: true, force: true });
});

async function myChannel() {
  const me = randomUUID();
  const client = await signedIn(gateway.client({ token: signToken({ sub: me }) }));
  const channel = client.channel(`user:${me}`, { config: { private: true } });
  const notices = collect(channel, "notice");
  await joined(channel);
  const numbers = (): unknown[] => notices.map((message) => (message["payload"] as { n: unknown }).n);
  return { topic: `user:${me}`, numbers };
}

const send = (db: postgres.Sql | postgres.TransactionSql, topic: string, n: number, isPrivate = true) =>
  db`select realtime.send(${db.json({ n })}, 'notice', ${topic}, ${isPrivate})`;

describe("broadcasts from the database", () => {
  it("arrive in order, once each", async () => {
    const { topic, numbers } = await myChannel();
    for (let n = 0; n < 40; n += 1) {
      await send(sql, topic, n);
      await eventually(() => expect(numbers()).toHaveLength(n + 1));
    }
    expect(numbers()).toEqual(Array.from({ length: 40 }, (_, n) => n));
  });

  it("miss no transaction that commits after later ones, and none is heard that rolls back", async () => {
    const { topic, numbers } = await myChannel();
    let release: (() => void) | undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let written: (() => void) | undefined;
    const hasWritten = new Promise<void>((resolve) => (written = resolve));
    const late = sql.begin(async (tx) => {
      await send(tx, topic, 1);
      written?.();
      await held;
    });
    await hasWritten;
    await send(sql, topic, 2);
    await eventually(() => expect(numbers()).toEqual([2]));
    const undone = sql.begin(async (tx) => {
      await send(tx, topic, 99);
      throw new Error("rolled back");
    });
    await expect(undone).rejects.toThrow("rolled back");
    release?.();
    await late;
    await eventually(() => expect(numbers()).toEqual([2, 1]));
    await send(sql, topic, 3);
    await eventually(() => expect(numbers()).toEqual([2, 1, 3]));
  });

  it("keep private and public channels of one name apart", async () => {
    const { topic, numbers } = await myChannel();
    const eavesdropper = gateway.client().channel(topic);
    const overheard = collect(eavesdropper, "notice");
    await joined(eavesdropper);
    await send(sql, topic, 1);
    await send(sql, topic, 2, false);
    await eventually(() => expect(overheard).toHaveLength(1));
    expect(overheard[0]?.["payload"]).toMatchObject({ n: 2 });
    expect(numbers()).toEqual([1]);
  });

  it("cannot be sent by a signed-in caller, whose own transaction goes on", async () => {
    const { topic, numbers } = await myChannel();
    const reached = await sql.begin(async (tx) => {
      await tx`select set_config('request.jwt.claims', ${JSON.stringify({ sub: topic.slice(5), role: "authenticated" })}, true), set_config('role', 'authenticated', true)`;
      await send(tx, topic, 66);
      return (await tx`select 1 as alive`)[0]?.["alive"] as number;
    });
    expect(reached).toBe(1);
    await send(sql, topic, 1);
    await eventually(() => expect(numbers()).toEqual([1]));
  });
});

it("keeps rows for an hour only, and applies its schema again without harm", async () => {
  const { topic, numbers } = await myChannel();
  await send(sql, topic, 1);
  await sql`insert into realtime.messages (topic, extension, event, payload, inserted_at) values (${topic}, 'broadcast', 'old', '{}', (now() - interval '2 hours') at time zone 'utc')`;
  expect(await removeOldBroadcasts(sql)).toBe(1);
  expect(await removeOldBroadcasts(sql)).toBe(0);
  await sql.unsafe(REALTIME_SCHEMA_SQL);
  const left = await sql`select event from realtime.messages where topic = ${topic}`;
  expect(left.map((row) => row["event"])).toEqual(["notice"]);
  await eventually(() => expect(numbers()).toEqual([1]));
});

it("does not start on a database without the schema, and says what is missing", async () => {
  await sql`create database bare`;
  await expect(startGateway(cluster.databaseUrl("bare"))).rejects.toThrow('"realtime.messages" does not exist');
});

it("survives a restart of Postgres: joined channels go on, joins in between are refused and then work", async () => {
  const { topic, numbers } = await myChannel();
  await send(sql, topic, 1);
  await eventually(() => expect(numbers()).toEqual([1]));
  await sql.end({ timeout: 1 });

  await cluster.close();
  const me = randomUUID();
  const client = await signedIn(gateway.client({ token: signToken({ sub: me }) }));
  const channel = client.channel(`user:${me}`, { config: { private: true } });
  const refused = await subscribe(channel);
  expect(["CHANNEL_ERROR", "TIMED_OUT"]).toContain(refused.status);
  const open = gateway.client().channel(`campaign:${randomUUID()}`);
  await joined(open);

  cluster = await start(cluster.port);
  sql = openSql();
  await eventually(() => expect(channel.state).toBe("joined"));
  await send(sql, topic, 2);
  await eventually(() => expect(numbers()).toEqual([1, 2]));

  // Listening again, not merely polling.
  await eventually(async () =>
    expect(
      await sql`select from pg_stat_activity where query ilike '%listen%devstack_realtime%' and pid <> pg_backend_pid()`,
    ).toHaveLength(1),
  );
  await send(sql, topic, 3);
  await eventually(() => expect(numbers()).toEqual([1, 2, 3]));
});
