/** What a value becomes once its label has taken all the values it may. */
export const OTHER = "other";

/**
 * Keeps a metric's label from taking ever more values: each makes a time series that is kept for good, here
 * and in Prometheus. The first `limit` values are themselves, every later one is "other".
 */
export class BoundedLabel {
  readonly #limit: number;
  readonly #known = new Set<string>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  of(value: string): string {
    if (this.#known.has(value)) return value;
    if (this.#known.size >= this.#limit || value.length > 120) return OTHER;
    this.#known.add(value);
    return value;
  }
}
