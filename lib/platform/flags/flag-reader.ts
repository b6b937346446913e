import { decide, type FlagRules, type FlagSubject } from "./decide";
import type { FlagTable, FlagValue } from "./flags";

/** A change takes effect in every process after this long. */
const FRESH_MS = 10_000;
/** While the store is down, what was last known holds so long; afterwards the defaults do. */
const KNOWN_MS = 300_000;
/** A decision waits so long for the first rules, and never for later ones. */
const FIRST_READ_MS = 1_000;

export interface FlagReaderOptions<Table extends FlagTable> {
  readonly table: Table;
  readonly read: () => Promise<FlagRules[]>;
  readonly log: { warn(details: object, message: string): void };
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** Decides flags by the rules in the store, of which this process keeps a copy. Never throws and hardly ever waits. */
export class FlagReader<Table extends FlagTable> {
  readonly #options: FlagReaderOptions<Table>;
  readonly #now: () => number;
  #rules: ReadonlyMap<string, FlagRules> | undefined;
  #readAt = Number.NEGATIVE_INFINITY;
  #askedAt = Number.NEGATIVE_INFINITY;
  #asking: Promise<void> | undefined;

  constructor(options: FlagReaderOptions<Table>) {
    this.#options = options;
    this.#now = options.now ?? (() => Date.now());
  }

  async get<Name extends keyof Table & string>(name: Name, of: FlagSubject = {}): Promise<FlagValue<Table[Name]>> {
    if (this.#now() - this.#askedAt >= FRESH_MS) this.#refresh();
    const known = this.#now() - this.#readAt < KNOWN_MS;
    if (!known && this.#asking) await this.#firstRead(this.#asking);
    const rules = this.#now() - this.#readAt < KNOWN_MS ? this.#rules?.get(name) : undefined;
    const flag = this.#options.table[name];
    if (!flag) throw new RangeError(`There is no flag named ${name}.`);
    // `decide` gives nothing that the flag's definition does not allow, which the compiler cannot follow.
    return decide(name, flag, rules, of) as FlagValue<Table[Name]>;
  }

  async #firstRead(asking: Promise<void>): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const over = new Promise<void>((resolve) => (timer = setTimeout(resolve, FIRST_READ_MS)));
    await Promise.race([asking, over]);
    clearTimeout(timer);
  }

  #refresh(): void {
    const askedAt = this.#now();
    this.#askedAt = askedAt;
    this.#asking ??= this.#options
      .read()
      .then((rules) => {
        this.#rules = new Map(rules.map((one) => [one.name, one]));
        this.#readAt = askedAt;
      })
      .catch((error: unknown) => {
        this.#options.log.warn(
          { error },
          "flags cannot be read; the last known hold for five minutes, then the defaults",
        );
      })
      .finally(() => (this.#asking = undefined));
  }
}
