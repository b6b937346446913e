import type { Caller } from "./call.ts";
import { dispatch, type LeasedJob, type Outcome } from "./dispatch.ts";
import type { Registry } from "./registry.ts";
import { isPassing, type Sql } from "./database.ts";
import { fireTimers } from "./timers.ts";
import { settle, type Backoff } from "./transitions.ts";

/** Requests under way at once, over all functions. */
const MOST_AT_ONCE = 64;
/** How many due jobs are looked at in one go. */
const WINDOW = 100;
/** The timer is looked up at least this often, should a clock have jumped. */
const LONGEST_NAP_MS = 30_000;

export interface SchedulerOptions {
  readonly sql: Sql;
  readonly registry: Registry;
  readonly caller: Caller;
  readonly signingKey: string;
  /** This executor's entry in `owner`; another one there means that it has been replaced. */
  readonly token: string;
  readonly backoff: Backoff;
  readonly log: (line: string) => void;
}

/**
 * Takes due jobs and timers from PostgreSQL and works them off. Who changes something calls `wake`; otherwise it sleeps
 * until the next moment that PostgreSQL knows of.
 */
export class Scheduler {
  private readonly options: SchedulerOptions;
  private readonly busy = new Map<string, number>();
  private readonly underWay = new Set<Promise<void>>();
  private readonly stop = new AbortController();
  private nap: NodeJS.Timeout | undefined;
  private lookup: NodeJS.Timeout | undefined;
  private lookups = 0;
  private looping = false;
  private woken = false;
  private timersDue = true;
  private readonly absent = new Map<string, string>();

  constructor(options: SchedulerOptions) {
    this.options = options;
  }

  /** Looks for work now. */
  wake(): void {
    this.woken = true;
    if (this.looping || this.stop.signal.aborted) return;
    this.looping = true;
    void this.loop();
  }

  /** Stops taking work and ends the requests under way; their jobs are done again by the next executor. */
  async close(): Promise<void> {
    this.stop.abort();
    clearTimeout(this.nap);
    clearTimeout(this.lookup);
    await Promise.allSettled(this.underWay);
  }

  private async loop(): Promise<void> {
    while (this.woken && !this.stop.signal.aborted) {
      this.woken = false;
      try {
        if (this.timersDue) {
          this.timersDue = false;
          await fireTimers(this.options.sql, this.options.registry);
        }
        while (await this.claim()) {
          // until nothing more may start
        }
        this.plan();
      } catch (error) {
        this.report("looking for work", error);
        this.timersDue = true;
        this.napFor(500);
      }
    }
    this.looping = false;
    if (this.woken) this.wake();
  }

  private report(doing: string, error: unknown): void {
    if (this.stop.signal.aborted) return;
    const why = error instanceof Error ? error.message : String(error);
    this.options.log(`${doing} failed: ${why}${isPassing(error) ? " (tried again shortly)" : ""}`);
  }

  private napFor(ms: number): void {
    clearTimeout(this.nap);
    this.nap = setTimeout(() => {
      this.timersDue = true;
      this.wake();
    }, ms);
  }

  /** Finds out when to wake next; a little later, so that a burst of work asks once. */
  private plan(): void {
    if (this.lookup || this.stop.signal.aborted) return;
    this.lookup = setTimeout(() => {
      this.lookup = undefined;
      void this.nextMoment();
    }, 10);
  }

  private async nextMoment(): Promise<void> {
    this.lookups += 1;
    const mine = this.lookups;
    try {
      const [row] = await this.options.sql<{ ms: number | null; token: string }[]>`
        select (extract(epoch from least(
            (select min(due_at) from jobs where lease is null and ${this.underWay.size < MOST_AT_ONCE} and not (buckets && ${this.full()})),
            (select min(due_at) from steps where status = 'pending' and due_at is not null),
            (select min(next_at) from ticks),
            (select min(due_at) from batches)
          ) - clock_timestamp()) * 1000)::float8 as ms, token from owner`;
      // An answer from before something was added must not overrule a later one.
      if (mine !== this.lookups) return;
      if (row && row.token !== this.options.token) {
        this.options.log("another executor has taken over this database; this one does nothing more");
        this.stop.abort();
        return;
      }
      this.napFor(Math.min(Math.max(Math.ceil(row?.ms ?? LONGEST_NAP_MS), 1), LONGEST_NAP_MS));
    } catch (error) {
      this.report("looking up the next timer", error);
      this.napFor(500);
    }
  }

  private full(): string[] {
    return [...this.busy]
      .filter(([bucket, count]) => count >= this.options.registry.limitOf(bucket))
      .map(([bucket]) => bucket);
  }

