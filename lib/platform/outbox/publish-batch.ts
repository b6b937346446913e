import type { Outcome, OutboxEvent, Publish } from "./event.ts";
import { describeFailure, kindOfFailure } from "./failure.ts";
import { OUTBOX } from "./policy.ts";

export interface BatchResult {
  /** One for each event of the batch. */
  readonly outcomes: readonly Outcome[];
  /** Nobody could be reached; going on makes no sense now. */
  readonly outage: boolean;
}

/**
 * Publishes a batch with one call. A call that fails over its content is halved until the events at fault
 * stand alone, so that they hold up no others; what comes after such an event in its lane is held back.
 * @param expired whether the lease is nearly over: then nothing further is sent
 */
export async function publishBatch(
  events: readonly OutboxEvent[],
  publish: Publish,
  expired: () => boolean,
): Promise<BatchResult> {
  const outcomes = new Map<string, Outcome>();
  const stopped = new Set<string>();
  /** Events that failed alone in a way that may be theirs or the service's. */
  const unclear: { readonly event: OutboxEvent; readonly error: string }[] = [];
  let outage: string | undefined;
  let sent = 0;

  const settle = (event: OutboxEvent, outcome: Outcome["outcome"], error?: string): void => {
    outcomes.set(event.id, {
      id: event.id,
      attempts: event.attempts,
      outcome,
      ...(error === undefined ? {} : { error }),
    });
    // A dead event stands in nobody's way.
    if (outcome !== "published" && outcome !== "unacceptable") stopped.add(event.lane);
  };

  const send = async (part: readonly OutboxEvent[]): Promise<void> => {
    const free: OutboxEvent[] = [];
    for (const event of part) {
      if (outage !== undefined) settle(event, "unreachable", outage);
      else if (stopped.has(event.lane) || expired()) settle(event, "held_back");
      else free.push(event);
    }
    const [first] = free;
    if (first === undefined) return;
    try {
      await publish(free);
      sent += free.length;
      for (const event of free) settle(event, "published");
    } catch (error) {
      const kind = kindOfFailure(error);
      const cause = describeFailure(error);
      if (kind === "unreachable" && !free.some((event) => event.attempts >= OUTBOX.suspectAttempts)) {
        outage = cause;
        for (const event of free) settle(event, "unreachable", cause);
      } else if (free.length > 1) {
        const middle = Math.ceil(free.length / 2);
        await send(free.slice(0, middle));
        await send(free.slice(middle));
      } else if (kind === "too_large") settle(first, "unacceptable", cause);
      else if (kind === "refused") settle(first, "refused", cause);
      else {
        unclear.push({ event: first, error: cause });
        stopped.add(first.lane);
        // Two events alone and no success yet: it is not them.
        if (sent === 0 && unclear.length > 1) outage = cause;
      }
    }
  };

  for (const call of calls(events, (event, error) => settle(event, "unacceptable", error))) await send(call);
  for (const { event, error } of unclear) settle(event, sent > 0 ? "refused" : "unreachable", error);
  return { outcomes: [...outcomes.values()], outage: outage !== undefined || (sent === 0 && unclear.length > 0) };
}

/** Cuts a batch where a call would become too large, which is rare, and sorts out what nobody would take. */
function calls(
  events: readonly OutboxEvent[],
  refuse: (event: OutboxEvent, error: string) => void,
): readonly (readonly OutboxEvent[])[] {
  const cut: OutboxEvent[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const event of events) {
    const size = new TextEncoder().encode(JSON.stringify(event.data)).length + 400;
    if (size > OUTBOX.largestEventBytes) {
      refuse(event, `The event has ${size} bytes; Inngest takes at most ${OUTBOX.largestEventBytes}.`);
      continue;
    }
    if (bytes + size > OUTBOX.largestCallBytes) {
      cut.push([]);
      bytes = 0;
    }
    cut.at(-1)?.push(event);
    bytes += size;
  }
  return cut;
}
