/**
 * How many pledges, captures and folded events a second the money functions do, by pgbench with 32 clients on the embedded
 * PostgreSQL with the real migrations, as the service role, every commit flushed to disk.
 *
 *   node bench/giving-sql.ts [seconds of a run, 8]
 *
 * pgbench is Debian's (`postgresql-15`); it shares the machine's processors with the server. What is compared, one hot campaign beside
 * a thousand, runs in turns, so that what else the machine does meets both.
 */
import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { cpus, loadavg, tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import postgres from "postgres";
import { removeCluster, startPostgres } from "../devstack/postgres/server.ts";
import { migrate } from "../devstack/supabase/migrate.ts";

const SECONDS = Number(process.argv[2] ?? 8);
const CLIENTS = 32;
const ROUNDS = 3;
/** Claimed keys for each client and run: what all of them use up at 8,000 pledges a second. */
const KEYS = 250 * SECONDS;
const quiet = (): void => undefined;

function findPgbench(): string {
  const root = "/usr/lib/postgresql";
  const found = (existsSync(root) ? readdirSync(root) : [])
    .map((version) => path.join(root, version, "bin", "pgbench"))
    .find((file) => existsSync(file));
  if (!found)
    throw new Error("pgbench is not there. Install it (Debian: apt-get install postgresql-15), and run this again.");
  return found;
}

const pgbench = findPgbench();
const folder = await mkdtemp(path.join(tmpdir(), "devmentor-bench-"));
await chmod(folder, 0o711);
const dataDir = path.join(folder, "data");
// Room for the pages of a run, as a server of its own has it; with the stack's 64 MB each pledge also reads and writes pages back.
const server = await startPostgres({ port: 0, dataDir, sharedBuffersMb: 1024, log: quiet });
const url = server.databaseUrl();
const admin = postgres(url, { max: 1, onnotice: quiet });

interface Run {
  readonly perSecond: number;
  readonly latencyMs: number;
  /** Processor time of the server's backends for a transaction, µs; NaN where /proc does not tell. */
  readonly serverUs: number;
  /** What a transaction wrote to the write-ahead log, in bytes. */
  readonly walBytes: number;
}

/** Processor time of the server's backends that have ended, in µs: 100 ticks a second, as every Linux shows them. */
function endedBackendsUs(): number {
  const file = `/proc/${server.pid}/stat`;
  if (!existsSync(file)) return Number.NaN;
  const fields = readFileSync(file, "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  return (Number(fields[13]) + Number(fields[14])) * 10_000;
}

async function walBytes(): Promise<number> {
  const [wal] = await admin<{ bytes: string }[]>`select wal_bytes::text as bytes from pg_stat_wal`;
  return Number(wal?.bytes);
}

/** Runs a script as service_role. @param keys the run's name in its keys, so that none is used twice */
async function run(script: string, keys: string): Promise<Run> {
  const file = path.join(folder, "script.sql");
  await writeFile(file, script);
  const before = { us: endedBackendsUs(), wal: await walBytes() };
  const { stdout } = await promisify(execFile)(
    pgbench,
    [
      "-n",
      "-M",
      "prepared",
      "-c",
      String(CLIENTS),
      "-j",
      "2",
      "-T",
      String(SECONDS),
      "-D",
      "i=0",
      "-D",
      `run=${keys}`,
      "-f",
      file,
      url,
    ],
    { env: { ...process.env, PGOPTIONS: "-c role=service_role" }, maxBuffer: 16 * 1024 * 1024 },
  );
  const failed = /number of failed transactions: (\d+)/.exec(stdout)?.[1];
  if (failed !== "0") throw new Error(`pgbench: ${stdout}`);
  if (!/tps = /.test(stdout))
    throw new Error("Not one transaction ended in a run: the machine is too busy. Give it more seconds.");
  const transactions = Number(/actually processed: (\d+)/.exec(stdout)?.[1]);
  // The last backends are reaped a moment after their clients have left.
  await new Promise((resolve) => setTimeout(resolve, 200));
  return {
    perSecond: Number(/tps = ([\d.]+)/.exec(stdout)?.[1]),
    latencyMs: Number(/latency average = ([\d.]+)/.exec(stdout)?.[1]),
    serverUs: (endedBackendsUs() - before.us) / transactions,
    walBytes: ((await walBytes()) - before.wal) / transactions,
  };
}

/** A run as a line. @param more what else there is to say of it */
function say(what: string, { perSecond, latencyMs, serverUs, walBytes: wal }: Run, more = ""): void {
  console.log(
    `${what.padEnd(33)} ${perSecond.toFixed(0).padStart(7)}/s   ${latencyMs.toFixed(1)} ms   server ${serverUs.toFixed(0)} µs and ${wal.toFixed(0)} bytes of log each${more}`,
  );
}

const median = (list: readonly number[]): number =>
  list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)] ?? Number.NaN;

