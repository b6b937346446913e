/** An event taken from the outbox; its id is the event's id wherever it goes. */
export interface OutboxEvent {
  readonly id: string;
  /** Events of one lane (one aggregate) are published in their order. */
  readonly lane: string;
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly traceparent: string | null;
  readonly createdAt: Date;
  /** How often it was taken, this time included; settling it says this number, as a fence. */
  readonly attempts: number;
}

/** What became of an event that was taken; `public.settle_outbox` says what follows from each. */
export interface Outcome {
  readonly id: string;
  readonly attempts: number;
  readonly outcome: "published" | "refused" | "unacceptable" | "unreachable" | "held_back";
  readonly error?: string;
}

/** Sends events on with one call; rejects (with a PublishFailure) when it is not known that all of them arrived. */
export type Publish = (events: readonly OutboxEvent[]) => Promise<void>;

/** Where events come from and what became of them goes. */
export interface OutboxStore {
  /** Takes up to `limit` due events for `leaseSeconds`; no other relay gets them, or later ones of their lanes. */
  claim(limit: number, leaseSeconds: number): Promise<readonly OutboxEvent[]>;
  settle(outcomes: readonly Outcome[]): Promise<Settled>;
}

export interface Settled {
  readonly published: number;
  readonly retried: number;
  readonly dead: number;
}

function fail(what: string): never {
  throw new TypeError(
    `The database answered with ${what}: the outbox's functions and its relay are not of one version.`,
  );
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Reads what `claim_outbox` answered. Written out by hand, because Deno loads this file without any package. */
export function readClaimed(rows: unknown): OutboxEvent[] {
  if (!Array.isArray(rows)) return fail("no list of events");
  return rows.map((row: unknown) => {
    if (!isRecord(row)) return fail("an event that is no object");
    const { id, lane, name, data, traceparent, created_at: created, attempts } = row;
    const createdAt = new Date(String(created));
    if (typeof id !== "string" || typeof lane !== "string" || typeof name !== "string" || !isRecord(data))
      return fail("an event without id, lane, name or data");
    if (typeof attempts !== "number" || Number.isNaN(createdAt.getTime()))
      return fail("an event without attempts or time");
    return {
      id,
      lane,
      name,
      data,
      traceparent: typeof traceparent === "string" ? traceparent : null,
      createdAt,
      attempts,
    };
  });
}

/** Reads what `settle_outbox` answered. */
export function readSettled(rows: unknown): Settled {
  const row: unknown = Array.isArray(rows) ? rows[0] : rows;
  if (!isRecord(row)) return fail("no counts");
  const { published, retried, dead } = row;
  if (typeof published !== "number" || typeof retried !== "number" || typeof dead !== "number")
    return fail("no counts");
  return { published, retried, dead };
}
