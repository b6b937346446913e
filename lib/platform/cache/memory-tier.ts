import { LRUCache } from "lru-cache";
import { concerns, type Cacheable, type Invalidation } from "./invalidation";
import { CACHES, MEMORY_ENTRIES, type CacheName } from "./policies";

export interface MemoryEntry extends Cacheable {
  readonly value: unknown;
  /** When its source gave it, milliseconds since 1970. */
  readonly at: number;
  /** When it came into this memory. */
  readonly since: number;
  /** No longer true; kept only where a stale value may be served after an invalidation. */
  readonly invalid: boolean;
}

/** This process's own copy of what was used last. */
export class MemoryTier {
  readonly #entries = new LRUCache<string, MemoryEntry>({ max: MEMORY_ENTRIES });

  /** The entry, fresh or not. */
  get(cache: CacheName, key: string): MemoryEntry | undefined {
    return this.#entries.get(id(cache, key));
  }

  /** Keeps a value. It is frozen, because every caller gets the same object. */
  put(entry: Omit<MemoryEntry, "since" | "invalid">): void {
    const { memoryMs, staleMs } = CACHES[entry.cache];
    const kept = { ...entry, value: freeze(entry.value), since: Date.now(), invalid: false };
    this.#entries.set(id(entry.cache, entry.key), kept, { ttl: memoryMs + staleMs });
  }

  /** Drops what the invalidation concerns, or marks it where it may still be served as stale. */
  apply(invalidation: Invalidation): void {
    // A copy, because setting an entry moves it to the front of the list that is walked, which then never ends.
    const concerned = [...this.#entries.entries()].filter(
      ([, entry]) => !entry.invalid && concerns(invalidation, entry),
    );
    for (const [name, entry] of concerned) {
      if (CACHES[entry.cache].staleAfterInvalidation)
        this.#entries.set(name, { ...entry, invalid: true }, { noUpdateTTL: true });
      else this.#entries.delete(name);
    }
  }

  get size(): number {
    return this.#entries.size;
  }
}

/** Whether an entry may be served as fresh. */
export function isFresh(entry: MemoryEntry, now: number): boolean {
  const { memoryMs, redisMs } = CACHES[entry.cache];
  return !entry.invalid && now - entry.since < memoryMs && now - entry.at < redisMs;
}

const id = (cache: CacheName, key: string) => `${cache}\n${key}`;

function freeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const member of Object.values(value)) freeze(member);
  }
  return value;
}
