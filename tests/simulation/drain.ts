import { Broken } from "./acknowledged.ts";
import { checkAtRest, checkReconciled } from "./checks.ts";
import type { Faults } from "./faults.ts";
import { deliver, give, giveAgain } from "./operations.ts";
import { CRONS } from "./steps.ts";
import { trace } from "./trace.ts";
import type { World } from "./world.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;
/** Rounds of everything that runs by itself, each at the moment when the next thing falls due. */
const MOST_ROUNDS = 60;
/** Checks further away than this are of holds, which end by themselves. What waits for a person's decision is at rest too. */
const FAR = 3 * DAY;
const PATIENCE_MS = 60_000;

/** Every cron, in the order in which one makes work for the next. */
const ALL_CRONS: readonly string[] = [
  ...CRONS.relay,
  ...CRONS.sweep,
  ...CRONS.project,
  ...CRONS.endCampaigns,
  "resume-reconciliation",
];
/** Which of them takes up what lies in wait where. The other ones find what was lost, and run at the beginning and at the end. */
const CRON_OF: Readonly<Record<string, string>> = {
  outbox: "drain-outbox",
  inbox: "drive-webhook-inbox",
  payment: "sweep-payments",
  refund: "send-refunds",
  reconciliation: "resume-reconciliation",
};

/** What a drain found out. */
export interface Drained {
  /** From the end of the last fault until a new gift went through, ms: real ones, and virtual ones that an open breaker was waited for. */
  readonly recoveredMs: number;
  readonly rounds: number;
  /** Virtual time that it took to come to rest, ms. */
  readonly virtualMs: number;
}

/**
 * Ends all faults, waits until a gift goes through, and lets everything run that runs by itself, until nothing is left: webhooks are
 * delivered, workflows and crons run, time goes by from one due moment to the next. Then a comparison with the provider. All is looked
 * at before it, too, where every webhook came: a comparison heals, and would hide what they should have done.
 * @throws Broken when it does not come to rest, or is not well then
 */
export async function drain(world: World, faults: Faults): Promise<Drained> {
  await faults.end();
  const recoveredMs = await recover(world);
  const began = world.now();
  let compared = false;
  let crons: readonly string[] = ALL_CRONS;
  for (let round = 1; round <= MOST_ROUNDS; round += 1) {
    const beganRound = performance.now();
    await runAll(world, crons);
    const left = await whatIsLeft(world);
    trace(`  round ${round} ${(performance.now() - beganRound).toFixed(0)} ms ${JSON.stringify(left)}`);
    // At rest is only what no cron finds anything to do in.
    const everyCronRan = crons === ALL_CRONS;
    crons = left.next === null ? ALL_CRONS : left.crons;
    if (left.next === null && !everyCronRan) continue;
    if (left.next === null && compared) {
      await checkAtRest(world);
      await checkReconciled(world);
      return { recoveredMs, rounds: round, virtualMs: world.now() - began };
    }
    if (left.next === null) {
      if (await everythingWasTold(world, faults)) await checkAtRest(world);
      // What no webhook told (a drop, a refusal for three days) is found by comparing.
      await world.workflows.tick("reconcile-nightly", 1, world.product.url);
      compared = true;
      continue;
    }
    await world.letPass(Math.max(MINUTE + 1_000, left.next - world.now() + 1_000));
  }
  throw new Broken("it does not come to rest", await whatIsLeft(world));
}

/**
 * Whether each webhook was taken in the end. After a wrong clock nothing is sure: what a process has read is dated by its clock, and what
 * is read after it by a right one may count as older until the comparison.
 */
async function everythingWasTold(world: World, faults: Faults): Promise<boolean> {
  const { deliveries } = await world.control<{ deliveries: { state: string }[] }>("GET", "deliveries");
  return (faults.struck["clock_skew"] ?? 0) === 0 && deliveries.every(({ state }) => state === "delivered");
}

/** Gives until a gift is taken, to the campaign that stays open. @returns ms until then, real ones and those that went by */
async function recover(world: World): Promise<number> {
  const began = performance.now();
  let virtualMs = 0;
  const gift = await give(world, {
    donor: 23,
    campaign: world.scene.campaigns.length - 1,
    amountMinor: 1_000,
    card: "good",
    coverFees: false,
    times: 1,
  });
  while (gift.answers.at(-1) !== 201 && gift.answers.at(-1) !== 200) {
    if (performance.now() - began > PATIENCE_MS)
      throw new Broken("no gift goes through after the faults have ended", gift);
    // Limits that are used up are no outage; an open breaker is, and says when to come again: that much virtual time goes by.
    if (gift.answers.at(-1) === 429) await world.letPass(61 * MINUTE);
    if (gift.answers.at(-1) === 503) await world.letPass(10_000);
    virtualMs += gift.answers.at(-1) === 503 ? 10_000 : 0;
    await new Promise((resolve) => setTimeout(resolve, 50));
    await giveAgain(world, gift);
  }
  return performance.now() - began + virtualMs;
}

async function runAll(world: World, crons: readonly string[]): Promise<void> {
  for (let again = true; again;) {
    const delivered = await deliver(world, { most: 1_000, abreast: 4, order: "as they came", mix: 0 });
    const worked = await world.workflows.work(1_000, 4, 1, world.product.url);
    await world.product.idle();
    again = delivered > 0 || worked > 0;
  }
  for (const id of crons) await world.workflows.tick(id, 1, world.product.url);
  await world.product.idle();
}

/** What is under way, and when the next of it falls due (virtual time); null when nothing is. */
async function whatIsLeft(
  world: World,
): Promise<{ readonly next: number | null; readonly crons: readonly string[]; readonly what: object }> {
  const { deliveries } = await world.control<{ deliveries: { state: string; due_at: number }[] }>("GET", "deliveries");
  const pending = deliveries.filter(({ state }) => state === "pending").map(({ due_at: at }) => at);
  const workflows = world.workflows.waiting;
  const rows = await world.ask(
    (sql) => sql<{ what: string; at: number }[]>`
      select 'outbox' as what, extract(epoch from o.next_attempt_at)::float8 * 1000 as at from private.outbox o
        where o.published_at is null and o.dead_at is null
      union all
      select 'inbox', extract(epoch from w.next_attempt_at)::float8 * 1000 from private.webhook_events w where w.next_attempt_at is not null
      union all
      select 'payment', extract(epoch from p.check_at)::float8 * 1000 from public.payments p
        where p.check_at is not null and not (p.state = 'authorized' and coalesce(p.review::text, '') = 'held')
      union all
      select 'refund', extract(epoch from r.due_at)::float8 * 1000 from public.refunds r
        where r.due_at is not null and r.status = 'pending' and r.refund_id is null
      union all
      select 'reconciliation', extract(epoch from simulation.now())::float8 * 1000 from private.reconciliation_runs x where x.state = 'running'`,
  );
  const until = world.now() + FAR;
  const ours = rows.filter(({ what, at }) => what !== "payment" || at <= until);
  const moments = [
    ...pending,
    ...(workflows.due > 0 ? [world.now()] : []),
    ...(workflows.next === null ? [] : [workflows.next]),
    ...ours.map(({ at }) => at),
  ];
  return {
    next: moments.length > 0 ? Math.min(...moments) : null,
    // Also of what falls due later: time goes by before they run.
    crons: ALL_CRONS.filter((id) => ours.some(({ what }) => CRON_OF[what] === id)),
    what: { pending: pending.length, workflows, rows: ours },
  };
}
