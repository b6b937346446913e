import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { Redis as Resp } from "ioredis";
import postgres from "postgres";
import Stripe from "stripe";
import type { RunningService } from "../../devstack/service.ts";
import { startStripe, type RunningStripe } from "../../devstack/stripe/server.ts";
import { startRedis, type RunningRedis } from "../../devstack/upstash/redis.ts";
import { startUpstash } from "../../devstack/upstash/server.ts";
import { Acknowledged } from "./acknowledged.ts";
import { answerCalls } from "./calls.ts";
import type { Cluster } from "./cluster.ts";
import { Product } from "./product.ts";
import { startDataApi, type Scene } from "./scene.ts";
import { setDatabaseAhead } from "./virtual-time.ts";
import { EVENT_KEY, SIGNING_KEY, Workflows } from "./workflows.ts";

const log = (): void => undefined;
const NOWHERE = "http://127.0.0.1:9";
const hex = (bytes: number): string => randomBytes(bytes).toString("hex");

/** After so many seeds a worker's processes have compiled most of what there is to. */
const LEARNING = 8;
let worldsClosed = 0;

/** All that a seed's run works on, its own but for the worker's PostgreSQL. */
export class World {
  readonly acknowledged = new Acknowledged();
  readonly cluster: Cluster;
  readonly databaseUrl: string;
  readonly workflows: Workflows;
  product!: Product;
  stripe!: RunningStripe;
  /**
   * The provider's lists, as a person sees them in its dashboard. Only lists: faults are ordered for what the application calls, and
   * one that struck the simulation's own call would be used up by it.
   */
  provider!: Stripe;
  supabase!: RunningService;
  #sql: postgres.Sql;
  #redis!: RunningRedis;
  #upstash!: RunningService;
  #resp!: Resp;
  #post!: Server;
  #folder = "";
  #aheadMs = 0;
  #skewMs = 0;

  private constructor(cluster: Cluster, databaseUrl: string) {
    this.cluster = cluster;
    this.databaseUrl = databaseUrl;
    this.#sql = connect(databaseUrl);
    this.workflows = new Workflows(() => this.now());
  }

  /** @param seed makes the emulator's ids the same in each run; @param script what bundleProduct() made */
  static async open(cluster: Cluster, script: string, seed: number): Promise<World> {
    const world = new World(cluster, await cluster.clone());
    try {
      await world.#start(script, seed);
      return world;
    } catch (error) {
      await world.close();
      throw error;
    }
  }

