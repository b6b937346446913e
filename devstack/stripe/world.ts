import type Stripe from "stripe";
import type { Clock } from "./clock.ts";
import type { Database } from "./database.ts";
import type { Ids } from "./ids.ts";
import type { Body, Store } from "./store.ts";

/** The API version that `stripe` 23.1 speaks; objects and events are of it alone. */
export const API_VERSION = "2026-10-28.endive";

/** What happens later by itself. */
export type TimerKind =
  | "hold.expire"
  | "refund.settle"
  | "refund.fail"
  | "dispute.open"
  | "dispute.decide"
  | "dispute.deadline"
  | "payout.arrive"
  | "payout.daily";

/** How long the outside world takes, in ms of the emulator's time. Settings; these are their defaults. */
export const DELAYS = {
  /** From capture to the dispute of a card that is made to be disputed. */
  dispute: 1_000,
  /** From evidence submitted to the issuer's decision. */
  decision: 1_000,
  /** Until a pending refund has succeeded. */
  refundSettle: 2_000,
  /** Until a refund that seemed fine has failed. */
  refundFail: 2_000,
  /** From a payment to its money being available. */
  available: 2 * 86_400_000,
  /** From a payout's making to its arrival. */
  payout: 86_400_000,
  /** Until something new can be found by search; Stripe promises less than a minute. */
  search: 60_000,
} as const;
export type DelayName = keyof typeof DELAYS;

/** The request under way, as events and errors name it. */
export interface Caller {
  readonly requestId: string | null;
  readonly idempotencyKey: string | null;
}
const NOBODY: Caller = { requestId: null, idempotencyKey: null };

export type EventType = Stripe.Event.Type;

/** What resources work with: the objects, the time, and a way to say that something changed. */
export class World {
  readonly database: Database;
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Where this emulator is reached, for the links in its objects. */
  origin = "";
  /** Told of each event inside the transaction that made it. */
  onEvent: (event: Stripe.Event) => void = () => {};
  #caller: Caller = NOBODY;

  constructor(parts: { database: Database; store: Store; clock: Clock; ids: Ids }) {
    this.database = parts.database;
    this.store = parts.store;
    this.clock = parts.clock;
    this.ids = parts.ids;
  }

  get caller(): Caller {
    return this.#caller;
  }

  /** Does `work` for a caller, whole or not at all. */
  as<Result>(caller: Caller, work: () => Result): Result {
    this.#caller = caller;
    try {
      return this.database.transaction(work);
    } finally {
      this.#caller = NOBODY;
    }
  }

  delay(name: DelayName): number {
    return this.database.setting<number>(`delay.${name}`, DELAYS[name]);
  }

  /** Has something happen later. */
  later(ms: number, kind: TimerKind, subject: string): void {
    this.database.run(
      "insert into timers (due_at, kind, subject) values (?, ?, ?)",
      this.clock.now() + ms,
      kind,
      subject,
    );
  }

  /** Takes back what was to happen. */
  never(kind: TimerKind, subject: string): void {
    this.database.run("delete from timers where kind = ? and subject = ?", kind, subject);
  }

  /**
   * Records that an object has changed, as an event with the object as it is now.
   * @param previous the fields that changed, as they were
   */
  emit(type: EventType, object: Body | Stripe.Balance, previous?: object): Stripe.Event {
    const event = {
      id: this.ids.next("evt"),
      object: "event",
      api_version: API_VERSION,
      created: this.clock.seconds(),
      data: { object: structuredClone(object), ...(previous ? { previous_attributes: previous } : {}) },
      livemode: false,
      pending_webhooks: 0,
      request: { id: this.#caller.requestId, idempotency_key: this.#caller.idempotencyKey },
      type,
    };
    // The union of all events, each with an object of its own: what type and object go together is for the caller.
    const typed = event as unknown as Stripe.Event;
    this.store.insert(event);
    this.onEvent(typed);
    return typed;
  }
}

/** A Stripe object's id where it may be the object itself. */
export const idOf = (reference: string | { id: string } | null | undefined): string | null =>
  reference === null || reference === undefined ? null : typeof reference === "string" ? reference : reference.id;
