import { randomBytes, randomUUID } from "node:crypto";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import postgres from "postgres";
import type Stripe from "stripe";
import { startInngest } from "../../devstack/inngest/server.ts";
import { startMail } from "../../devstack/mail/server.ts";
import { freePort } from "../../devstack/ports.ts";
import { removeCluster, startPostgres, type RunningPostgres } from "../../devstack/postgres/server.ts";
import { migrate } from "../../devstack/supabase/migrate.ts";
import { startSupabase } from "../../devstack/supabase/server.ts";
import { startRedis, type RunningRedis } from "../../devstack/upstash/redis.ts";
import { startUpstash } from "../../devstack/upstash/server.ts";
import { startGuardian } from "../../tests/support/guardian.ts";
import { productEnv } from "../../tests/support/product-env.ts";
import { bundleProduct } from "../../tests/simulation/product.ts";
import { stripeClient } from "../../tests/support/stripe.ts";
import { openAddress, type Address } from "./address.ts";
import { Process } from "./process.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
const quiet = (): void => undefined;

export interface StackOptions {
  readonly sharedBuffersMb?: number;
  /** Further settings of PostgreSQL. @param folder where things may be kept beside it */
  readonly postgres?: (folder: string) => Readonly<Record<string, string>>;
}

/** A whole stack of its own on free ports: nothing that a developer runs is touched. */
export interface Stack {
  readonly folder: string;
  readonly sql: postgres.Sql;
  /** The one address of the database, whichever server is behind it. */
  readonly databaseUrl: string;
  readonly address: Address;
  /** The server that the stack began with, and how another one is put in its place. */
  readonly database: { current: RunningPostgres; readonly dataDir: string };
  /** Has a server ended with the stack, should nobody end it before. */
  care(server: RunningPostgres, dataDir: string): void;
  /** Ends the process group should this process be killed. */
  guard(pid: number): void;
  readonly redis: { current: RunningRedis; start(): Promise<void> };
  readonly stripe: {
    readonly process: Process;
    readonly url: string;
    readonly file: string;
    /** The secret that it signs with at first. */
    readonly webhookSecret: string;
    readonly client: Stripe;
    control(method: "DELETE" | "GET" | "POST", path: string, body?: unknown): Promise<Record<string, unknown>>;
  };
  /** The application. */
  readonly host: Process;
  readonly url: string;
  close(): Promise<void>;
}