  async #start(script: string, seed: number): Promise<void> {
    const { keys } = this.cluster.scene;
    this.#folder = await mkdtemp(path.join(tmpdir(), "devmentor-seed-"));
    const token = hex(16);
    const secrets = { stripe: `sk_test_${hex(12)}`, publishable: `pk_test_${hex(12)}`, webhook: `whsec_${hex(12)}` };
    this.#redis = await startRedis({ port: 0, dataDir: path.join(this.#folder, "redis"), log });
    this.#resp = new Resp(this.#redis.url, { maxRetriesPerRequest: null });
    this.#resp.on("error", () => undefined); // It is killed on purpose.
    const [upstash, supabase, workflowsUrl, mailUrl] = await Promise.all([
      startUpstash({ port: 0, redisUrl: this.#redis.url, token, log }),
      startDataApi(this.databaseUrl, keys).then((api) => answerCalls(api, this.databaseUrl, keys.secretKey)),
      this.workflows.listen(),
      this.#listenForMail(),
    ]);
    this.#upstash = upstash;
    this.supabase = supabase;
    // The port of the application is not known yet; the schedule delivers webhooks itself, so the endpoint is set before the first.
    this.product = new Product(script, {
      PATH: process.env["PATH"] ?? "",
      NODE_COMPILE_CACHE: path.join(path.dirname(script), "compiled"),
      LOG_LEVEL: "error",
      TRUSTED_PROXY_HOPS: "1",
      APP_URL: "http://127.0.0.1:3999",
      SUPABASE_URL: supabase.url,
      SUPABASE_PUBLISHABLE_KEY: keys.publishableKey,
      SUPABASE_SECRET_KEY: keys.secretKey,
      UPSTASH_REDIS_REST_URL: upstash.url,
      UPSTASH_REDIS_REST_TOKEN: token,
      INNGEST_BASE_URL: workflowsUrl,
      INNGEST_EVENT_KEY: EVENT_KEY,
      INNGEST_SIGNING_KEY: SIGNING_KEY,
      GITHUB_URL: NOWHERE,
      GITHUB_API_URL: NOWHERE,
      GITHUB_CLIENT_ID: "simulation",
      GITHUB_CLIENT_SECRET: "simulation",
      OSV_API_URL: NOWHERE,
      STRIPE_SECRET_KEY: secrets.stripe,
      STRIPE_PUBLISHABLE_KEY: secrets.publishable,
      STRIPE_WEBHOOK_SECRETS: secrets.webhook,
      STRIPE_API_URL: await this.#startStripe(seed, secrets),
      STRIPE_JS_URL: `${NOWHERE}/endive/stripe.js`,
      RESEND_API_KEY: "re_simulation",
      RESEND_BASE_URL: mailUrl,
      MAIL_FROM: "DevMentor <hello@devmentor.test>",
      TOKEN_ENCRYPTION_KEY: randomBytes(32).toString("base64"),
      LINK_SIGNING_KEY: hex(32),
    });
    await this.product.start();
    await this.workflows.sync(this.product.url);
    this.#webhookTarget = `${this.product.url}/api/webhooks/stripe`;
  }

  /** Where the emulator's deliveries are handed on to; it is configured before the application has a port. */
  #webhookTarget = "";
  #front: Server | undefined;

  async #startStripe(
    seed: number,
    secrets: { readonly stripe: string; readonly publishable: string; readonly webhook: string },
  ): Promise<string> {
    // A front that notes what was acknowledged: 2xx is the application's word that it has the event.
    this.#front = createServer((incoming, outgoing) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.on("end", () => {
        const body = Buffer.concat(chunks);
        fetch(this.#webhookTarget, {
          method: "POST",
          headers: {
            "stripe-signature": String(incoming.headers["stripe-signature"]),
            "content-type": "application/json",
          },
          body: new Uint8Array(body),
          signal: AbortSignal.timeout(30_000),
        })
          .then(async (answer) => {
            const text = await answer.text();
            if (answer.ok) this.acknowledged.events.add((JSON.parse(body.toString()) as { id: string }).id);
            outgoing.writeHead(answer.status).end(text);
          })
          .catch(() => outgoing.destroy());
      });
    });
    const url = await listen(this.#front);
    this.stripe = await startStripe({
      port: 0,
      file: ":memory:",
      secretKey: secrets.stripe,
      publishableKey: secrets.publishable,
      webhook: { url, secret: secrets.webhook },
      seed: String(seed),
      log,
    });
    const { hostname, port } = new URL(this.stripe.url);
    this.provider = new Stripe(secrets.stripe, {
      host: hostname,
      port,
      protocol: "http",
      maxNetworkRetries: 0,
      telemetry: false,
    });
    await this.control("POST", "settings", { webhooks: "manual", signatureClock: "emulator" });
    return this.stripe.url;
  }

  /** Takes every mail. */
  #listenForMail(): Promise<string> {
    this.#post = createServer((request, response) => {
      request.resume();
      request.on("end", () =>
        response.writeHead(200, { "content-type": "application/json" }).end(`{"id":"${hex(8)}"}`),
      );
    });
    return listen(this.#post);
  }

  get scene(): Scene {
    return this.cluster.scene;
  }

  /** Virtual time, ms since 1970. */
  now(): number {
    return Date.now() + this.#aheadMs;
  }

  /** Asks the database as its owner; again while it is being restarted. */
  async ask<Row extends object>(question: (sql: postgres.Sql) => Promise<readonly Row[]>): Promise<readonly Row[]> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await question(this.#sql);
      } catch (error) {
        if (tries >= 200 || !LOST.test(`${String((error as { code?: unknown }).code)} ${String(error)}`)) throw error;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }

  get redis(): Resp {
    return this.#resp;
  }

  /** The emulator's control API. */
  async control<Answer = Record<string, unknown>>(
    method: "DELETE" | "GET" | "POST",
    where: string,
    body?: unknown,
  ): Promise<Answer> {
    return (await this.stripe.control(method, `/_emulator/${where}`, body)) as Answer;
  }

  /** Time goes by: for the provider, the database, the application, and for what Redis keeps. */
  async letPass(time: number): Promise<void> {
    const ms = Math.ceil(time);
    this.#aheadMs += ms;
    await this.ask((sql) => setDatabaseAhead(sql, this.#aheadMs));
    await this.product.setAhead(this.#aheadMs + this.#skewMs);
    await this.#age(ms);
    // To the same moment, not by the same step: what setting the clocks took must not add up.
    await this.control("POST", "clock", { to: this.now() });
  }

  /** The application's clock is wrong by so much from now on. */
  async skew(ms: number): Promise<void> {
    this.#skewMs = ms;
    await this.product.setAhead(this.#aheadMs + ms);
  }

  async #age(ms: number): Promise<void> {
    for (const key of await this.#resp.keys("*")) {
      const left = await this.#resp.pttl(key);
      if (left >= 0) await this.#resp.pexpire(key, Math.max(0, left - ms));
    }
  }

  /** SIGKILL of Redis. Where it runs inside this process, as without a redis-server, it is closed. @returns what starts it again */
  async killRedis(): Promise<() => Promise<void>> {
    const { port, pid } = this.#redis;
    if (pid !== null) process.kill(pid, "SIGKILL");
    await this.#redis.close();
    return async () => {
      this.#redis = await startRedis({ port, dataDir: path.join(this.#folder, "redis"), log });
      await this.#resp.ping();
    };
  }

  async close(): Promise<void> {
    if ((worldsClosed += 1) <= LEARNING) await this.product?.keepCompiled();
    await this.product?.kill();
    await this.workflows.close();
    for (const server of [this.#front, this.#post]) server?.closeAllConnections();
    await Promise.all([this.#front, this.#post].map((server) => server && new Promise((done) => server.close(done))));
    await this.stripe?.close();
    await this.supabase?.close();
    this.#resp?.disconnect();
    await this.#upstash?.close();
    await this.#redis?.close();
    await this.#sql.end({ timeout: 5 });
    await this.cluster.drop(this.databaseUrl);
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** What a driver says of a database that is away for a moment. */
const LOST = /CONNECTION_|ECONNREFUSED|ECONNRESET|CONNECT_TIMEOUT|57P0[123]|terminating connection|starting up/;

const connect = (url: string): postgres.Sql => postgres(url, { max: 3, onnotice: () => {}, connect_timeout: 10 });

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
