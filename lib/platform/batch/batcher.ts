import { AppError } from "@/lib/kernel/errors";

/** What happened to items, for metrics. `refused`: there was no room. `rejected`: the target will never take it. */
export type BatchCount = "accepted" | "refused" | "written" | "retried" | "rejected";

export interface BatcherOptions<Item extends { readonly id: string }> {
  /** Writes a batch. Called again with the same items when it failed, so it is idempotent by their ids. */
  readonly write: (items: readonly Item[]) => Promise<void>;
  /** A batch is written when it has so many items, or when its oldest is so old. */
  readonly maxItems: number;
  readonly maxAgeMs: number;
  /** Items held at most, those that are being written included. */
  readonly capacity: number;
  readonly onCount?: (count: BatchCount, items: number) => void;
  readonly log: { warn(details: object, message: string): void; error(details: object, message: string): void };
}

const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 30_000;
/** A batch that is refused so often while the target is up holds something it will never take. */
const REFUSALS_BEFORE_SPLITTING = 3;

/**
 * Collects items and writes them together. What was accepted is kept until it is written: a failed write is
 * tried again, later each time. When there is no more room new items are refused, rather than old ones
 * dropped: what the caller was told about what it handed in stays true.
 */
export class Batcher<Item extends { readonly id: string }> {
  readonly #options: BatcherOptions<Item>;
  #items: Item[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #flushing: Promise<void> | undefined;
  #failures = 0;
  #refusals = 0;

  constructor(options: BatcherOptions<Item>) {
    this.#options = options;
  }

  /** Items that are not written yet. */
  get waiting(): number {
    return this.#items.length;
  }

  /** @returns false when there is no room, and the item is not kept */
  add(item: Item): boolean {
    if (this.#items.length >= this.#options.capacity) {
      this.#count("refused", 1);
      return false;
    }
    this.#items.push(item);
    this.#count("accepted", 1);
    // While writes fail, the back-off says when the next one is.
    if (this.#items.length >= this.#options.maxItems && this.#failures === 0) void this.flush();
    else this.#writeIn(this.#options.maxAgeMs);
    return true;
  }

  /**
   * Writes all that waits now, a batch after the other, and stops at the first that fails (which is then
   * tried again by itself). Never throws. Callers at the same time share one run.
   */
  flush(): Promise<void> {
    return (this.#flushing ??= this.#flush().finally(() => {
      this.#flushing = undefined;
      if (this.#items.length >= this.#options.maxItems && this.#failures === 0) void this.flush();
      else if (this.#items.length > 0) this.#writeIn(this.#options.maxAgeMs);
    }));
  }

  /**
   * Flushes for as long as it helps, for the end of a process.
   * @param withinMs time there is for it
   * @returns how many items could not be written
   */
  async close(withinMs: number): Promise<number> {
    const end = Date.now() + withinMs;
    for (;;) {
      const left = end - Date.now();
      if (this.#items.length === 0 || left <= 0) break;
      let timer: ReturnType<typeof setTimeout> | undefined;
      const over = new Promise<void>((resolve) => (timer = setTimeout(resolve, left)));
      await Promise.race([this.flush(), over]);
      clearTimeout(timer);
      if (this.#items.length > 0) await new Promise((resolve) => setTimeout(resolve, Math.min(100, left)));
    }
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#items.length > 0)
      this.#options.log.error({ items: this.#items.length }, "a batch was lost with its process");
    return this.#items.length;
  }

  #writeIn(ms: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.flush();
    }, ms);
    // A process that has nothing else to do may end; `close` is for that.
    this.#timer.unref?.();
  }

  async #flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    // A run takes what waits when it begins, so that it ends although more comes in.
    for (let left = this.#items.length; left > 0;) {
      const batch = this.#items.slice(0, Math.min(this.#options.maxItems, left));
      left -= batch.length;
      try {
        await this.#write(batch);
      } catch (error) {
        this.#failures += 1;
        const wait = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** (this.#failures - 1)) * (0.5 + Math.random() / 2);
        this.#count("retried", batch.length);
        this.#options.log.warn(
          { error, items: this.#items.length, wait },
          "a batch could not be written and will be tried again",
        );
        this.#writeIn(wait);
        return;
      }
    }
  }

  async #write(batch: readonly Item[]): Promise<void> {
    try {
      await this.#options.write(batch);
      this.#done(batch, "written");
    } catch (error) {
      this.#refusals = isRefusal(error) ? this.#refusals + 1 : 0;
      if (this.#refusals < REFUSALS_BEFORE_SPLITTING) throw error;
      await this.#split(batch, error);
    }
    this.#failures = 0;
    this.#refusals = 0;
  }

  /** Finds what is refused by halves, writes the rest, and gives up on the one that is at fault. */
  async #split(batch: readonly Item[], reason: unknown): Promise<void> {
    if (batch.length === 1) {
      this.#options.log.error({ error: reason, item: batch[0]?.id }, "an item is refused each time and was given up");
      this.#done(batch, "rejected");
      return;
    }
    const middle = Math.ceil(batch.length / 2);
    for (const half of [batch.slice(0, middle), batch.slice(middle)]) {
      try {
        await this.#options.write(half);
        this.#done(half, "written");
      } catch (error) {
        if (!isRefusal(error)) throw error;
        await this.#split(half, error);
      }
    }
  }

  #done(batch: readonly Item[], count: "written" | "rejected"): void {
    const ids = new Set(batch.map(({ id }) => id));
    this.#items = this.#items.filter(({ id }) => !ids.has(id));
    this.#count(count, batch.length);
  }

  #count(count: BatchCount, items: number): void {
    this.#options.onCount?.(count, items);
  }
}

const REFUSALS: ReadonlySet<string> = new Set(["invalid_request", "rule_broken", "conflict", "payload_too_large"]);

/**
 * Whether the target looked at the items and said no: by a rule of ours, or because they break the table's
 * (SQLSTATE 22 and 23). Anything else, a wrong key too, says nothing about them.
 */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof AppError)) return false;
  if (REFUSALS.has(error.code)) return true;
  const { cause } = error;
  return typeof cause === "object" && cause !== null && "code" in cause && /^2[23]...$/.test(String(cause.code));
}