/** Starts PostgreSQL with all migrations, Auth and Data API, Redis, Stripe's emulator, the workflow executor and the application. */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const folder = await mkdtemp(path.join(tmpdir(), "devmentor-game-day-"));
  await chmod(folder, 0o711); // The account that PostgreSQL runs under must get through.
  const guardian = startGuardian();
  guardian.folder(folder);
  const closers: (() => Promise<unknown>)[] = [
    async () => {
      await rm(folder, { recursive: true, force: true });
      guardian.end();
    },
  ];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).toReversed()) await closer().catch(quiet);
  };
  try {
    const care = (server: RunningPostgres, dataDir: string): void => {
      closers.push(async () => {
        await server.close();
        await removeCluster(dataDir);
      });
    };
    const dataDir = path.join(folder, "data");
    const server = await startPostgres({
      port: 0,
      dataDir,
      sharedBuffersMb: options.sharedBuffersMb ?? 128,
      settings: options.postgres?.(folder) ?? {},
      log: quiet,
      onSpawn: guardian.group,
    });
    care(server, dataDir);
    const address = await openAddress(server.port);
    closers.push(address.close);
    const databaseUrl = server.databaseUrl().replace(`:${server.port}/`, `:${address.port}/`);
    await migrate(databaseUrl);
    const sql = postgres(databaseUrl, { max: 4, onnotice: quiet });
    closers.push(() => sql.end({ timeout: 1 }));

    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const keys = { publishableKey: "sb_publishable_game", secretKey: `sb_secret_${randomBytes(16).toString("hex")}` };
    const supabase = await startSupabase({
      port: 0,
      databaseUrl,
      ...keys,
      jwtSecret: randomBytes(32).toString("hex"),
      siteUrl: url,
      github: null,
      log: quiet,
      poolSize: 10,
    });
    closers.push(supabase.close);
    const redis = await redisOf(folder);
    closers.push(() => redis.current.close());
    const token = randomBytes(16).toString("hex");
    const upstash = await startUpstash({ port: 0, redisUrl: redis.current.url, token, log: quiet });
    closers.push(upstash.close);
    const stripe = await stripeOf(folder, url);
    closers.push(() => stripe.process.kill("SIGTERM"));
    const mailKey = "re_game";
    const mail = await startMail({ port: 0, apiKey: mailKey, domain: "devmentor.test", runDir: folder, log: quiet });
    closers.push(mail.close);
    const signingKey = `signkey-test-${randomBytes(32).toString("hex")}`;
    const inngest = await startInngest({
      port: 0,
      databaseUrl,
      eventKey: "game",
      signingKey,
      apps: [`${url}/api/inngest`],
      backoff: () => 500,
      log: quiet,
    });
    closers.push(inngest.close);
    const host = new Process("application", [await bundleProduct(path.join(folder, "app"))], {
      ...environment(),
      ...productEnv({}),
      NODE_ENV: "production",
      PORT: String(port),
      HOST_RELAY: "on",
      APP_URL: url,
      LOG_LEVEL: "error",
      TRUSTED_PROXY_HOPS: "1",
      SUPABASE_URL: supabase.url,
      SUPABASE_PUBLISHABLE_KEY: keys.publishableKey,
      SUPABASE_SECRET_KEY: keys.secretKey,
      UPSTASH_REDIS_REST_URL: upstash.url,
      UPSTASH_REDIS_REST_TOKEN: token,
      INNGEST_BASE_URL: inngest.url,
      INNGEST_EVENT_KEY: "game",
      INNGEST_SIGNING_KEY: signingKey,
      STRIPE_SECRET_KEY: stripe.secretKey,
      STRIPE_PUBLISHABLE_KEY: stripe.publishableKey,
      STRIPE_WEBHOOK_SECRETS: stripe.webhookSecret,
      STRIPE_API_URL: stripe.url,
      RESEND_API_KEY: mailKey,
      RESEND_BASE_URL: mail.url,
    });
    closers.push(() => host.kill("SIGKILL"));
    await host.start();
    await until("the executor knows the application", async () => {
      const answer = await fetch(`${inngest.url}/v0/apps/sync`, { method: "POST" });
      return answer.status === 200;
    });
    return {
      folder,
      sql,
      databaseUrl,
      address,
      database: { current: server, dataDir },
      care,
      guard: guardian.group,
      redis,
      stripe,
      host,
      url,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

const environment = (): Record<string, string> =>
  Object.fromEntries(["PATH", "HOME"].flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));

async function redisOf(folder: string): Promise<Stack["redis"]> {
  const port = await freePort();
  const start = () => startRedis({ port, dataDir: folder, log: quiet });
  const redis = {
    current: await start(),
    start: async () => {
      redis.current = await start();
    },
  };
  return redis;
}

async function stripeOf(folder: string, app: string) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const file = path.join(folder, "stripe.sqlite");
  const [secretKey, publishableKey, webhookSecret] = ["sk_test_game", "pk_test_game", `whsec_${randomUUID()}`];
  const emulator = new Process("Stripe emulator", [path.join(ROOT, "devstack/stripe/main.ts")], {
    ...environment(),
    PORT: String(port),
    STRIPE_FILE: file,
    STRIPE_SECRET_KEY: secretKey,
    STRIPE_PUBLISHABLE_KEY: publishableKey,
    STRIPE_WEBHOOK_URL: `${app}/api/webhooks/stripe`,
    STRIPE_WEBHOOK_SECRETS: webhookSecret,
  });
  await emulator.start();
  return {
    process: emulator,
    url,
    file,
    secretKey,
    publishableKey,
    webhookSecret,
    client: stripeClient(url, secretKey),
    control: async (method: "DELETE" | "GET" | "POST", where: string, body?: unknown) => {
      const answer = await fetch(`${url}/_emulator/${where}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      if (!answer.ok) throw new Error(`${method} ${where} was answered ${answer.status}: ${await answer.text()}`);
      return (await answer.json()) as Record<string, unknown>;
    },
  };
}

/**
 * Waits until something holds; a check that throws does not hold yet.
 * @param everyMs pause between two looks
 * @throws Error that names it when it does not within `ms`
 */
export async function until(what: string, check: () => Promise<boolean>, ms = 300_000, everyMs = 50): Promise<void> {
  const began = performance.now();
  let last: unknown = "it did not hold";
  while (performance.now() - began < ms) {
    try {
      if (await check()) return;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  throw new Error(`Within ${ms / 1000} s it did not come about that ${what}.`, { cause: last });
}
