/**
 * What the embedded Inngest executor costs: from event to code, from step to step, runs a second, and its memory.
 *   npx tsx bench/inngest-executor.ts
 * Everything runs on this machine: PostgreSQL without fsync as in tests, the executor as a process of its own, the app here.
 */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { removeCluster, startPostgres } from "../devstack/postgres/server.ts";
import { clientFor, EVENT_KEY, serveApp, SIGNING_KEY } from "../tests/integration/conformance/inngest-harness.ts";

const STEPS = 100;
const EVENTS = 200;
const RUNS = 500;

const quantile = (values: readonly number[], q: number): string => {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0).toFixed(1);
};
const gaps = (times: readonly number[]): number[] => times.slice(1).map((time, index) => time - (times[index] ?? time));

const folder = await mkdtemp(path.join(tmpdir(), "inngest-bench-"));
await chmod(folder, 0o711); // The account that PostgreSQL runs under must get through.
const dataDir = path.join(folder, "data");
const database = await startPostgres({ port: 0, dataDir, durable: false, log: () => undefined });
const executor = spawn(process.execPath, [fileURLToPath(new URL("../devstack/inngest/main.ts", import.meta.url))], {
  env: {
    ...process.env,
    PORT: "0",
    DATABASE_URL: database.databaseUrl(),
    INNGEST_EVENT_KEY: EVENT_KEY,
    INNGEST_SIGNING_KEY: SIGNING_KEY,
  },
  stdio: ["ignore", "pipe", "inherit"],
});
const base = await new Promise<string>((resolve, reject) => {
  let out = "";
  executor.stdout.on("data", (chunk: Buffer) => {
    out += chunk.toString();
    const ready = /^ready (\S+)$/m.exec(out);
    if (ready?.[1]) resolve(ready[1]);
  });
  executor.once("exit", (code) => reject(new Error(`The executor ended with ${code}: ${out}`)));
});
const rss = (): string => {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${executor.pid}/status`, "utf8"))?.[1];
  return `${Math.round(Number(kilobytes) / 1024)} MB`;
};

const client = clientFor(base);
const began: number[] = [];
let finished: () => void = () => undefined;
const marks = { checkpointed: [] as number[], plain: [] as number[] };
let left = 0;
const sequence = (kind: keyof typeof marks) =>
  client.createFunction(
    { id: kind, checkpointing: kind === "checkpointed", triggers: [{ event: `b/${kind}` }] },
    async ({ step }) => {
      for (let i = 0; i < STEPS; i += 1) await step.run(`s${i}`, () => marks[kind].push(performance.now()));
      finished();
    },
  );
const app = await serveApp(client, [
  client.createFunction({ id: "first", triggers: [{ event: "b/first" }] }, () => {
    began.push(performance.now());
    finished();
  }),
  sequence("checkpointed"),
  sequence("plain"),
  client.createFunction({ id: "three", triggers: [{ event: "b/three" }] }, async ({ step }) => {
    for (const id of ["a", "b", "c"]) await step.run(id, () => id);
    left -= 1;
    if (left === 0) finished();
  }),
]);
await fetch(app.url, { method: "PUT" });
const send = async (payload: { name: string } | { name: string }[]): Promise<void> => {
  await client.send(payload);
};
const completion = (): Promise<void> => new Promise((resolve) => (finished = resolve));

process.stdout.write(`executor idle: ${rss()} resident\n`);
const waits: number[] = [];
for (let i = 0; i < EVENTS; i += 1) {
  const done = completion();
  const sent = performance.now();
  await Promise.all([send({ name: "b/first" }), done]);
  waits.push((began.at(-1) ?? 0) - sent);
}
process.stdout.write(
  `event posted to function's code: p50 ${quantile(waits, 0.5)} ms, p95 ${quantile(waits, 0.95)} ms (${EVENTS} events)\n`,
);
for (const kind of ["checkpointed", "plain"] as const) {
  const done = completion();
  await send({ name: `b/${kind}` });
  await done;
  const between = gaps(marks[kind]);
  process.stdout.write(
    `step to step, ${kind}: p50 ${quantile(between, 0.5)} ms, p95 ${quantile(between, 0.95)} ms (${STEPS} steps)\n`,
  );
}
left = RUNS;
const done = completion();
const start = performance.now();
await send(Array.from({ length: RUNS }, () => ({ name: "b/three" })));
await done;
const seconds = (performance.now() - start) / 1_000;
process.stdout.write(
  `${RUNS} runs of three steps: ${(RUNS / seconds).toFixed(0)} runs/s, ${((RUNS * 3) / seconds).toFixed(0)} steps/s\n`,
);
process.stdout.write(`executor after that: ${rss()} resident\n`);

const ended = new Promise((resolve) => executor.once("exit", resolve));
executor.kill("SIGTERM");
await ended;
await app.close();
await database.close();
await removeCluster(dataDir);
await rm(folder, { recursive: true, force: true });
