import "server-only";
import { serverEnv } from "@/lib/env/server";
import { log } from "@/lib/platform/telemetry/log";
import { metrics } from "@/lib/platform/telemetry/metrics";
import { outsideFetch } from "@/lib/platform/telemetry/outside";
import { recordPublished } from "@/lib/platform/telemetry/published-events";
import { drain, type BatchSample, type DrainReport } from "./drain.ts";
import type { Publish } from "./event.ts";
import { inngestPublish } from "./inngest-publish.ts";
import { Relay } from "./relay.ts";
import { outboxStore } from "./store";

const inngestFetch = outsideFetch({ service: "inngest", operationOf: () => "publish", propagate: true });

interface Home {
  readonly relay: Relay;
  readonly observers: Set<(sample: BatchSample) => void>;
}

/** Next has several module graphs in a process; they share one relay, which drains once for all of them. */
const KEY = Symbol.for("devmentor.outbox");
const place = globalThis as { [KEY]?: Home };

function home(): Home {
  return (place[KEY] ??= makeHome());
}

function makeHome(): Home {
  const observers = new Set<(sample: BatchSample) => void>();
  const observe = (sample: BatchSample): void => {
    if (sample.retried > 0 || sample.dead > 0)
      log.warn({ ...sample, lagsMs: undefined }, "not all events could be published");
    metrics().drainedOutbox(sample);
    for (const observer of observers) observer(sample);
  };
  const relay = new Relay({
    drain: (signal) => {
      const { INNGEST_BASE_URL: baseUrl, INNGEST_EVENT_KEY: eventKey } = serverEnv();
      const send = inngestPublish({ baseUrl, eventKey, fetch: inngestFetch });
      const publish: Publish = async (events) => {
        const start = new Date();
        await send(events);
        recordPublished(events, start);
        for (const { name } of events) metrics().publishedEvent(name);
      };
      return drain({ store: outboxStore, publish, observe, ...(signal ? { signal } : {}) });
    },
    onError: (error, failures, waitMs) => log.error({ error, failures, waitMs }, "the outbox cannot be drained"),
  });
  return { relay, observers };
}

/** Hears of each batch that this process publishes: size, failures, lag. @returns a function that ends it */
export function observeOutbox(observer: (sample: BatchSample) => void): () => void {
  const { observers } = home();
  observers.add(observer);
  return () => observers.delete(observer);
}

/** Publishes what is due. @throws AppError `database_unavailable` */
export function drainOutbox(): Promise<DrainReport> {
  return home().relay.drain();
}

/** The worker's loop: polls, and goes at once when {@link wakeRelay} is called in this process. */
export function runRelay(signal: AbortSignal): Promise<void> {
  return home().relay.run(signal);
}

/** Call after a commit that appended events, in a process that may be the worker. It does not wait. */
export function wakeRelay(): void {
  home().relay.wake();
}

/**
 * For `after()` in a route: publishes what the request just wrote, at once or together with what others write in the next moment. The
 * worker and the cron do the same, so a failure here only costs time; it is logged, never thrown into a finished request.
 */
export async function drainAfterRequest(): Promise<void> {
  try {
    await home().relay.share();
  } catch (error) {
    log.warn({ error }, "the outbox could not be drained after a request");
  }
}
