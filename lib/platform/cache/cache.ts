import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { z } from "zod";
import { readFailure } from "@/lib/platform/resilience/failure";
import { OutsideCallError } from "@/lib/platform/resilience/errors";
import type { Cached, Tier } from "./cached";
import { CacheCounters, type CountListener } from "./counters";
import type { CdnTier } from "./cdn";
import { checkTags, concerns, invalidationSchema, type Cacheable, type Invalidation } from "./invalidation";
import { isFresh, MemoryTier } from "./memory-tier";
import { CACHES, type CacheName } from "./policies";
import { RedisTier, type CallRedis, type Reading, type RedisEntry } from "./redis-tier";
import { SharedView } from "./shared-view";

export interface CacheRequest<T> {
  readonly cache: CacheName;
  readonly key: string;
  /** What else an invalidation may name it by. The same key always has the same tags. */
  readonly tags?: readonly string[];
  /** Reads the value, from the source and from Redis alike; it must survive being JSON. */
  readonly schema: z.ZodType<T>;
  readonly load: (context: { readonly signal: AbortSignal }) => Promise<T>;
  /** Tiers that this call neither reads nor writes. */
  readonly skip?: readonly Tier[];
  /** Asks the source although a fresh value may be known, and keeps the answer. */
  readonly refresh?: boolean;
  /** The caller's own signal: the caller leaves, the load goes on for whoever else waits. */
  readonly signal?: AbortSignal;
}

export interface InvalidationReport {
  /** `owed`: Redis was away, and the other processes are told as soon as it is back. */
  readonly redis: "done" | "owed";
  /** What did not succeed, to be logged; `cache/invalidated` does it again. */
  readonly failures: readonly unknown[];
}

export interface CacheOptions {
  readonly callRedis: CallRedis;
  /** CDNs that keep our answers. */
  readonly cdns?: readonly CdnTier[];
  /** Publishes `cache/invalidated`. */
  readonly publish?: (invalidation: Invalidation) => Promise<void>;
  readonly onCount?: CountListener;
  readonly log: { warn(details: object, message: string): void };
}

/** A load under way. */
interface Flight extends Cacheable {
  readonly result: Promise<Cached<unknown>>;
  /** It began before an invalidation that concerns it, so what it brings is kept nowhere. */
  outdated: boolean;
}

const FIRST_POLL_MS = 15;
const LAST_POLL_MS = 150;

/**
 * Memory → Redis → source, with one load for all who ask at once, in this process and in the others.
 * Redis may be away at any time: the cache is slower then, and never wrong for longer than a value
 * stays in memory.
 */
export class Cache {
  readonly counters: CacheCounters;
  readonly #memory = new MemoryTier();
  readonly #redis: RedisTier;
  readonly #view: SharedView;
  readonly #options: CacheOptions;
  /** Loads that a further caller may join. */
  readonly #joinable = new Map<string, Flight>();
  readonly #active = new Set<Flight>();

  constructor(options: CacheOptions) {
    this.#options = options;
    this.counters = new CacheCounters(options.onCount);
    this.#redis = new RedisTier(options.callRedis);
    this.#view = new SharedView(this.#redis, (invalidation) => this.#applyHere(invalidation));
  }

