import { randomBytes, randomUUID } from "node:crypto";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import path from "node:path";
import postgres from "postgres";
import type Stripe from "stripe";
import { makePledge } from "@/lib/giving/pledge/make-pledge";
import { readTotals } from "@/lib/giving/totals/read-totals";
import { receiveEvent } from "@/lib/giving/webhook/receive-event";
import { readSignedEvent } from "@/lib/platform/stripe/webhook";
import { claimEvents } from "@/lib/giving/webhook/store";
import { metrics } from "@/lib/platform/telemetry/metrics";
import { startPostgres } from "../devstack/postgres/server.ts";
import { startStripe } from "../devstack/stripe/server.ts";
import { migrate } from "../devstack/supabase/migrate.ts";
import { startSupabase } from "../devstack/supabase/server.ts";
import { startRedis } from "../devstack/upstash/redis.ts";
import { startUpstash } from "../devstack/upstash/server.ts";
import { productEnv } from "../tests/support/product-env.ts";
import { stripeClient } from "../tests/support/stripe.ts";

/**
 * The verbs of giving on the embedded services, in one process and without Next: pledges a second beside one bare RPC,
 * with the share of their time that is Stripe's (the emulator's), the database's and Redis's; webhooks verified, stored and
 * settled; totals from memory.
 * Run: `node --conditions=react-server --import tsx bench/pledges.ts [calls] [concurrent]`.
 */
const CALLS = Number(process.argv[2] ?? 300);
const CONCURRENT = Number(process.argv[3] ?? 8);
const quiet = (): void => {};

const folder = await mkdtemp(path.join(tmpdir(), "devmentor-bench-"));
await chmod(folder, 0o711); // The account that PostgreSQL runs under must get through.
const database = await startPostgres({ port: 0, dataDir: path.join(folder, "data"), log: quiet, durable: true });
await migrate(database.databaseUrl());
const keys = { publishableKey: "sb_publishable_bench", secretKey: `sb_secret_${randomBytes(16).toString("hex")}` };
const supabase = await startSupabase({
  port: 0,
  databaseUrl: database.databaseUrl(),
  ...keys,
  jwtSecret: randomBytes(32).toString("hex"),
  siteUrl: "http://127.0.0.1:3999",
  github: null,
  log: quiet,
  poolSize: 10,
});
const redis = await startRedis({ port: 0, dataDir: folder, log: quiet });
const token = randomBytes(16).toString("hex");
const upstash = await startUpstash({ port: 0, redisUrl: redis.url, token, log: quiet });
const secrets = { secretKey: "sk_test_bench", publishableKey: "pk_test_bench" };
const stripe = await startStripe({ port: 0, file: path.join(folder, "stripe.sqlite"), ...secrets, log: quiet });
Object.assign(process.env, productEnv({}), {
  LOG_LEVEL: "error",
  SUPABASE_URL: supabase.url,
  SUPABASE_PUBLISHABLE_KEY: keys.publishableKey,
  SUPABASE_SECRET_KEY: keys.secretKey,
  UPSTASH_REDIS_REST_URL: upstash.url,
  UPSTASH_REDIS_REST_TOKEN: token,
  STRIPE_SECRET_KEY: secrets.secretKey,
  STRIPE_API_URL: stripe.url,
  STRIPE_WEBHOOK_SECRETS: "whsec_bench",
});

/** A campaign that takes gifts. */
async function openCampaign(): Promise<string> {
  const sql = postgres(database.databaseUrl(), { max: 1, onnotice: quiet });
  const owner = randomUUID();
  await sql`insert into auth.users (id, email) values (${owner}, 'owner@devmentor.test')`;
  await sql`insert into public.user_roles (user_id, role) values (${owner}, 'campaign_admin') on conflict do nothing`;
  const draft = { title: "Bench", summary: "Measured.", story: "Measured.", goalMinor: 100_000_000, currency: "EUR" };
  const [made] = await sql<{ id: string; version: string }[]>`
    select c.made -> 'campaign' ->> 'id' as id, c.made -> 'campaign' ->> 'version' as version
    from (select public.create_campaign(${owner}, ${sql.json(draft)}, '') as made) c`;
  const { id = "", version = "0" } = made ?? {};
  await sql`select public.update_campaign(${owner}, ${id}, ${version}, ${sql.json({ status: "active" })}, '')`;
  await sql.end();
  return id;
}

