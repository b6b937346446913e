import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import { BoundedLabel, OTHER } from "./bounded-label";
import { DatabaseMetrics } from "./database-metrics";
import type { Operations } from "./operations";

/** Seconds; from what memory answers to what ends in a time-out. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const STATES: Readonly<Record<string, number>> = { closed: 0, half_open: 1, open: 2 };
const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** How calls to one outside service stand; a policy may guard several. */
interface Standing {
  readonly policy: string;
  readonly state: string;
  readonly running: number;
  readonly waiting: number;
  /** How many may run at once. */
  readonly limit: number;
}

/** All metrics of a process. The product uses {@link metrics}; tests make their own. */
export class Metrics {
  readonly registry = new Registry();
  readonly #labels = new Map<string, BoundedLabel>();
  readonly #requests = this.#histogram("http_request_duration_seconds", "Time to answer, by route template.", [
    "method",
    "route",
    "status",
  ]);
  readonly #outside = this.#histogram("outside_call_duration_seconds", "Time of one attempt at an outside call.", [
    "service",
    "operation",
    "outcome",
  ]);
  readonly #retries = this.#counter("outside_call_retries_total", "Further attempts at outside calls.", ["policy"]);
  readonly #refused = this.#counter("outside_call_rejected_total", "Outside calls refused without being made.", [
    "policy",
    "because",
  ]);
  readonly #outboxEvents = this.#counter("outbox_events_total", "Outbox events by what became of them.", ["outcome"]);
  readonly #outboxLag = this.#histogram("outbox_lag_seconds", "From an event's transaction to its publication.", []);
  readonly #outboxPublish = this.#histogram("outbox_publish_duration_seconds", "Time to publish one batch.", []);
  readonly #outboxBatch = new Histogram({
    name: "devmentor_outbox_batch_events",
    help: "Events claimed in one batch.",
    buckets: [1, 2, 5, 10, 20, 50, 100],
    registers: [this.registry],
  });
  readonly #published = this.#counter(
    "published_events_total",
    "Events published, by name: what happened in the product.",
    ["name"],
  );
  readonly #limits = this.#counter("rate_limit_decisions_total", "Decisions by policy and by who counted.", [
    "policy",
    "decision",
    "counted_by",
  ]);
  readonly #cache = this.#counter(
    "cache_events_total",
    "What the cache did: hits and misses by tier, loads, stale answers.",
    ["event"],
  );
  readonly #batched = this.#counter("batch_items_total", "Items of a batch by what became of them.", [
    "batch",
    "outcome",
  ]);
  readonly #states = this.#counter("state_events_total", "Shared state: reads by tier, writes, conflicts.", ["event"]);
  readonly #workflows = this.#histogram("workflow_step_duration_seconds", "Time of one attempt at a workflow's step.", [
    "workflow",
    "outcome",
  ]);
  readonly #runs = this.#histogram(
    "workflow_run_duration_seconds",
    "From the event that began a run to the end of its function, or of an attempt that failed.",
    ["workflow", "outcome"],
    [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600],
  );
  readonly #studied = this.#counter(
    "learning_events_total",
    "Learning sessions: starts, verdicts, hints, runs, ends.",
    ["event"],
  );
  readonly #graded = this.#histogram("learning_grade_duration_seconds", "Time to judge an answer and write it.", [
    "ran_code",
  ]);
  readonly #reports = this.#counter("error_reports_total", "Errors of ours that were reported.", ["kind"]);
  readonly #overflown = this.#counter(
    "label_overflow_total",
    "Values that a label had no more room for, and that stand as `other`.",
    ["label"],
  );
  readonly #aiBudget = new Gauge({
    name: "devmentor_ai_daily_budget_micro_usd",
    help: "What calls to models may cost in a day, in millionths of a US dollar.",
    registers: [this.registry],
  });
  /** The figures that stand in the database. */
  readonly database: DatabaseMetrics;
  #readStates: () => Iterable<Standing> = () => [];

  /** @param databaseDeadlineMs how long who asks waits for the database's figures */
  constructor(databaseDeadlineMs?: number) {
    this.database = new DatabaseMetrics(this.registry, (label) => this.#overflown.inc({ label }), databaseDeadlineMs);
    const sum = (pick: (one: Standing) => number) => (all: readonly Standing[]) =>
      all.reduce((total, one) => total + pick(one), 0);
    this.#guarded("breaker_state", "0 closed, 1 on trial, 2 open: the worst of a policy's.", (all) =>
      Math.max(...all.map(({ state }) => STATES[state] ?? 0)),
    );
    this.#guarded(
      "outside_pool_running_calls",
      "Outside calls under way.",
      sum(({ running }) => running),
    );
    this.#guarded(
      "outside_pool_waiting_calls",
      "Outside calls that wait for their turn.",
      sum(({ waiting }) => waiting),
    );
    this.#guarded(
      "outside_pool_limit_calls",
      "Outside calls that may be under way.",
      sum(({ limit }) => limit),
    );
  }

  /** A request was answered. `route` is the template, never the path. */
  answered(o: { method: string; route: string; status: number; seconds: number }): void {
    const method = METHODS.has(o.method) ? o.method : OTHER;
    const status = o.status >= 100 && o.status < 600 ? `${Math.floor(o.status / 100)}xx` : OTHER;
    this.#requests.observe({ method, route: this.#bound("route", o.route, 300), status }, o.seconds);
  }

  /** One attempt at an outside call ended. `operation` is a name from code, never an address. */
  calledOutside(o: { service: string; operation: string; outcome: string; seconds: number }): void {
    const operation = this.#bound("operation", o.operation, 100);
    const labels = {
      service: this.#bound("service", o.service),
      operation,
      outcome: this.#bound("outcome", o.outcome),
    };
    this.#outside.observe(labels, o.seconds);
  }

  retriedOutside(policy: string): void {
    this.#retries.inc({ policy: this.#bound("policy", policy) });
  }

  refusedOutside(policy: string, because: string): void {
    this.#refused.inc({ policy: this.#bound("policy", policy), because: this.#bound("because", because) });
  }

  /** Where it is read, when somebody asks for the metrics, how calls to outside services stand. */
  readBreakersFrom(read: () => Iterable<Standing>): void {
    this.#readStates = read;
  }

  /** Where it is read, when somebody asks for the metrics, how everything in the database stands. */
  readOperationsFrom(read: () => Promise<Operations>, aiDailyBudgetMicro: number): void {
    this.database.readFrom(read);
    this.#aiBudget.set(aiDailyBudgetMicro);
  }

  /** An event was published. */
  publishedEvent(name: string): void {
    this.#published.inc({ name: this.#bound("event_name", name, 100) });
  }

  /** A batch of the outbox was published; for the relay's `observe`. */
  drainedOutbox(o: {
    claimed: number;
    published: number;
    retried: number;
    dead: number;
    publishMs?: number;
    lagsMs: readonly number[];
  }): void {
    this.#outboxEvents.inc({ outcome: "published" }, o.published);
    this.#outboxEvents.inc({ outcome: "retried" }, o.retried);
    this.#outboxEvents.inc({ outcome: "dead" }, o.dead);
    this.#outboxBatch.observe(o.claimed);
    if (o.publishMs !== undefined) this.#outboxPublish.observe(o.publishMs / 1000);
    for (const lag of o.lagsMs) this.#outboxLag.observe(Math.max(0, lag / 1000));
  }

  /** A rate limit decided. `countedBy` is the store that answered: `redis`, `memory`, `postgres`. */
  limited(policy: string, decision: "allowed" | "refused" | "blocked", countedBy: string): void {
    this.#limits.inc({ policy: this.#bound("policy", policy), decision, counted_by: this.#bound("store", countedBy) });
  }

  /** Items were taken into a batch, written, refused for want of room, tried again or given up. */
  batched(batch: string, outcome: string, items: number): void {
    this.#batched.inc({ batch: this.#bound("batch", batch), outcome }, items);
  }

  /** Shared state was read, written, or met a conflict. */
  usedState(event: string): void {
    this.#states.inc({ event });
  }

  /** The cache did something, such as `memory_hit` or `source_loaded`. */
  cached(event: string, by: number): void {
    this.#cache.inc({ event: this.#bound("cache_event", event) }, by);
  }

  ranStep(workflow: string, outcome: "ok" | "failed", seconds: number): void {
    this.#workflows.observe({ workflow: this.#bound("workflow", workflow), outcome }, seconds);
  }

  /** A run's function ended, or an attempt at it failed. @param seconds since the event that began it */
  ranWorkflow(workflow: string, outcome: "ok" | "failed", seconds: number): void {
    this.#runs.observe({ workflow: this.#bound("workflow", workflow), outcome }, Math.max(0, seconds));
  }

  /** Something happened in a learning session, such as `hint` or `response_passed`. */
  studied(event: string): void {
    this.#studied.inc({ event: this.#bound("learning_event", event) });
  }

  /** An answer was judged and written. */
  gradedAnswer(ranCode: boolean, seconds: number): void {
    this.#graded.observe({ ran_code: String(ranCode) }, seconds);
  }

  reportedError(kind: string): void {
    this.#reports.inc({ kind: this.#bound("kind", kind) });
  }

  /**
   * Routes, services, policies and tiers are closed sets in code; the bound is for the day when somebody passes a
   * path, an id or an address where a template belongs.
   */
  #bound(label: string, value: string, most = 50): string {
    let known = this.#labels.get(label);
    if (!known) this.#labels.set(label, (known = new BoundedLabel(most)));
    const shown = known.of(value);
    if (shown !== value) this.#overflown.inc({ label });
    return shown;
  }

  /** A figure of each policy, made of all that it guards at the moment in which somebody asks. */
  #guarded(name: string, help: string, of: (all: readonly Standing[]) => number): void {
    const gauge: Gauge<"policy"> = new Gauge({
      name: `devmentor_${name}`,
      help: `${help} Of this process.`,
      labelNames: ["policy"],
      registers: [this.registry],
      collect: () => {
        gauge.reset();
        const byPolicy = Map.groupBy(this.#readStates(), ({ policy }) => this.#bound("policy", policy));
        for (const [policy, all] of byPolicy) gauge.set({ policy }, of(all));
      },
    });
  }

  #histogram<L extends string>(
    name: string,
    help: string,
    labelNames: readonly L[],
    buckets: readonly number[] = SECONDS,
  ): Histogram<L> {
    return new Histogram({
      name: `devmentor_${name}`,
      help,
      labelNames: [...labelNames],
      buckets: [...buckets],
      registers: [this.registry],
    });
  }

  #counter<L extends string>(name: string, help: string, labelNames: readonly L[]): Counter<L> {
    return new Counter({ name: `devmentor_${name}`, help, labelNames: [...labelNames], registers: [this.registry] });
  }
}

/** Next has several module graphs in a process; they count in one place. */
const KEY = Symbol.for("devmentor.telemetry.metrics");
const home = globalThis as { [KEY]?: Metrics };

/** This process's metrics. */
export function metrics(): Metrics {
  return (home[KEY] ??= withProcessMetrics(new Metrics()));
}

function withProcessMetrics(made: Metrics): Metrics {
  collectDefaultMetrics({ register: made.registry });
  return made;
}
