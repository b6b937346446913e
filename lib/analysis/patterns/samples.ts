/**
 * A fixed number of samples out of any number of candidates, spread evenly and the same in every run: those with the
 * smallest hash of their key are kept. What is costly about a sample is made only when it is kept.
 */
export class Samples<T> {
  readonly #limit: number;
  readonly #kept: { readonly rank: number; readonly value: T }[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  offer(key: string, make: () => T): void {
    const rank = hash(key);
    const worst = this.#kept.at(-1);
    if (this.#kept.length >= this.#limit && worst && rank >= worst.rank) return;
    const at = this.#kept.findIndex((sample) => sample.rank > rank);
    this.#kept.splice(at === -1 ? this.#kept.length : at, 0, { rank, value: make() });
    if (this.#kept.length > this.#limit) this.#kept.pop();
  }

  values(): T[] {
    return this.#kept.map(({ value }) => value);
  }
}

/** FNV-1a, 32 bits (G. Fowler, L. C. Noll, K.-P. Vo), with a final mix, since paths differ mostly at their ends. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  return (value ^ (value >>> 13)) >>> 0;
}