  /** Starts what is due and may start. @returns whether there may be more */
  private async claim(): Promise<boolean> {
    const room = MOST_AT_ONCE - this.underWay.size;
    if (room <= 0) return false;
    const { sql, token } = this.options;
    const due = await sql<{ id: string; buckets: string[] }[]>`
      select id::text, buckets from jobs
      where lease is null and due_at <= now() and not (buckets && ${this.full()})
      order by due_at, id limit ${WINDOW}`;
    const chosen: string[] = [];
    for (const job of due) {
      if (chosen.length >= room) break;
      if (job.buckets.some((bucket) => (this.busy.get(bucket) ?? 0) >= this.options.registry.limitOf(bucket))) continue;
      this.count(job.buckets, 1);
      chosen.push(job.id);
    }
    if (chosen.length === 0) return false;
    const claimed = await this.lease(chosen, due, token);
    for (const job of claimed) {
      const work = this.work(job).finally(() => {
        this.underWay.delete(work);
        this.count(job.buckets, -1);
        this.wake();
      });
      this.underWay.add(work);
    }
    return due.length === WINDOW && claimed.length > 0;
  }

  private async lease(
    chosen: readonly string[],
    due: readonly { id: string; buckets: string[] }[],
    token: string,
  ): Promise<LeasedJob[]> {
    let claimed: LeasedJob[] = [];
    try {
      claimed = await this.options.sql<LeasedJob[]>`
        with claimed as (
          update jobs set lease = gen_random_uuid()::text from owner
          where jobs.id = any(${[...chosen]}::bigint[]) and jobs.lease is null and owner.token = ${token}
          returning jobs.*
        ), started as (
          update runs set status = 'running', started_at = now() from claimed where runs.id = claimed.run_id and runs.status = 'queued'
        )
        select id::text, run_id as "runId", step_id as "stepId", function_id as "functionId", buckets, attempt, lease from claimed`;
      return claimed;
    } finally {
      const got = new Set(claimed.map((job) => job.id));
      for (const job of due) if (chosen.includes(job.id) && !got.has(job.id)) this.count(job.buckets, -1);
    }
  }

  private count(buckets: readonly string[], by: number): void {
    for (const bucket of buckets) {
      const next = (this.busy.get(bucket) ?? 0) + by;
      if (next > 0) this.busy.set(bucket, next);
      else this.busy.delete(bucket);
    }
  }

  private async work(job: LeasedJob): Promise<void> {
    const { sql, registry, backoff } = this.options;
    const fn = registry.get(job.functionId);
    const context = { registry, backoff, maxAttempts: (id: string) => registry.get(id)?.maxAttempts ?? 1 };
    const record = (outcome: Outcome) =>
      this.insist(`recording run ${job.runId}`, () => settle(sql, context, job, outcome));
    try {
      const outcome = await this.insist(`dispatching run ${job.runId}`, () =>
        dispatch({ ...this.options, signal: this.stop.signal }, job, fn),
      );
      if (outcome === undefined || this.stop.signal.aborted) return;
      this.noteAbsence(job, outcome, fn?.appId);
      await record(outcome);
    } catch (error) {
      // PostgreSQL will never take this (text it cannot hold, say): the run ends with the reason instead of hanging.
      const message = `The outcome could not be recorded: ${error instanceof Error ? error.message : String(error)}`;
      await record({
        kind: "threw",
        error: { name: "NotRecorded", message },
        retriable: false,
        retryAfterMs: null,
      }).catch((again: unknown) => this.report(`ending run ${job.runId}`, again));
    }
  }

  /** Says once that an app is away, and once that it is back. */
  private noteAbsence(job: LeasedJob, outcome: Outcome, appId: string | undefined): void {
    if (appId === undefined) return;
    if (outcome.kind === "absent") {
      if (!this.absent.has(appId))
        this.options.log(`the app "${appId}" is away, its runs wait for it: ${outcome.message}`);
      this.absent.set(appId, outcome.message);
    } else {
      if (this.absent.delete(appId)) this.options.log(`the app "${appId}" is back`);
      if (outcome.kind === "threw")
        this.options.log(
          `${job.functionId} run ${job.runId} attempt ${job.attempt}: ${outcome.error.name}: ${outcome.error.message}`,
        );
    }
  }

  /**
   * PostgreSQL may be away for a while: what is known is kept and written as soon as it is back.
   * @returns undefined when the executor closes meanwhile
   * @throws Error that will not pass by itself
   */
  private async insist<T>(doing: string, work: () => Promise<T>): Promise<T | undefined> {
    for (let tries = 0; !this.stop.signal.aborted; tries += 1) {
      try {
        return await work();
      } catch (error) {
        if (tries === 0) this.report(doing, error);
        if (!isPassing(error)) throw error;
        await new Promise((resolve) => setTimeout(resolve, Math.min(50 * 2 ** tries, 1_000)));
      }
    }
    return undefined;
  }
}
