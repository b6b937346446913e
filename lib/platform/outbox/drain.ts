import type { OutboxStore, Publish, Settled } from "./event.ts";
import { OUTBOX } from "./policy.ts";
import { publishBatch } from "./publish-batch.ts";

export interface DrainReport extends Settled {
  /** Nobody could be reached; whoever calls again soon waits longer. */
  readonly outage: boolean;
}

/** One batch, for metrics. */
export interface BatchSample extends DrainReport {
  readonly claimed: number;
  /** From the first publish call of the batch to the end of the last, in ms. */
  readonly publishMs: number;
  /** For each published event the ms from the start of the transaction that wrote it. */
  readonly lagsMs: readonly number[];
}

export interface DrainOptions {
  readonly store: OutboxStore;
  readonly publish: Publish;
  /** Told of each batch. */
  readonly observe?: (sample: BatchSample) => void;
  /** Most batches in one drain; default 20, so that a request or a cron ends some time. */
  readonly maxBatches?: number;
  /** Ends the drain after the batch under way. */
  readonly signal?: AbortSignal;
}

/**
 * Publishes what is due, a batch at a time, until nothing is, nobody can be reached, or `maxBatches` are done.
 *
 * The one drain: the worker, `after()`, the Inngest cron and the edge function `relay-outbox` all call it, any
 * number at once. It loads in Deno, which is why the files it imports are named with their extension.
 * @throws what the store throws; an event that was published but not settled is published again when its
 *   lease ends, under the same id
 */
export async function drain({ store, publish, observe, maxBatches = 20, signal }: DrainOptions): Promise<DrainReport> {
  const total = { published: 0, retried: 0, dead: 0, outage: false };
  for (let batch = 0; batch < maxBatches && !signal?.aborted && !total.outage; batch += 1) {
    const claimedAt = performance.now();
    const events = await store.claim(OUTBOX.batch, OUTBOX.leaseSeconds);
    if (events.length === 0) break;
    const expired = (): boolean => performance.now() - claimedAt > OUTBOX.leaseSeconds * 1000 * OUTBOX.leaseShare;
    const begun = performance.now();
    const { outcomes, outage } = await publishBatch(events, publish, expired);
    const publishMs = performance.now() - begun;
    const at = Date.now();
    const settled = await settleFirmly(() => store.settle(outcomes));
    total.published += settled.published;
    total.retried += settled.retried;
    total.dead += settled.dead;
    total.outage = outage;
    if (observe) {
      const published = new Set(outcomes.filter((one) => one.outcome === "published").map((one) => one.id));
      const lagsMs = events.filter((event) => published.has(event.id)).map((event) => at - event.createdAt.getTime());
      observe({ ...settled, outage, claimed: events.length, publishMs, lagsMs });
    }
    // The store takes all that is due, up to the batch: fewer means that there is no more.
    if (events.length < OUTBOX.batch) break;
  }
  return total;
}

/** What was published is written down even when the database is just coming back: else all of it goes out again. */
async function settleFirmly(settle: () => Promise<Settled>): Promise<Settled> {
  for (const wait of OUTBOX.settleRetriesMs) {
    try {
      return await settle();
    } catch {
      // The last try below says what is wrong, should it last.
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
  return settle();
}
