import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "../../../devstack/ports.ts";
import { stripeClient } from "../../support/stripe.ts";

/** The emulator is a process of its own here, killed with SIGKILL while it is at work. */

const MAIN = fileURLToPath(new URL("../../../devstack/stripe/main.ts", import.meta.url));
const KEY = "sk_test_durable";
let folder: string;
let port: number;
let child: ChildProcess | undefined;

async function start(): Promise<void> {
  const started = spawn(process.execPath, [MAIN], {
    env: {
      ...process.env,
      PORT: String(port),
      STRIPE_FILE: path.join(folder, "stripe.sqlite"),
      STRIPE_SECRET_KEY: KEY,
      STRIPE_PUBLISHABLE_KEY: "pk_test_durable",
      NODE_NO_WARNINGS: "1",
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  child = started;
  await new Promise<void>((resolve, reject) => {
    let out = "";
    started.stdout.on("data", (chunk: Buffer) => {
      out += chunk.toString();
      if (/^ready /m.test(out)) resolve();
    });
    started.once("exit", (code) => reject(new Error(`The emulator ended with ${code}: ${out}`)));
  });
}
const kill = async (): Promise<void> => {
  const ended = new Promise((resolve) => child?.once("exit", resolve));
  child?.kill("SIGKILL");
  await ended;
};

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "devmentor-stripe-"));
  port = await freePort();
  await start();
});
afterAll(async () => {
  child?.removeAllListeners("exit");
  await kill();
  await rm(folder, { recursive: true, force: true });
});

test("killed at any moment, it has lost nothing that it acknowledged, and done nothing twice", async () => {
  const client = stripeClient(`http://127.0.0.1:${port}`, KEY);
  const acknowledged = new Map<string, string>();
  for (let round = 0; round < 4; round += 1) {
    child?.removeAllListeners("exit");
    let under = true;
    const work = Array.from({ length: 6 }, async (_, worker) => {
      for (let count = 0; under; count += 1) {
        const key = `r${round}-w${worker}-${count}`;
        try {
          const made = await client.paymentIntents.create(
            {
              amount: 500,
              currency: "eur",
              confirm: true,
              payment_method: "pm_card_visa",
              return_url: "https://example.org",
              capture_method: "manual",
              metadata: { key },
            },
            { idempotencyKey: key },
          );
          acknowledged.set(key, made.id);
        } catch {
          // The killed process did not answer this one; whether it did it is asked below.
          under = false;
        }
      }
    });
    const target = acknowledged.size + 15;
    await new Promise<void>((resolve) => {
      const look = setInterval(() => {
        if (acknowledged.size < target) return;
        clearInterval(look);
        resolve();
      }, 5);
    });
    await kill();
    await Promise.all(work);
    await start();
  }
  child?.removeAllListeners("exit");
  const all = await client.paymentIntents.list({ limit: 100 }).autoPagingToArray({ limit: 10_000 });
  const byKey = new Map(all.map((each) => [each.metadata["key"], each.id]));
  expect(byKey.size).toBe(all.length);
  for (const [key, id] of acknowledged) {
    expect(byKey.get(key)).toBe(id);
    const again = await client.paymentIntents.create(
      {
        amount: 500,
        currency: "eur",
        confirm: true,
        payment_method: "pm_card_visa",
        return_url: "https://example.org",
        capture_method: "manual",
        metadata: { key },
      },
      { idempotencyKey: key },
    );
    expect(again.id).toBe(id);
  }
  const charges = await client.charges.list({ limit: 100 }).autoPagingToArray({ limit: 10_000 });
  expect(charges).toHaveLength(all.length);
  const events = await client.events
    .list({ limit: 100, type: "payment_intent.created" })
    .autoPagingToArray({ limit: 10_000 });
  expect(events).toHaveLength(all.length);
});
