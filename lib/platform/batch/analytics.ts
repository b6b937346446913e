import "server-only";
import { randomUUID } from "node:crypto";
import { log } from "@/lib/platform/telemetry/log";
import { metrics } from "@/lib/platform/telemetry/metrics";
import { Batcher, type BatchCount } from "./batcher";
import { ANALYTICS_EVENTS, type AnalyticsEvent, type AnalyticsName, type AnalyticsProperties } from "./events";
import { writeAnalytics } from "./store";

/** About 5 MB at most; at 100 events a second an outage of the database of a minute and a half. */
const CAPACITY = 10_000;
const ON_SHUTDOWN_MS = 2_000;

interface Home {
  readonly batcher: Batcher<AnalyticsEvent>;
  readonly listeners: Set<(count: BatchCount, items: number) => void>;
}

/** Next has several module graphs in a process; they fill one batch. */
const KEY = Symbol.for("devmentor.analytics");
const place = globalThis as { [KEY]?: Home };

function home(): Home {
  return (place[KEY] ??= open());
}

function open(): Home {
  const listeners: Home["listeners"] = new Set();
  const batcher = new Batcher<AnalyticsEvent>({
    write: writeAnalytics,
    maxItems: 100,
    maxAgeMs: 1_000,
    capacity: CAPACITY,
    onCount: (count, items) => {
      metrics().batched("analytics", count, items);
      listeners.forEach((listener) => listener(count, items));
    },
    log,
  });
  return { batcher, listeners };
}

/**
 * Counts something about the product's use. Costs no time: events are written together, within a second.
 * @returns false when it could not be taken (no room, or not an event of the table); nothing else depends on it
 */
export function recordAnalytics<Name extends AnalyticsName>(
  name: Name,
  properties: AnalyticsProperties<Name>,
): boolean {
  const checked = ANALYTICS_EVENTS[name].safeParse(properties);
  if (!checked.success) {
    log.error({ error: checked.error, name }, "an analytics event has not the form that the table says");
    return false;
  }
  const occurredAt = new Date().toISOString();
  return home().batcher.add({ id: randomUUID(), name, properties: checked.data, occurredAt });
}

/**
 * Writes what waits now: for `after()`, because a serverless process is frozen once it has answered, and for the
 * end of a workflow's step. Never throws.
 */
export async function flushAnalytics(): Promise<void> {
  await home().batcher.flush();
}

/** Writes what waits, for a process that is about to end. @returns how many events were lost */
export function closeAnalytics(): Promise<number> {
  return home().batcher.close(ON_SHUTDOWN_MS);
}

/** Tells a listener what becomes of events; for metrics. */
export function onAnalyticsCount(listener: (count: BatchCount, items: number) => void): () => void {
  const { listeners } = home();
  listeners.add(listener);
  return () => listeners.delete(listener);
}
