import { performance, type EventLoopUtilization } from "node:perf_hooks";
import type { Metric } from "prom-client";
import { metrics } from "../telemetry/metrics";
import type { Moment } from "./schemas";

/** As often as Prometheus would ask; an hour of it is kept. */
export const STEP_MS = 15_000;
const KEPT = 240;

interface Value {
  readonly value: number;
  readonly labels: Partial<Record<string, string | number>>;
  readonly metricName?: string;
}

interface Counts {
  readonly requests: number;
  readonly failed: number;
  /** Requests answered within each bucket's seconds. */
  readonly within: ReadonlyMap<number, number>;
  readonly outsideFailures: number;
  readonly cacheHits: number;
  readonly cacheReads: number;
}

async function valuesOf(name: string): Promise<readonly Value[]> {
  const metric = metrics().registry.getSingleMetric(`devmentor_${name}`) as Metric | undefined;
  return metric ? ((await metric.get()).values as readonly Value[]) : [];
}

async function countNow(): Promise<Counts> {
  const [requests, outside, cache] = await Promise.all([
    valuesOf("http_request_duration_seconds"),
    valuesOf("outside_call_duration_seconds"),
    valuesOf("cache_events_total"),
  ]);
  const served = requests.filter(({ labels }) => labels["route"] !== "/api/metrics");
  const total = (values: readonly Value[], keep: (value: Value) => boolean): number =>
    values.reduce((sum, each) => (keep(each) ? sum + each.value : sum), 0);
  const isCount = ({ metricName }: Value): boolean => metricName?.endsWith("_count") ?? false;
  const within = new Map<number, number>();
  for (const { metricName, labels, value } of served) {
    if (!metricName?.endsWith("_bucket") || labels["le"] === "+Inf") continue;
    const le = Number(labels["le"]);
    within.set(le, (within.get(le) ?? 0) + value);
  }
  const event = (names: readonly string[]) => total(cache, ({ labels }) => names.includes(String(labels["event"])));
  return {
    requests: total(served, isCount),
    failed: total(served, (each) => isCount(each) && each.labels["status"] === "5xx"),
    within,
    outsideFailures: total(
      outside,
      (each) => isCount(each) && ["failed", "timeout", "5xx"].includes(String(each.labels["outcome"])),
    ),
    cacheHits: event(["memory_hit", "redis_hit"]),
    // Whoever misses memory asks Redis: one read each.
    cacheReads: event(["memory_hit", "memory_miss"]),
  };
}

/** @returns the upper end of the bucket in which the share lies; null without requests */
export function percentile(share: number, requests: number, within: ReadonlyMap<number, number>): number | null {
  if (requests <= 0) return null;
  const ends = [...within].toSorted(([a], [b]) => a - b);
  return ends.find(([, count]) => count >= share * requests)?.[0] ?? ends.at(-1)?.[0] ?? null;
}

/** The last hour of this process, for charts; without Prometheus, and without asking for what it asks. */
export class History {
  readonly #moments: Moment[] = [];
  #before: { readonly at: number; readonly counts: Counts; readonly busy: EventLoopUtilization } | undefined;

  /** Oldest first. */
  get moments(): readonly Moment[] {
    return this.#moments;
  }

  /** Notes how things stand. @param at milliseconds of the epoch */
  async note(at: number): Promise<void> {
    const [counts, standing] = await Promise.all([countNow(), metrics().database.standing()]);
    const busy = performance.eventLoopUtilization();
    const before = this.#before;
    this.#before = { at, counts, busy };
    if (!before || at <= before.at) return;
    const seconds = (at - before.at) / 1000;
    const requests = counts.requests - before.counts.requests;
    const reads = counts.cacheReads - before.counts.cacheReads;
    const within = new Map([...counts.within].map(([le, n]) => [le, n - (before.counts.within.get(le) ?? 0)]));
    this.#moments.push({
      at,
      requests: requests / seconds,
      failing: requests > 0 ? (counts.failed - before.counts.failed) / requests : null,
      slow: percentile(0.95, requests, within),
      outsideFailures: (counts.outsideFailures - before.counts.outsideFailures) / seconds,
      cacheHits: reads > 0 ? Math.min(1, (counts.cacheHits - before.counts.cacheHits) / reads) : null,
      busy: performance.eventLoopUtilization(busy, before.busy).utilization,
      memoryBytes: process.memoryUsage.rss(),
      oldestEvent: standing?.queues.outbox.oldestSeconds ?? null,
      waiting: standing ? Object.values(standing.queues).reduce((sum, { waiting }) => sum + waiting, 0) : null,
    });
    if (this.#moments.length > KEPT) this.#moments.shift();
  }
}
