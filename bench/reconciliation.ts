/**
 * A comparison with the payment provider at scale: payments by the hundred thousand, each with its objects at the Stripe emulator,
 * differences of every kind planted among them, then a real run: the event in the outbox, the relay, the executor, the steps of
 * the workflow over HTTP in the application's own process, page after page from the emulator. Fails when a planted difference
 * is not found or healed, when one is found that was not planted, or over its budget.
 *
 *   node --conditions=react-server --import tsx bench/reconciliation.ts [payments, 100000] [planted of each kind, 20] [once]
 *
 * A second run goes over the same payments, and its process is killed in the middle (SIGKILL); with `once` it is left out. On a busy machine
 * the processor time tells more than the wall clock: the application's, the emulator's, and that of the Data API and the executor (this process).
 */
import { readFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { startStack, until, type Stack } from "../scripts/game-days/stack.ts";
import { foldAll, makePayments } from "../tests/support/reconciling/payments.ts";
import { mendBooks, plant, type Planted } from "../tests/support/reconciling/planted.ts";
import { Provider } from "../tests/support/reconciling/provider.ts";
import { judgeRun } from "../tests/support/reconciling/verdict.ts";
import type { Run } from "@/lib/giving/reconciliation/schemas";

const COUNT = Number(process.argv[2] ?? 100_000);
const EACH = Number(process.argv[3] ?? 20);
const BUDGET = { minutes: 10, megabytes: 512 };
const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`;

const stack = await startStack({ sharedBuffersMb: 512 });
try {
  console.log(`${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}`);
  // What the rows mean is folded by the bench itself; nothing is sent while they are made.
  await stack.host.kill();
  let began = performance.now();
  const rows = await makePayments(stack.sql, COUNT, { days: 20, unsent: EACH, atOnce: 2 });
  console.log(`${COUNT} payments made by the money functions in ${seconds(began)}`);
  began = performance.now();
  const provider = await Provider.of(stack.stripe);
  provider.fill(rows);
  console.log(`their objects written into the emulator in ${seconds(began)}`);
  await healthy(stack, "before anything was planted");
  began = performance.now();
  const planted = await plant(rows, EACH, { sql: stack.sql, provider, emulator: stack.stripe });
  const reported = planted.reduce((sum, { reports }) => sum + reports.length, 0);
  console.log(
    `${planted.length} planted in ${seconds(began)}: ${reported} to report, ${planted.filter(({ heals }) => heals).length} to heal, the rest harmless`,
  );
  await stack.host.start();

  const first = await reconciled(stack);
  report("the run", first);
  await judged(stack, first.run, planted);
  const left = await mendBooks(stack.sql, planted);
  if (process.argv[4] !== "once") {
    const second = await reconciled(stack, { killedAt: "charges" });
    report("the run after it, killed at its charges", second);
    await judged(stack, second.run, left);
    if (second.run.counts["healed"]) throw new Error("The second run healed again.");
  }
  await until("all events are told of", async () => {
    const [left] = await stack.sql<
      { n: number }[]
    >`select count(*)::int as n from private.outbox where published_at is null`;
    return left?.n === 0;
  });
  await stack.host.kill();
  await foldAll(stack.sql);
  await healthy(stack, "at the end");
  provider.close();
  if (first.minutes > BUDGET.minutes || first.peakMb > BUDGET.megabytes)
    throw new Error(`Over the budget of ${BUDGET.minutes} minutes and ${BUDGET.megabytes} MB.`);
} finally {
  await stack.close();
}

interface Measured {
  readonly run: Run;
  readonly minutes: number;
  readonly peakMb: number;
  /** Processor time in seconds: application, emulator, and this process. */
  readonly processor: readonly number[];
}

/** Processor time of a process so far, in seconds: 100 ticks each, as every Linux shows them. */
function processorOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Begins a run over all payments, as the nightly cron does, and waits for its end. */
async function reconciled(
  { sql, host, stripe }: Stack,
  { killedAt }: { killedAt?: Run["stage"] } = {},
): Promise<Measured> {
  const since = performance.now();
  const [begun] = await sql<{ id: string }[]>`
    select public.start_reconciliation('schedule', null, now() - interval '30 days') ->> 'id' as id`;
  const id = begun?.id ?? "";
  const read = async (): Promise<Run> => {
    const [row] = await sql<{ run: Run }[]>`select public.read_reconciliation(${id}) as run`;
    if (!row) throw new Error("The run is gone.");
    return row.run;
  };
  if (killedAt) {
    await until(`the run is at its ${killedAt}`, async () => {
      const { stage, lastId } = await read();
      return stage === killedAt && lastId !== null;
    });
    await host.kill();
    await host.start();
  }
  const spent = () => [host.pid, stripe.process.pid, process.pid].map(processorOf);
  const before = spent();
  let peakMb = 0;
  await until(
    "the run has ended",
    async () => {
      peakMb = host.peakMb();
      return (await read()).state !== "running";
    },
    3_600_000,
  );
  const run = await read();
  if (run.state !== "completed") throw new Error(`The run ended as ${run.state}: ${run.error}\n${host.said}`);
  const processor = spent().map((seconds, index) => seconds - (before[index] ?? 0));
  return { run, minutes: (performance.now() - since) / 60_000, peakMb, processor };
}

function report(what: string, { run, minutes, peakMb, processor }: Measured): void {
  const [application = 0, emulator = 0, rest = 0] = processor;
  console.log(
    `${what}: ${(minutes * 60).toFixed(1)} s, at most ${peakMb.toFixed(0)} MB resident, load ${loadavg()[0]?.toFixed(1)}`,
  );
  console.log(
    `  processor: application ${application.toFixed(1)} s, emulator ${emulator.toFixed(1)} s, Data API and executor ${rest.toFixed(1)} s`,
  );
  console.log(
    `  ${Object.entries(run.counts)
      .map(([name, n]) => `${name} ${n}`)
      .join(", ")}`,
  );
}

async function judged({ sql }: Stack, run: Run, planted: readonly Planted[]): Promise<void> {
  const verdict = await judgeRun(sql, run, planted);
  const wrong = Object.entries(verdict).filter(([, list]) => (list as string[]).length > 0);
  console.log(
    wrong.length === 0
      ? "  everything planted was found or healed, and nothing else"
      : JSON.stringify(verdict, null, 1),
  );
  if (wrong.length > 0) throw new Error("The run did not see what is there.");
}

async function healthy({ sql }: Stack, when: string): Promise<void> {
  const broken = await sql`select * from private.check_invariants(true)`;
  console.log(`check_invariants(true) ${when}: ${broken.length} broken`);
  if (broken.length > 0) throw new Error(JSON.stringify(broken.slice(0, 5)));
}
