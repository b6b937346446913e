import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { LRUCache } from "lru-cache";
import type { z } from "zod";
import { AppError } from "@/lib/kernel/errors";
import { FLOOR_MS, LOOK_EVERY_MS, MEMORY_ENTRIES, RETRY, STATES, type StateScope } from "./policies";
import { SharedCopies, type Announcement, type CallRedis } from "./shared-copies";
import type { StateRow, StateTruth } from "./store";

/** One piece of state and its form. */
export interface StateOf<T extends object> {
  readonly scope: StateScope;
  /** At most 200 characters. */
  readonly key: string;
  readonly schema: z.ZodType<T>;
  /** What holds before anybody has written. */
  readonly initial: T;
}

export interface StateValue<T> {
  /** Frozen: a change makes a new one. */
  readonly value: T;
  /** Grows by one with each change; 0 before the first. */
  readonly version: number;
}

/** What happened, for metrics. */
export type StateCount =
  | "memory_hit"
  | "redis_hit"
  | "database_read"
  | "written"
  | "conflict"
  | "gave_up"
  | "redis_failed";

export interface StateOptions {
  readonly callRedis: CallRedis;
  readonly truth: StateTruth;
  /** Without a scope: of all of them. */
  readonly onCount?: (count: StateCount, scope?: StateScope) => void;
  readonly log: { warn(details: object, message: string): void };
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** Announcements that wait for Redis; the database publishes `state/changed` for each as well. */
const MAX_OWED = 1_000;

/**
 * Small values that several processes change. Postgres is the truth and decides every write by its version, so no
 * update is lost whatever a copy says. Reads come from memory (a minute), from Redis (an hour) or from
 * Postgres; each write first announces its version in Redis, so that nobody keeps a copy of what it
 * replaces. While Redis is away no copy is believed, and reads ask Postgres.
 */
export class State {
  readonly #options: StateOptions;
  readonly #shared: SharedCopies;
  readonly #now: () => number;
  readonly #memory: LRUCache<string, StateRow & { readonly at: number }>;
  /** The lowest version worth keeping, by key. */
  readonly #floors: LRUCache<string, number>;
  /** Writers of one key in this process take turns: only other processes can come in between. */
  readonly #turns = new Map<string, Promise<unknown>>();
  readonly #reading = new Map<string, Promise<StateRow>>();
  readonly #owed = new Map<string, number>();
  #number: string | undefined;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #looking: Promise<boolean> | undefined;
  #inStep = false;
  /** False until Redis has answered once: a process that begins has seen no outage yet. */
  #wasInStep = false;
  /** By Redis's clock, microseconds: what it kept before an outage may have been replaced meanwhile. */
  #believeSince = 0;

  constructor(options: StateOptions) {
    this.#options = options;
    this.#shared = new SharedCopies(options.callRedis);
    this.#now = options.now ?? (() => Date.now());
    this.#memory = new LRUCache({ max: MEMORY_ENTRIES });
    this.#floors = new LRUCache({ max: MEMORY_ENTRIES * 10, ttl: FLOOR_MS });
  }

  /**
   * The present value. Other processes' writes are seen within a second; a decision that must not rest
   * on an older value belongs into {@link update}.
   * @throws AppError `database_unavailable` when no copy is known and Postgres is away
   */
  async read<T extends object>(of: StateOf<T>): Promise<StateValue<T>> {
    return this.#value(of, await this.#readRow(of));
  }

  /**
   * Replaces the value by what `change` makes of it. `change` is run again on the newer value whenever
   * somebody else was faster, so it has no effects of its own.
   * @throws AppError `conflict` after five retries, `rule_broken` beyond 256 KB, `database_unavailable`
   *   (whether the change took effect is then unknown); and whatever `change` or the schema throws
   */
  async update<T extends object>(of: StateOf<T>, change: (current: T) => T): Promise<StateValue<T>> {
    const id = idOf(of);
    const before = this.#turns.get(id);
    const turn = (async () => {
      await before?.catch(() => undefined);
      return this.#update(of, change);
    })();
    this.#turns.set(id, turn);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(id) === turn) this.#turns.delete(id);
    }
  }

  /**
   * Tells Redis and the other processes of a version after all; for `state/changed`, which the database
   * publishes when the writer could not.
   * @throws whatever Redis fails with
   */
  async announce(scope: StateScope, key: string, version: number): Promise<void> {
    const announcement = { id: `${scope}:${key}`, version };
    this.#applyHere(announcement);
    await this.#shared.announce(announcement);
  }

  async #update<T extends object>(of: StateOf<T>, change: (current: T) => T): Promise<StateValue<T>> {
    const id = idOf(of);
    let current = await this.#readRow(of);
    for (let retry = 0; ; retry += 1) {
      const began = performance.now();
      const next = of.schema.parse(change(this.#value(of, current).value));
      const answer = await this.#write(of, current.version, next);
      if (answer.applied) {
        this.#count("written", of.scope);
        this.#applyHere({ id, version: answer.version });
        await this.#keep(of, answer);
        return this.#value(of, answer);
      }
      this.#count("conflict", of.scope);
      if (retry === RETRY.retries) break;
      await sleep(backOff(retry, performance.now() - began));
      current = await this.#options.truth.read(of.scope, of.key);
    }
    this.#count("gave_up", of.scope);
    throw new AppError(
      "conflict",
      "Others are changing the same thing right now, so your change was not made. Try again in a moment.",
      { retryAfterSeconds: 1 },
    );
  }

  async #write(of: StateOf<object>, expected: number, value: object): Promise<StateRow & { applied: boolean }> {
    const id = idOf(of);
    const announced = await this.#announce({ id, version: expected + 1 });
    const write = { scope: of.scope, key: of.key, expected, value, write: randomUUID(), announced };
    try {
      return await this.#options.truth.write(write);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "database_unavailable") throw error;
      // It may have been written and only its answer lost. The same write takes effect once.
      return this.#options.truth.write(write);
    }
  }

