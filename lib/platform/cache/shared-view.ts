import { EVERYTHING, merge, type Invalidation } from "./invalidation";
import type { RedisTier } from "./redis-tier";

/** What another process has invalidated is seen here after this long, milliseconds. */
const LOOK_EVERY_MS = 1_000;
/** Invalidations that wait for Redis; beyond it everything is invalidated instead. */
const MAX_OWED = 1_000;

/**
 * Keeps this process in step with the others through Redis: learns what they invalidated, and owes them
 * what it could not tell while Redis was away.
 */
export class SharedView {
  readonly #redis: RedisTier;
  readonly #apply: (invalidation: Invalidation) => void;
  #number: number | undefined;
  #lookedAt = 0;
  #looking: Promise<void> | undefined;
  #owed: Invalidation[] = [];

  /** @param apply makes something untrue in this process */
  constructor(redis: RedisTier, apply: (invalidation: Invalidation) => void) {
    this.#redis = redis;
    this.#apply = apply;
  }

  /** What Redis does not know yet, and so must not be believed about. */
  get owed(): readonly Invalidation[] {
    return this.#owed;
  }

  /** Whether it is time to look; cheap, so that a hit from memory pays nothing for asking. */
  isDue(now: number): boolean {
    return now - this.#lookedAt >= LOOK_EVERY_MS;
  }

  /**
   * Looks for what others have invalidated. Callers at the same time share one look.
   * @throws whatever Redis fails with; the next look is then a second away all the same
   */
  look(): Promise<void> {
    return (this.#looking ??= this.#look().finally(() => (this.#looking = undefined)));
  }

  async #look(): Promise<void> {
    this.#lookedAt = Date.now();
    await this.#payDebts();
    const news = await this.#redis.news(this.#number);
    const invalidations = news.invalidations === "everything" ? [EVERYTHING] : news.invalidations;
    for (const invalidation of invalidations) this.#apply(invalidation);
    this.#number = news.number;
  }

  /**
   * Tells the others.
   * @throws whatever Redis fails with; it is owed then, and told at a later look
   */
  async tell(invalidation: Invalidation): Promise<void> {
    try {
      await this.#redis.invalidate(invalidation);
    } catch (error) {
      this.#owed = this.#owed.length < MAX_OWED ? [...this.#owed, invalidation] : [EVERYTHING];
      throw error;
    }
  }

  async #payDebts(): Promise<void> {
    if (this.#owed.length === 0) return;
    const paid = this.#owed;
    await this.#redis.invalidate(merge(paid));
    this.#owed = this.#owed.filter((debt) => !paid.includes(debt));
  }
}
