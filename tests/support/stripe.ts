import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import Stripe from "stripe";
import { afterAll, beforeAll } from "vitest";
import { type RunningStripe, startStripe, type StripeOptions } from "../../devstack/stripe/server.ts";

export interface TestStripe {
  readonly url: string;
  readonly secretKey: string;
  readonly publishableKey: string;
  readonly webhookSecret: string;
  /** Where its state is kept: a test may write into it behind everybody's back. */
  readonly file: string;
  /** The official SDK on this emulator, without retries of its own. */
  readonly client: Stripe;
  /** The control API (faults, clock, deliveries, …), see devstack/README.md. */
  control<Answer = Record<string, unknown>>(
    method: "DELETE" | "GET" | "POST",
    path: string,
    body?: unknown,
  ): Promise<Answer>;
  /** Resolves when no webhook that is due waits or is under way. */
  settle(): Promise<void>;
  /** Stops it, as an outage does; its port refuses connections. */
  stop(): Promise<void>;
  /** Starts it again on its port, with its state. */
  start(): Promise<void>;
}

/** The official SDK, pointed at an emulator. */
export function stripeClient(url: string, key: string): Stripe {
  const { hostname, port } = new URL(url);
  return new Stripe(key, { host: hostname, port, protocol: "http", maxNetworkRetries: 0, telemetry: false });
}

/**
 * A Stripe emulator of this test file's own; call at the top level. Its time and its state belong to the file alone.
 * @param options.webhookUrl where its events go, asked when it starts; without one they are only listed
 * @param options.observe told of each call and event
 * @param options.seed makes its ids the same in each run
 */
export function useStripe(
  options: { webhookUrl?: () => string; seed?: string; observe?: StripeOptions["observe"] } = {},
): TestStripe {
  const secretKey = `sk_test_${randomBytes(12).toString("hex")}`;
  const publishableKey = `pk_test_${randomBytes(12).toString("hex")}`;
  const webhookSecret = `whsec_${randomBytes(12).toString("hex")}`;
  const state: { service?: RunningStripe; folder?: string; client?: Stripe; port: number } = { port: 0 };
  const start = async () => {
    state.folder ??= await mkdtemp(path.join(tmpdir(), "devmentor-stripe-"));
    state.service = await startStripe({
      port: state.port,
      file: path.join(state.folder, "stripe.sqlite"),
      secretKey,
      publishableKey,
      ...(options.webhookUrl && { webhook: { url: options.webhookUrl(), secret: webhookSecret } }),
      ...(options.seed !== undefined && { seed: options.seed }),
      ...(options.observe && { observe: options.observe }),
      log: () => {},
    });
    state.port = state.service.port;
    state.client ??= stripeClient(state.service.url, secretKey);
  };
  const running = (): RunningStripe => {
    if (!state.service) throw new Error("useStripe() is ready inside tests and hooks only; call it at the top level.");
    return state.service;
  };
  beforeAll(start);
  afterAll(async () => {
    await state.service?.close();
    if (state.folder) await rm(state.folder, { recursive: true, force: true });
  });
  return {
    secretKey,
    publishableKey,
    webhookSecret,
    get url() {
      return running().url;
    },
    get file() {
      return path.join(state.folder ?? "", "stripe.sqlite");
    },
    get client() {
      running();
      if (!state.client) throw new Error("The emulator has no client yet.");
      return state.client;
    },
    control: async <Answer>(method: "DELETE" | "GET" | "POST", where: string, body?: unknown) =>
      (await running().control(method, `/_emulator/${where}`, body)) as Answer,
    settle: () => running().settle(),
    stop: () => running().close(),
    start,
  };
}
