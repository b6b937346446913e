import { createHash, randomBytes } from "node:crypto";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/**
 * A ULID: 26 characters that sort by time, as Inngest's own run and event ids do.
 * @param time milliseconds since the epoch
 * @param entropy at least ten bytes; random when absent
 */
export function ulid(time: number = Date.now(), entropy: Uint8Array = randomBytes(10)): string {
  let left = "";
  let rest = time;
  for (let i = 0; i < 10; i += 1) {
    left = ALPHABET.charAt(rest % 32) + left;
    rest = Math.floor(rest / 32);
  }
  let right = "";
  let bits = 0;
  let value = 0;
  for (const byte of entropy.subarray(0, 10)) {
    value = (value << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      right += ALPHABET.charAt((value >>> bits) & 31);
    }
    value &= (1 << bits) - 1;
  }
  return left + right;
}

/**
 * The SDK sends `x-inngest-event-id-seed: <ms>,<base64>` and repeats it when it retries a POST, so an
 * event without an id of its own still gets the same id both times.
 * @returns null when the header is absent or malformed
 */
export function seededEventId(seed: string | undefined, index: number): string | null {
  const match = /^(\d{1,15}),([A-Za-z0-9+/=]+)$/.exec(seed ?? "");
  if (!match?.[1] || !match[2]) return null;
  const entropy = createHash("sha256").update(Buffer.from(match[2], "base64")).update(`:${index}`).digest();
  return ulid(Number(match[1]), entropy);
}