  /**
   * The value of a key, from the fastest tier that has it.
   * @throws whatever `load` throws, unless its source is down and an older value may be served
   */
  async getOrLoad<T>(request: CacheRequest<T>): Promise<Cached<T>> {
    const { cache, key, skip = [], refresh = false } = request;
    request.signal?.throwIfAborted();
    if (!skip.includes("memory") && !refresh) {
      if (this.#view.isDue(Date.now()) && !skip.includes("redis")) await this.#look();
      const entry = this.#memory.get(cache, key);
      const now = Date.now();
      if (entry && isFresh(entry, now)) {
        this.counters.add("memory_hit");
        return { value: entry.value as T, from: "memory", ageMs: now - entry.at, stale: false };
      }
      this.counters.add("memory_miss");
    }
    // Calls that skip other tiers, or want a fresh value, may not get what this load brings.
    const flightKey = JSON.stringify([cache, key, [...skip].sort(), refresh]);
    const joined = this.#joinable.get(flightKey);
    if (joined) this.counters.add("joined");
    const flight = joined ?? this.#start(flightKey, request);
    return unlessAborted(flight.result as Promise<Cached<T>>, request.signal);
  }

  /**
   * Makes something untrue: here at once, for the other processes as soon as they look (within a
   * second), at the CDNs, and in an event. Call it after the change was committed. An outage never
   * makes it throw: what did not succeed is in the report and in the log.
   * @throws ZodError when a name cannot be one (a tag with a comma, a cache that there is not)
   */
  async invalidate(
    named: z.input<typeof invalidationSchema>,
    options: { readonly publish?: boolean } = {},
  ): Promise<InvalidationReport> {
    const invalidation = invalidationSchema.parse(named);
    this.#applyHere(invalidation);
    this.counters.add("invalidated");
    const [redis, ...others] = await Promise.allSettled([
      this.#view.tell(invalidation),
      options.publish === false ? undefined : this.#options.publish?.(invalidation),
      ...(this.#options.cdns ?? []).map((cdn) => cdn.invalidate(invalidation)),
    ]);
    const failures = [redis, ...others].flatMap((result) =>
      result.status === "rejected" ? [result.reason as unknown] : [],
    );
    if (redis.status === "rejected") this.counters.add("invalidation_owed");
    for (const error of failures)
      this.#options.log.warn({ error, invalidation }, "an invalidation did not reach everywhere");
    return { redis: redis.status === "fulfilled" ? "done" : "owed", failures };
  }

  #applyHere(invalidation: Invalidation): void {
    this.#memory.apply(invalidation);
    for (const flight of this.#active) if (concerns(invalidation, flight)) flight.outdated = true;
    for (const [key, flight] of this.#joinable) if (flight.outdated) this.#joinable.delete(key);
  }

  async #look(): Promise<void> {
    await this.#view.look().catch((error: unknown) => this.#redisFailed(error));
  }

  #redisFailed(error: unknown): void {
    this.counters.add("redis_failed");
    // An open breaker has been told of when it opened.
    if (error instanceof OutsideCallError && error.because === "circuit_open") return;
    this.#options.log.warn({ error }, "the cache goes on without Redis");
  }

  #start<T>(flightKey: string, request: CacheRequest<T>): Flight {
    const { cache, key, tags = [] } = request;
    checkTags(tags);
    const { promise, resolve } = Promise.withResolvers<Cached<unknown>>();
    // Everybody may have left before it fails.
    promise.catch(() => undefined);
    const flight: Flight = { cache, key, tags, result: promise, outdated: false };
    this.#joinable.set(flightKey, flight);
    this.#active.add(flight);
    resolve(
      this.#fly(flight, request).finally(() => {
        this.#active.delete(flight);
        if (this.#joinable.get(flightKey) === flight) this.#joinable.delete(flightKey);
      }),
    );
    return flight;
  }

  async #fly<T>(flight: Flight, request: CacheRequest<T>): Promise<Cached<T>> {
    const token = randomUUID();
    const known =
      request.skip?.includes("redis") || this.#isOwed(flight) ? undefined : await this.#ask(flight, request, token);
    if (known && "from" in known) return known;
    try {
      return await this.#load(flight, request, known, token);
    } catch (error) {
      this.counters.add("source_failed");
      if (known) this.#release(flight, token);
      const old = isDown(error) && !request.refresh ? this.#lastKnown(request, known?.entry) : undefined;
      if (!old) throw error;
      this.counters.add("stale_served");
      return old;
    }
  }

  /** While Redis has not been told that this is untrue, what it has is not believed. */
  #isOwed(of: Cacheable): boolean {
    return this.#view.owed.some((debt) => concerns(debt, of));
  }

  /** Redis's fresh value; or its reading, when this process is the one to load; or nothing, when Redis is away. */
  async #ask<T>(flight: Flight, request: CacheRequest<T>, token: string): Promise<Cached<T> | Reading | undefined> {
    try {
      const first = await this.#redis.read(flight);
      if (request.refresh) return first;
      const fresh = this.#fromRedis(flight, request, first);
      if (fresh) return fresh;
      const deadline = Date.now() + CACHES[flight.cache].loadTimeoutMs;
      for (let pollMs = FIRST_POLL_MS; ; pollMs = Math.min(pollMs * 1.5, LAST_POLL_MS)) {
        const next = await this.#redis.acquire(flight, token);
        const written = this.#fromRedis(flight, request, next);
        if (written) {
          if (next.gained) this.#release(flight, token);
          return written;
        }
        if (next.gained || Date.now() >= deadline) {
          this.counters.add("redis_miss");
          return next;
        }
        this.counters.add("waited_for_lock");
        await sleep(pollMs);
      }
    } catch (error) {
      this.#redisFailed(error);
      return undefined;
    }
  }

  #fromRedis<T>(flight: Flight, request: CacheRequest<T>, { entry }: Reading): Cached<T> | undefined {
    if (!entry || entry.invalid || Date.now() - entry.at >= CACHES[flight.cache].redisMs) return undefined;
    const parsed = request.schema.safeParse(entry.value);
    // Written by an older deployment, or by another hand.
    if (!parsed.success) return undefined;
    this.counters.add("redis_hit");
    this.#remember(flight, request, parsed.data, entry.at);
    return { value: parsed.data, from: "redis", ageMs: Math.max(0, Date.now() - entry.at), stale: false };
  }

  async #load<T>(
    flight: Flight,
    request: CacheRequest<T>,
    known: Reading | undefined,
    token: string,
  ): Promise<Cached<T>> {
    // The age counts from before the source was asked: what it says was true then.
    const at = Date.now();
    const loaded = await within(CACHES[flight.cache].loadTimeoutMs, (signal) => request.load({ signal }));
    const json = JSON.stringify(loaded);
    // As Redis will give it back, so that no caller sees a difference between tiers.
    const value = request.schema.parse(JSON.parse(json));
    this.counters.add("source_loaded");
    const kept = known === undefined ? true : await this.#write(flight, json, at, known.number, token);
    if (kept) this.#remember(flight, request, value, at);
    return { value, from: "source", ageMs: Date.now() - at, stale: false };
  }

  /** @returns false when the value is known to be outdated already */
  async #write(flight: Flight, json: string, at: number, number: number, token: string): Promise<boolean> {
    try {
      if (flight.outdated) {
        this.counters.add("late_write_refused");
        this.#release(flight, token);
        return false;
      }
      const written = await this.#redis.write(flight, json, at, number, token);
      if (!written) this.counters.add("late_write_refused");
      return written;
    } catch (error) {
      this.#redisFailed(error);
      return true;
    }
  }

  /** Nobody waits for it: a lock that stays ends with its life. */
  #release(flight: Flight, token: string): void {
    this.#redis.release(flight, token).catch((error: unknown) => this.#redisFailed(error));
  }

  #remember<T>(flight: Flight, request: CacheRequest<T>, value: T, at: number): void {
    if (flight.outdated || request.skip?.includes("memory")) return;
    this.#memory.put({ cache: flight.cache, key: flight.key, tags: flight.tags, value, at });
  }

  /** The newest value that may still be served although it is past its time. */
  #lastKnown<T>(
    { cache, key, schema, skip = [] }: CacheRequest<T>,
    fromRedis: RedisEntry | undefined,
  ): Cached<T> | undefined {
    const { redisMs, staleMs, staleAfterInvalidation } = CACHES[cache];
    const fromMemory = skip.includes("memory") ? undefined : this.#memory.get(cache, key);
    const candidates = [
      ...(fromMemory ? [{ ...fromMemory, from: "memory" as const }] : []),
      ...(fromRedis ? [{ ...fromRedis, from: "redis" as const }] : []),
    ].sort((one, other) => other.at - one.at);
    for (const { value, at, invalid, from } of candidates) {
      const ageMs = Math.max(0, Date.now() - at);
      const parsed = schema.safeParse(value);
      if (parsed.success && ageMs < redisMs + staleMs && (!invalid || staleAfterInvalidation)) {
        return { value: parsed.data, from, ageMs, stale: true };
      }
    }
    return undefined;
  }
}

/** Whether the source is out of reach, rather than saying no. */
function isDown(error: unknown): boolean {
  return error instanceof OutsideCallError || ["unavailable", "timeout"].includes(readFailure(error).kind);
}

async function within<T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const signal = AbortSignal.timeout(ms);
  return unlessAborted(work(signal), signal);
}

async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const leave = () => reject(signal.reason);
  signal.addEventListener("abort", leave, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener("abort", leave);
  }
}