/** Seconds spent in outside calls so far, by service. */
async function outside(): Promise<Record<string, number>> {
  const sums: Record<string, number> = {};
  const text = await metrics().registry.metrics();
  for (const [, service = "", value] of text.matchAll(
    /outside_call_duration_seconds_sum\{[^}]*service="(\w+)"[^}]*\} (\S+)/g,
  ))
    sums[service] = (sums[service] ?? 0) + Number(value);
  return sums;
}

async function load(what: string, call: () => Promise<unknown>, calls = CALLS) {
  for (let warm = 0; warm < 3; warm += 1) await call();
  const took: number[] = [];
  let left = calls;
  const began = performance.now();
  await Promise.all(
    Array.from({ length: CONCURRENT }, async () => {
      while (left-- > 0) {
        const before = performance.now();
        await call();
        took.push(performance.now() - before);
      }
    }),
  );
  const rate = took.length / ((performance.now() - began) / 1000);
  took.sort((a, b) => a - b);
  const at = (share: number): number => took[Math.floor((took.length - 1) * share)] ?? 0;
  console.log(
    `${what}: ${took.length} calls, ${rate.toFixed(0)}/s, p50 ${at(0.5).toFixed(2)} ms, p99 ${at(0.99).toFixed(2)} ms`,
  );
  return { rate, p99: at(0.99), seconds: took.reduce((sum, ms) => sum + ms, 0) / 1000 };
}

try {
  const campaignId = await openCampaign();
  let address = 0;
  const pledge = (): Promise<unknown> =>
    makePledge(
      {
        campaignId,
        amountMinor: 2500,
        currency: "EUR",
        donor: { email: `bench-${randomUUID()}@devmentor.test`, anonymous: true },
        paymentMethod: "pm_card_visa",
      },
      {
        userId: null,
        address: `10.0.${((address += 1) >> 8) & 255}.${address & 255}`,
        keyHeader: randomUUID(),
        traceparent: "",
        traceId: "1".repeat(32),
      },
    );
  console.log(`${cpus().length} cores, ${CONCURRENT} at once`);
  const bare = await load("one bare RPC", () => claimEvents(1, 60));
  const before = await outside();
  const pledges = await load("pledges", pledge);
  const after = await outside();
  for (const service of ["stripe", "supabase", "redis"]) {
    const spent = (after[service] ?? 0) - (before[service] ?? 0);
    console.log(`  of their time in ${service}: ${((100 * spent) / pledges.seconds).toFixed(0)} %`);
  }
  console.log(
    `  ${((100 * pledges.rate) / bare.rate).toFixed(0)} % of the RPC's rate, p99 ${(pledges.p99 / bare.p99).toFixed(1)} times its`,
  );
  const signer = stripeClient(stripe.url, secrets.secretKey).webhooks;
  await load("webhooks verified, stored and settled", async () => {
    const id = `evt_${randomUUID().replaceAll("-", "")}`;
    const payload = JSON.stringify({
      id,
      type: "balance.available",
      created: 1,
      data: { object: { object: "balance" } },
    });
    const signature = signer.generateTestHeaderString({ payload, secret: "whsec_bench" });
    const event = readSignedEvent(Buffer.from(payload), signature) as Stripe.Event;
    await receiveEvent({ ...event, livemode: false });
  });
  await load("totals from memory", () => readTotals(campaignId), CALLS * 10);
} finally {
  await stripe.close();
  await upstash.close();
  await redis.close();
  await supabase.close();
  await database.close();
  await rm(folder, { recursive: true, force: true });
}
