import type { Redis } from "@upstash/redis";
import { z } from "zod";
import { invalidationSchema, matches, type Cacheable, type Invalidation } from "./invalidation";
import { CACHES, type CacheName } from "./policies";
import { ACQUIRE, INVALIDATE, RELEASE, WRITE } from "./scripts";

const NUMBER = "cache:number";
const LOG = "cache:log";
const LOG_ENTRIES = 1_000;
/** Looked through first: between two looks, a second apart, there is seldom more. */
const LOG_GLANCE = 20;
/** A mark outlives every entry that it speaks of, and the longest load. */
const MARK_MS =
  Math.max(...Object.values(CACHES).map(({ redisMs, staleMs, loadTimeoutMs }) => redisMs + staleMs + loadTimeoutMs)) +
  60_000;

const entrySchema = z.object({ value: z.unknown(), at: z.number(), number: z.number() });

export interface RedisEntry {
  readonly value: unknown;
  /** When the source gave it, milliseconds since 1970. */
  readonly at: number;
  /** Whether it was invalidated since. */
  readonly invalid: boolean;
}

export interface Reading {
  readonly entry: RedisEntry | undefined;
  /** The number of the latest invalidation: a load that begins now is older than any later one. */
  readonly number: number;
}

/** What happened since a number; `everything` when the log does not reach back that far. */
export interface News {
  readonly number: number;
  readonly invalidations: readonly Invalidation[] | "everything";
}

/** How Redis is called: the product puts its resilience policy round each call. */
export type CallRedis = <T>(call: (redis: Redis) => Promise<T>) => Promise<T>;

/**
 * What all processes share. An entry carries the number of the latest invalidation at the moment its
 * load began, and is true as long as no mark on its key, tags or patterns has a greater one; so nothing
 * has to be searched or deleted to invalidate, and a write that lost the race is never believed.
 */
export class RedisTier {
  readonly #call: CallRedis;

  constructor(call: CallRedis) {
    this.#call = call;
  }

  /** One MGET: the entry, the number, and the marks that could speak against it. */
  async read(of: Cacheable): Promise<Reading> {
    return reading(of, await this.#call((redis) => redis.mget<unknown[]>(...readKeys(of))));
  }

  /** Reads again, and takes the lock for loading if nobody has it. */
  async acquire(of: Cacheable, token: string): Promise<Reading & { readonly gained: boolean }> {
    const [gained, ...values] = await this.#call((redis) =>
      redis
        .createScript<unknown[]>(ACQUIRE)
        .exec([lockKey(of), ...readKeys(of)], [token, String(CACHES[of.cache].loadTimeoutMs + 1_000)]),
    );
    return { ...reading(of, values), gained: Number(gained) === 1 };
  }

  /**
   * Writes what was loaded and gives the lock back.
   * @param number as it was when the load began
   * @returns false when it was invalidated meanwhile and so was not written
   */
  async write(of: Cacheable, json: string, at: number, number: number, token: string): Promise<boolean> {
    const { redisMs, staleMs } = CACHES[of.cache];
    // Put together by hand: the value is JSON already.
    const entry = `{"value":${json},"at":${at},"number":${number}}`;
    const written = await this.#call((redis) =>
      redis
        .createScript<number>(WRITE)
        .exec([entryKey(of), lockKey(of), ...markKeys(of)], [String(number), entry, String(redisMs + staleMs), token]),
    );
    return Number(written) === 1;
  }

  async release(of: Cacheable, token: string): Promise<void> {
    await this.#call((redis) => redis.createScript(RELEASE).exec([lockKey(of)], [token]));
  }

  /** Makes it untrue for every process, in one step whatever its reach. */
  async invalidate(invalidation: Invalidation): Promise<void> {
    const plain = [
      ...invalidation.keys.map((named) => keyMark(named.cache, named.key)),
      ...invalidation.tags.map(tagMark),
    ];
    const patterns = invalidation.patterns;
    await this.#call((redis) =>
      redis
        .createScript<string>(INVALIDATE)
        .exec(
          [NUMBER, LOG, ...plain, ...patterns.map(({ cache }) => patternMark(cache))],
          [
            JSON.stringify(invalidation),
            String(MARK_MS),
            String(LOG_ENTRIES),
            String(plain.length),
            ...patterns.map(({ pattern }) => pattern),
          ],
        ),
    );
  }

  /** What other processes invalidated since `since`. */
  async news(since: number | undefined): Promise<News> {
    const number = Number((await this.#call((redis) => redis.get<number>(NUMBER))) ?? 0);
    if (since === undefined || number === since) return { number, invalidations: [] };
    for (const length of [LOG_GLANCE, LOG_ENTRIES]) {
      const lines = await this.#call((redis) => redis.lrange<unknown>(LOG, 0, length - 1));
      const read = readLog(lines.map(String), since);
      if (read) return { number: Math.max(number, read.number), invalidations: read.invalidations };
    }
    return { number, invalidations: "everything" };
  }
}

/** The log's lines since a number, or undefined when they do not reach back to it. */
function readLog(
  lines: readonly string[],
  since: number,
): { number: number; invalidations: Invalidation[] } | undefined {
  const invalidations: Invalidation[] = [];
  let latest: number | undefined;
  for (const line of lines) {
    const [, number, before, json] = /^(\d+) (\d+) (.*)$/s.exec(line) ?? [];
    if (number === undefined || json === undefined) return undefined;
    latest ??= Number(number);
    if (Number(number) === since) return { number: latest, invalidations };
    const parsed = invalidationSchema.safeParse(parseJson(json));
    if (!parsed.success) return undefined;
    invalidations.push(parsed.data);
    if (Number(before) === since) return { number: latest, invalidations };
  }
  return undefined;
}

function reading(of: Cacheable, values: readonly unknown[]): Reading {
  const [raw, number, patterns, ...marks] = values;
  const parsed = entrySchema.safeParse(typeof raw === "string" ? parseJson(raw) : raw);
  const numberNow = Number(number ?? 0);
  if (!parsed.success) return { entry: undefined, number: numberNow };
  const { value, at, number: loadedAt } = parsed.data;
  const marked = marks.some((mark) => mark !== null && Number(mark) > loadedAt);
  const invalid = marked || (typeof patterns === "string" && hit(patterns, of.key, loadedAt));
  return { entry: { value, at, invalid }, number: numberNow };
}

/** Lines of a number and a pattern. */
function hit(patterns: string, key: string, loadedAt: number): boolean {
  return patterns.split("\n").some((line) => {
    const space = line.indexOf(" ");
    return Number(line.slice(0, space)) > loadedAt && matches(line.slice(space + 1), key);
  });
}

const entryKey = ({ cache, key }: Cacheable) => `cache:entry:${cache}:${CACHES[cache].version}:${key}`;
const lockKey = ({ cache, key }: Cacheable) => `cache:lock:${cache}:${CACHES[cache].version}:${key}`;
const keyMark = (cache: CacheName, key: string) => `cache:mark:key:${cache}:${key}`;
const tagMark = (tag: string) => `cache:mark:tag:${tag}`;
const patternMark = (cache: CacheName) => `cache:mark:pattern:${cache}`;
const markKeys = (of: Cacheable) => [patternMark(of.cache), keyMark(of.cache, of.key), ...of.tags.map(tagMark)];
const readKeys = (of: Cacheable) => [entryKey(of), NUMBER, ...markKeys(of)];

/** JSON that somebody else's hand may have broken is no entry. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