  async #announce(announcement: Announcement): Promise<boolean> {
    this.#applyHere(announcement);
    try {
      await this.#shared.announce(announcement);
      return true;
    } catch (error) {
      this.#redisFailed(error);
      this.#owed.set(announcement.id, announcement.version);
      const oldest = this.#owed.keys().next();
      if (this.#owed.size > MAX_OWED && !oldest.done) this.#owed.delete(oldest.value);
      return false;
    }
  }

  #applyHere({ id, version }: Announcement): void {
    if (version > (this.#floors.get(id) ?? 0)) this.#floors.set(id, version);
    const copy = this.#memory.get(id);
    if (copy && copy.version < version) this.#memory.delete(id);
    // Whoever reads from here on may not be given what was asked for earlier.
    this.#reading.delete(id);
  }

  async #readRow(of: StateOf<object>): Promise<StateRow> {
    const id = idOf(of);
    const believed = await this.#look();
    const copy = this.#memory.get(id);
    if (believed && copy && this.#now() - copy.at < STATES[of.scope].memoryMs) {
      this.#count("memory_hit", of.scope);
      return copy;
    }
    const reading = this.#reading.get(id);
    if (reading) return reading;
    const read = this.#fetch(of, id, believed).finally(() => {
      if (this.#reading.get(id) === read) this.#reading.delete(id);
    });
    this.#reading.set(id, read);
    return read;
  }

  async #fetch(of: StateOf<object>, id: string, believed: boolean): Promise<StateRow> {
    const shared = believed ? await this.#fromRedis(of, id) : undefined;
    if (shared) return shared;
    const row = await this.#options.truth.read(of.scope, of.key);
    this.#count("database_read", of.scope);
    if (believed) await this.#keep(of, row);
    return row;
  }

  async #fromRedis(of: StateOf<object>, id: string): Promise<StateRow | undefined> {
    const copy = await this.#shared.read(id).catch((error: unknown) => this.#redisFailed(error));
    if (!copy || copy.version < (this.#floors.get(id) ?? 0) || copy.keptAt < this.#believeSince) return undefined;
    // Written by an older deployment, or by another hand.
    if (!of.schema.safeParse(copy.value).success) return undefined;
    this.#count("redis_hit", of.scope);
    this.#remember(id, copy);
    return copy;
  }

  async #keep(of: StateOf<object>, row: StateRow): Promise<void> {
    const id = idOf(of);
    this.#remember(id, row);
    if (row.version === 0) return;
    await this.#shared
      .keep(id, row.version, row.value, STATES[of.scope].redisMs)
      .catch((error: unknown) => this.#redisFailed(error));
  }

  #remember(id: string, row: StateRow): void {
    if (row.version < (this.#floors.get(id) ?? 0)) return;
    this.#memory.set(id, { version: row.version, value: row.value, at: this.#now() });
  }

  /** @returns whether this process knows what the others wrote up to a second ago, so that copies may be believed */
  #look(): Promise<boolean> | boolean {
    if (this.#now() - this.#lookedAt < LOOK_EVERY_MS) return this.#looking ?? this.#inStep;
    return (this.#looking ??= this.#lookNow().finally(() => (this.#looking = undefined)));
  }

  async #lookNow(): Promise<boolean> {
    this.#lookedAt = this.#now();
    try {
      for (const [id, version] of this.#owed) {
        await this.#shared.announce({ id, version });
        if (this.#owed.get(id) === version) this.#owed.delete(id);
      }
      const news = await this.#shared.news(this.#number);
      if (!this.#inStep && this.#wasInStep) {
        this.#believeSince = news.at;
        this.#memory.clear();
      }
      if (news.announcements === "everything") this.#memory.clear();
      else for (const announcement of news.announcements) this.#applyHere(announcement);
      this.#number = news.number;
      this.#inStep = true;
      this.#wasInStep = true;
    } catch (error) {
      this.#redisFailed(error);
      this.#inStep = false;
    }
    return this.#inStep;
  }

  #redisFailed(error: unknown): undefined {
    if (this.#inStep) this.#options.log.warn({ error }, "shared state goes on without Redis; reads ask the database");
    this.#inStep = false;
    this.#options.onCount?.("redis_failed");
  }

  #count(count: StateCount, scope: StateScope): void {
    this.#options.onCount?.(count, scope);
  }

  #value<T extends object>(of: StateOf<T>, row: StateRow): StateValue<T> {
    const value = of.schema.parse(row.version === 0 ? of.initial : row.value);
    return { value: deepFreeze(value), version: row.version };
  }
}

/**
 * How long to wait after a conflict, ms: anywhere up to a limit that doubles. It begins at what an attempt takes now,
 * because writers that wait for less than that meet again and again.
 */
function backOff(retry: number, attemptMs: number): number {
  return Math.random() * Math.max(RETRY.firstDelayMs, attemptMs) * 2 ** (retry + 1);
}

const idOf = ({ scope, key }: { scope: StateScope; key: string }): string => `${scope}:${key}`;

function deepFreeze<T extends object>(value: T): T {
  for (const part of Object.values(value) as unknown[]) {
    if (typeof part === "object" && part !== null && !Object.isFrozen(part)) deepFreeze(part);
  }
  return Object.freeze(value);
}
