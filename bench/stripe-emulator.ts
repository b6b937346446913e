/**
 * How many calls the Stripe emulator answers, so that a bench of pledges knows its share: a process of its own with a
 * file as under `npm start`, asked over HTTP by so many connections at once.
 *
 *   node bench/stripe-emulator.ts [seconds for each, 5] [connections, 16]
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import path from "node:path";
import autocannon from "autocannon";

const seconds = Number(process.argv[2] ?? "5");
const connections = Number(process.argv[3] ?? "16");
const KEY = "sk_test_bench";
const folder = mkdtempSync(path.join(tmpdir(), "devmentor-bench-stripe-"));
const child = spawn(process.execPath, [path.join(import.meta.dirname, "..", "devstack", "stripe", "main.ts")], {
  env: {
    ...process.env,
    PORT: "0",
    STRIPE_FILE: path.join(folder, "stripe.sqlite"),
    STRIPE_SECRET_KEY: KEY,
    STRIPE_PUBLISHABLE_KEY: "pk_test_bench",
  },
  stdio: ["ignore", "pipe", "inherit"],
});
const url = await new Promise<string>((resolve, reject) => {
  child.stdout.on("data", (chunk: Buffer) => {
    const found = /^ready (\S+)/m.exec(chunk.toString())?.[1];
    if (found) resolve(found);
  });
  child.once("exit", (code) => reject(new Error(`The emulator ended with ${code}.`)));
});

const headers = { authorization: `Bearer ${KEY}`, "content-type": "application/x-www-form-urlencoded" };
const payment = "amount=2500&currency=eur&capture_method=manual&metadata[pledge]=p&metadata[payment]=q";
const confirmed = `${payment}&confirm=true&payment_method=pm_card_visa&return_url=https://example.org`;
const made = (await (await fetch(`${url}/v1/payment_intents`, { method: "POST", headers, body: payment })).json()) as {
  id: string;
};

async function measure(name: string, where: string, options: Partial<autocannon.Options> = {}): Promise<void> {
  let key = 0;
  const result = await autocannon({
    url: url + where,
    connections,
    duration: seconds,
    headers,
    ...options,
    ...(options.method === "POST" && {
      setupClient: (client) => {
        client.setHeaders({ ...headers, "idempotency-key": `${name}-${process.pid}-${(key += 1)}-${Math.random()}` });
        client.on("response", () => {
          client.setHeaders({ ...headers, "idempotency-key": `${name}-${process.pid}-${(key += 1)}-${Math.random()}` });
        });
      },
    }),
  });
  const failed = result.non2xx + result.errors;
  process.stdout.write(
    `${name.padEnd(34)} ${result.requests.average.toFixed(0).padStart(6)} calls/s   p50 ${String(result.latency.p50).padStart(3)} ms   p99 ${String(result.latency.p99).padStart(4)} ms${failed > 0 ? `   ${failed} FAILED` : ""}\n`,
  );
  if (failed > 0) process.exitCode = 1;
}

try {
  process.stdout.write(`${cpus().length} cores, ${connections} connections, ${seconds} s each, durable file\n`);
  await measure("create an intent", "/v1/payment_intents", { method: "POST", body: payment });
  await measure("create and confirm (hold)", "/v1/payment_intents", { method: "POST", body: confirmed });
  await measure("read an intent", `/v1/payment_intents/${made.id}`);
  await measure("list 100 charges", "/v1/charges?limit=100");
} finally {
  child.removeAllListeners("exit");
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await ended;
  rmSync(folder, { recursive: true, force: true });
}
