/**
 * `POST /api/v1/pledges` of the built product on the embedded stack, over HTTP, beside a bare Next route handler that does one RPC,
 * in one run and in turns. Says which share of the time is Stripe's (the emulator's), the database's, Redis's, and what is left
 * for Next and our own code. What follows a gift (its events' workflows, its webhooks) is held back meanwhile, so that what is measured is
 * the request alone.
 *
 *   npx tsx bench/pledge-route.ts [calls a turn, 200] [at once, 8]
 */
import { spawn, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import path from "node:path";
import { freePort } from "../devstack/ports.ts";
import { startProduct } from "../tests/e2e/product.ts";
import { load, openCampaign, percentile, type Load } from "./product-load.ts";

const ROOT = path.join(import.meta.dirname, "..");
const NEXT = path.join(ROOT, "node_modules/next/dist/bin/next");
const CALLS = Number(process.argv[2] ?? 200);
const AT_ONCE = Number(process.argv[3] ?? 8);
const TURNS = 3;

/** The smallest Next app with a route handler that reads a body and does one RPC; inside the repository, for its packages. */
function writeBareApp(folder: string): void {
  const files: Readonly<Record<string, string>> = {
    "package.json": '{ "private": true, "type": "module" }\n',
    "next.config.mjs": `export default { turbopack: { root: ${JSON.stringify(ROOT)} }, outputFileTracingRoot: ${JSON.stringify(ROOT)} };\n`,
    "app/layout.jsx":
      'export default function Layout({ children }) {\n  return <html lang="en"><body>{children}</body></html>;\n}\n',
    "app/page.jsx": "export default function Page() {\n  return <p>Bare</p>;\n}\n",
    "app/rpc/route.js": `export async function POST(request) {
  await request.json();
  const key = process.env.SUPABASE_SECRET_KEY;
  const answer = await fetch(process.env.SUPABASE_URL + "/rest/v1/rpc/claim_webhook_events", {
    method: "POST",
    headers: { apikey: key, authorization: "Bearer " + key, "content-type": "application/json" },
    body: JSON.stringify({ p_limit: 1, p_lease_seconds: 60 }),
  });
  return Response.json(await answer.json(), { status: answer.status });
}
`,
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
}

async function startBareApp(folder: string, env: Readonly<Record<string, string>>) {
  const options = { cwd: ROOT, env: { ...process.env, ...env, NODE_ENV: "production" as const } };
  const built = spawnSync(process.execPath, [NEXT, "build", folder], { ...options, encoding: "utf8" });
  if (built.status !== 0) throw new Error(`The bare app was not built:\n${built.stdout}\n${built.stderr}`);
  const port = await freePort();
  const child = spawn(process.execPath, [NEXT, "start", folder, "-p", String(port), "-H", "127.0.0.1"], {
    ...options,
    stdio: "ignore",
  });
  const url = `http://127.0.0.1:${port}/rpc`;
  for (let tries = 0; ; tries += 1) {
    const up = await fetch(url, { method: "POST", body: "{}" }).catch(() => null);
    if (up?.status === 200) break;
    if (tries > 300) throw new Error(`The bare app does not answer (${up?.status}).`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { url, stop: () => child.kill() };
}

// Each call comes from an address of its own, as donors do.
process.env["TRUSTED_PROXY_HOPS"] = "1";
const product = await startProduct();
mkdirSync(path.join(ROOT, ".devstack"), { recursive: true });
const folder = mkdtempSync(path.join(ROOT, ".devstack/bare-next-"));
let bare: Awaited<ReturnType<typeof startBareApp>> | undefined;
try {
  const { env } = await product.status();
  const { APP_URL: app = "", METRICS_TOKEN: token = "" } = env;
  writeBareApp(folder);
  bare = await startBareApp(folder, env);
  const bareUrl = bare.url;
  const campaign = await openCampaign(app);
  await product.sql(async (sql) => {
    await sql.unsafe(`create function private.bench_hold() returns trigger language plpgsql as $$
      begin new.next_attempt_at := now() + interval '1 day'; return new; end $$;
      create trigger bench_hold before insert on private.outbox for each row execute function private.bench_hold()`);
  });
  await fetch(`${env["STRIPE_API_URL"]}/_emulator/settings`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ webhooks: "manual" }),
  });
  let address = 0;
  const post = async (url: string, body: object, headers: Record<string, string>, wanted: number): Promise<void> => {
    const answer = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    if (answer.status !== wanted) throw new Error(`${url} was answered ${answer.status}: ${text}`);
  };
  const rpc = () => post(bareUrl, {}, {}, 200);
  const pledge = () =>
    post(
      `${app}/api/v1/pledges`,
      {
        campaignId: campaign.id,
        amountMinor: 2500,
        currency: "EUR",
        donor: { email: `bench-${randomUUID()}@devmentor.test`, anonymous: true },
        paymentMethod: "pm_card_visa",
      },
      { "idempotency-key": randomUUID(), "x-forwarded-for": `10.0.${((address += 1) >> 8) & 255}.${address & 255}` },
      201,
    );
  /** Seconds that requests for pledges took in the server, and those that it waited for others meanwhile, by service. */
  const spent = async (): Promise<Record<string, number>> => {
    const answer = await fetch(`${app}/api/metrics`, { headers: { authorization: `Bearer ${token}` } });
    const sums: Record<string, number> = {};
    for (const line of (await answer.text()).split("\n")) {
      const own = /^devmentor_http_request_duration_seconds_sum\{[^}]*route="\/api\/v1\/pledges"[^}]*\} (\S+)/.exec(
        line,
      );
      const call = /^devmentor_outside_call_duration_seconds_sum\{[^}]*service="(\w+)"[^}]*\} (\S+)/.exec(line);
      if (own) sums["pledges"] = (sums["pledges"] ?? 0) + Number(own[1]);
      if (call) sums[String(call[1])] = (sums[String(call[1])] ?? 0) + Number(call[2]);
    }
    return sums;
  };
  /** Calls of our functions so far, over whatever connection, by name. */
  const databaseCalls = (): Promise<Record<string, number>> =>
    product.sql(async (sql) => {
      const rows = await sql<{ name: string; calls: number }[]>`
        select substring(query from 'public[.]([a-z_]+)[(]') as name, sum(calls)::int as calls from extensions.pg_stat_statements
        where query like 'select * from public.%(%' group by 1`;
      return Object.fromEntries(rows.map(({ name, calls }) => [name, calls]));
    });
  await load(rpc, 100, AT_ONCE);
  await load(pledge, 40, AT_ONCE);
  const turns: { bare: Load; pledges: Load }[] = [];
  const before = await spent();
  const calledBefore = await databaseCalls();
  for (let turn = 0; turn < TURNS; turn += 1)
    turns.push({ bare: await load(rpc, 2 * CALLS, AT_ONCE), pledges: await load(pledge, CALLS, AT_ONCE) });
  const after = await spent();
  const called = await databaseCalls();
  const middle = (of: (turn: (typeof turns)[number]) => number): number => percentile(turns.map(of), 0.5);
  const say = (what: string, name: "bare" | "pledges") =>
    console.log(
      `${what.padEnd(28)} ${middle((t) => t[name].perSecond)
        .toFixed(0)
        .padStart(
          5,
        )}/s   p50 ${middle((t) => t[name].p50).toFixed(1)} ms   p99 ${middle((t) => t[name].p99).toFixed(1)} ms`,
    );
  console.log(`${cpus().length} cores, ${AT_ONCE} at once, ${TURNS} turns of ${CALLS} pledges (medians)`);
  say("bare route with one RPC", "bare");
  say("POST /api/v1/pledges", "pledges");
  console.log(
    `${((100 * middle((t) => t.pledges.perSecond)) / middle((t) => t.bare.perSecond)).toFixed(0)} % of the bare route's rate (aim ≥ 20 %), p99 ${(middle((t) => t.pledges.p99) / middle((t) => t.bare.p99)).toFixed(1)} times its (aim ≤ 4)`,
  );
  const took = (name: string): number => (after[name] ?? 0) - (before[name] ?? 0);
  const share = (name: string): number => (100 * took(name)) / took("pledges");
  const outside = ["stripe", "supabase", "redis"].map((name) => [name, share(name)] as const);
  const rest = 100 - outside.reduce((sum, [, part]) => sum + part, 0);
  console.log(
    `of the time in the server: ${outside.map(([name, part]) => `${name} ${part.toFixed(0)} %`).join(", ")}, Next and our own code ${rest.toFixed(0)} %`,
  );
  const calls = Object.entries(called)
    .map(([name, times]) => [name, (times - (calledBefore[name] ?? 0)) / (TURNS * CALLS)] as const)
    .filter(([, times]) => times >= 0.05)
    .toSorted(([, one], [, other]) => other - one);
  console.log(
    `database calls for each pledge (claim_webhook_events is the bare route's): ${calls.map(([name, times]) => `${name} ${times.toFixed(2)}`).join(", ")}`,
  );
} finally {
  bare?.stop();
  rmSync(folder, { recursive: true, force: true });
  await product.stop();
}