/** One pledge, its request a JSON text as the Data API is sent it; `campaign` is an SQL expression for its id. */
const pledgeCall = (lease: string, fence: string, campaign: string) => `
select public.make_pledge(${lease}, ${fence}, ('{"campaignId": "' || ${campaign} || '", "amountMinor": 2500, "currency": "EUR", "coverFees": true, "ipHash": "${"0f".repeat(32)}", "donor": {"name": "Dora Donor", "email": "donor' || :client_id || 'x' || :i || '@example.test", "anonymous": false, "message": "Good luck"}}')::jsonb,
  '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01');`;

const HOT = "md5('campaign0')::uuid";
const THOUSAND = "md5('campaign' || :c)::uuid";
const next = "\\set i :i + 1\n\\set c random(1, 1000)\n";
const lease = "md5(:run || 'k' || :client_id || 'x' || :i)::uuid";

try {
  await migrate(url);
  const sql = postgres(url, { max: 4, onnotice: quiet });
  await sql`insert into auth.users (id, email) values (gen_random_uuid(), 'bench@example.test')`;
  await sql`
    insert into public.campaigns (id, slug, title, summary, story, goal_minor, currency, status, published_at)
    select md5('campaign' || n)::uuid, 'campaign-' || n, 'Campaign ' || n, 'A summary', repeat('A long story. ', 200), 100000, 'EUR', 'active', now()
    from generate_series(0, 1000) n`;
  await sql`insert into public.campaign_totals (campaign_id, currency) select id, currency from public.campaigns`;
  await sql`select private.open_ledger_accounts(id, currency) from public.campaigns`;
  const prepareKeys = async (name: string) => {
    await sql`
      insert into private.idempotency_keys (id, route, caller, key, fingerprint, lease_until)
      select md5(${name} || 'k' || c || 'x' || i)::uuid, 'bench', repeat('0', 64), 'bench-' || ${name} || 'k' || c || 'x' || i, repeat('0', 64), now() + interval '1 day'
      from generate_series(0, ${CLIENTS - 1}) c, generate_series(1, ${KEYS}) i`;
  };
  const settle = () => sql.unsafe("vacuum analyze");

  await sql.unsafe(`create table private.bench_rows (id uuid primary key default gen_random_uuid(), at timestamptz default now());
    create function public.bench_insert() returns void language sql security definer set search_path = '' as 'insert into private.bench_rows default values';
    grant execute on function public.bench_insert() to service_role`);

  console.log(
    `${cpus().length} processors (${cpus()[0]?.model}), load ${loadavg()[0]?.toFixed(1)}, ${CLIENTS} clients, ${SECONDS} s a run\n`,
  );
  const [set] = await sql<Record<string, string>[]>`
    select string_agg(name || ' ' || current_setting(name), ', ' order by name) as settings from unnest(array['fsync', 'full_page_writes',
      'max_wal_size', 'shared_buffers', 'shared_preload_libraries', 'synchronous_commit', 'wal_compression']) name`;
  console.log(`settings of every run: ${set?.["settings"]}\n`);
  const bare = await run("select public.bench_insert();", "1");
  say("one-row insert by a function", bare);

  const hot: number[] = [];
  const spread: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, campaign, rates] of [
      [`${round}1`, THOUSAND, spread],
      [`${round}2`, HOT, hot],
    ] as const) {
      await prepareKeys(name);
      await settle();
      const pledges = await run(next + pledgeCall(lease, "1", campaign), name);
      rates.push(pledges.perSecond);
      say(campaign === HOT ? "pledges to one campaign" : "pledges to a thousand campaigns", pledges);
    }
  }
  const share = median(hot) / median(spread);
  console.log(`\none hot campaign: ${(share * 100).toFixed(1)} % of a thousand campaigns' rate (medians; aim ≥ 95 %)`);
  console.log(
    `pledges: ${median(spread).toFixed(0)}/s (aim ≥ 5,000), ${((median(spread) / bare.perSecond) * 100).toFixed(0)} % of a one-row insert's rate\n`,
  );

  const whole = await run(
    `${next}select (a ->> 'id')::uuid as lease, (a ->> 'fence')::bigint as fence from (select public.claim_idempotency('POST /api/v1/pledges',
      md5(:client_id::text) || md5('c'), 'whole' || :client_id || 'x' || :i, md5('f') || md5('f'), 30) as a) x \\gset
${pledgeCall(":lease::uuid", ":fence::bigint", HOT)}
select public.settle_idempotency(:lease::uuid, :fence::bigint, '{"kind": "answer", "status": 201}');`,
    "9",
  );
  say("claim key, pledge, settle key", whole, " (three transactions)");

  // Payments that can be captured, numbered, each taken once.
  await sql.unsafe(`create table private.bench_payments as
    select row_number() over (order by created_at) - 1 as n, id from public.payments where state = 'pending' and campaign_id = md5('campaign0')::uuid;
    create unique index on private.bench_payments (n)`);
  await sql`update public.payments p set intent_id = 'pi_' || replace(p.id::text, '-', '') from private.bench_payments b where b.id = p.id`;
  await sql.unsafe(`create function public.bench_capture(n bigint) returns void language sql security definer set search_path = '' as $$
      select public.apply_payment_event(jsonb_build_object('cause', 'webhook', 'kind', 'payment_intent.succeeded', 'intentId', 'pi_' || replace(b.id::text, '-', ''),
        'to', 'completed', 'amountMinor', p.gift_minor + p.cover_minor, 'currency', 'eur'))
      from private.bench_payments b join public.payments p on p.id = b.id where b.n = $1 $$;
    grant execute on function public.bench_capture(bigint) to service_role`);
  await settle();
  const capture = await run(
    `\\set i :i + 1\n\\set n (:i - 1) * ${CLIENTS} + :client_id\nselect public.bench_capture(:n);`,
    "1",
  );
  const [captured] = await sql<
    { n: number }[]
  >`select count(*)::int as n from public.payments where state = 'completed'`;
  say("pending → completed, one campaign", capture, ` (${captured?.n} captured: three steps, ledger, five events)`);

  // The projector: one connection, as one workflow run has it.
  const events = await sql<
    { id: string }[]
  >`select id from private.outbox where aggregate_type = 'pledge' order by position limit 60000`;
  const ids = events.map((event) => event.id);
  await settle();
  for (const batch of [1, 100]) {
    const mine = ids.splice(0, batch === 1 ? 4000 : 40_000);
    const began = performance.now();
    for (let at = 0; at < mine.length; at += batch)
      await sql`select public.project_totals(${mine.slice(at, at + batch)})`;
    const rate = mine.length / ((performance.now() - began) / 1000);
    console.log(
      `events folded, ${String(batch).padStart(3)} a call          ${rate.toFixed(0).padStart(7)}/s   (one connection)`,
    );
  }
  const began = performance.now();
  const broken = await sql`select * from private.check_invariants(false)`;
  const [rows] = await sql<{ n: number }[]>`select count(*)::int as n from public.pledges`;
  console.log(
    `\ncheck_invariants over ${rows?.n} pledges: ${broken.length} broken, ${((performance.now() - began) / 1000).toFixed(1)} s`,
  );
  if (broken.length > 0) throw new Error(`Broken: ${JSON.stringify(broken.slice(0, 3))}`);
  await sql.end();
} finally {
  await admin.end();
  await server.close();
  await removeCluster(dataDir);
  await rm(folder, { recursive: true, force: true });
}
