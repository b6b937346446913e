import { createHash, randomBytes } from "node:crypto";

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** Makes ids that look like Stripe's. */
export interface Ids {
  /** `pi` → `pi_3Q…`, 24 characters after the underscore unless told otherwise. */
  next(prefix: string, length?: number): string;
}

const spell = (bytes: Buffer, length: number): string =>
  [...bytes.subarray(0, length)].map((byte) => ALPHABET[byte % ALPHABET.length]).join("");

/** Ids that nobody can guess. */
export const randomIds: Ids = {
  next: (prefix, length = 24) => `${prefix}_${spell(randomBytes(length), length)}`,
};

/** The same ids in the same order for the same seed, so that a run can be replayed. */
export function seededIds(seed: string): Ids {
  let count = 0;
  return {
    next(prefix, length = 24) {
      count += 1;
      return `${prefix}_${spell(createHash("sha512").update(`${seed}:${count}`).digest(), length)}`;
    },
  };
}
