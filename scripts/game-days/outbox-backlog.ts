import { makePayments } from "../../tests/support/reconciling/payments.ts";
import { Provider } from "../../tests/support/reconciling/provider.ts";
import { type GameDay, secondsSince } from "./day.ts";
import { Donors, lossesOf, openCampaign } from "./donors.ts";
import { until, type Stack } from "./stack.ts";

const WANTED = 100_000;
/** Events of one payment on the average: the pledge's, and those of each step that it took. */
const EACH = 5;
const LONGEST_MS = 1_800_000;
/** A look at so many rows costs the server what the recovery needs. */
const LOOK_MS = 1_000;

/** Nobody has published an event for so long that a hundred thousand wait; then the relay is back, with donors at work. */
export const outboxBacklog: GameDay = {
  name: "outbox-backlog",
  stack: { sharedBuffersMb: 512 },
  async run(stack, say) {
    await stack.host.kill();
    const rows = await makePayments(stack.sql, WANTED / EACH, { days: 1, unsent: 0, atOnce: 2, folded: false });
    const provider = await Provider.of(stack.stripe);
    provider.fill(rows);
    provider.close();
    await stack.stripe.control("POST", "settings", { webhooks: "auto" });
    const backlog = await waiting(stack);
    if (backlog < WANTED) throw new Error(`Only ${backlog} events wait, not ${WANTED}.`);
    say(`${backlog} events wait; the relay is started`);
    const began = performance.now();
    await stack.host.start();
    const donors = new Donors(stack, await openCampaign(stack));
    let going = true;
    let slowest = 0;
    const traffic = (async () => {
      while (going) {
        const asked = performance.now();
        await donors.insist();
        slowest = Math.max(slowest, secondsSince(asked));
        await new Promise((resolve) => setTimeout(resolve, 1_000));
      }
    })();
    try {
      await until("the outbox is empty", async () => (await waiting(stack)) === 0, LONGEST_MS, LOOK_MS);
      const published = secondsSince(began);
      say(`published after ${published.toFixed(1)} s`);
      await until("every event is counted", async () => (await uncounted(stack)) === 0, LONGEST_MS, LOOK_MS);
      const recoverySeconds = secondsSince(began);
      say(`counted after ${recoverySeconds.toFixed(1)} s`);
      going = false;
      await traffic;
      await until("the last gifts are captured", async () => (await underWay(stack)) === 0, LONGEST_MS, LOOK_MS);
      const captured = secondsSince(began);
      await until("and counted", async () => (await uncounted(stack)) === 0, LONGEST_MS, LOOK_MS);
      return {
        recoverySeconds,
        losses: await lossesOf(stack, donors),
        notes: [
          `${backlog} events published in ${published.toFixed(1)} s (${(backlog / published).toFixed(0)}/s), all counted in the totals after ${recoverySeconds.toFixed(1)} s`,
          `${donors.acknowledged().length} gifts were taken meanwhile, the slowest within ${slowest.toFixed(1)} s; everything that waited for its capture is captured after ${captured.toFixed(1)} s`,
        ],
      };
    } finally {
      going = false;
      await traffic.catch(() => undefined);
    }
  },
};

async function waiting({ sql }: Stack): Promise<number> {
  const [row] = await sql<{ n: number }[]>`
    select count(*)::int as n from private.outbox where published_at is null and dead_at is null`;
  return row?.n ?? 0;
}

/** Events of giving that the totals do not hold. */
async function uncounted({ sql }: Stack): Promise<number> {
  const [row] = await sql<{ n: number }[]>`
    select count(*)::int as n from private.outbox o
    where o.aggregate_type = 'pledge' and o.name like 'giving/%'
      and not exists (select from private.processed_events e where e.consumer = 'totals' and e.event_id = o.id)`;
  return row?.n ?? 0;
}

/** Payments that are authorised or captured and have not come to their end. */
async function underWay({ sql }: Stack): Promise<number> {
  const [row] = await sql<{ n: number }[]>`
    select count(*)::int as n from public.payments where state in ('authorized', 'captured') or unknown_since is not null`;
  return row?.n ?? 0;
}
