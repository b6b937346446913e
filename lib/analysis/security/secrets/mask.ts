import { findSecrets, type SecretMatch } from "./detect";

/** Says that something stood here, not how long it was. */
const MASK = "••••••••";

type Span = Pick<SecretMatch, "start" | "end" | "visible">;

/**
 * The part of `text` from `from` to `to`, with each secret in it masked; also those that begin before it or end behind it.
 * @param secrets in order of position, as `findSecrets` gives them
 */
export function maskedSlice(text: string, from: number, to: number, secrets: readonly Span[]): string {
  let masked = "";
  let at = from;
  for (const { start, end, visible } of secrets) {
    if (end <= at) continue;
    if (start >= to) break;
    const shown = Math.min(start + visible, to);
    if (shown > at) masked += text.slice(at, shown);
    masked += MASK;
    at = end;
  }
  return at < to ? masked + text.slice(at, to) : masked;
}

/** `text` with everything in it that looks like a secret masked, for what people or machines outside get to see. */
export function maskSecrets(text: string, path: string): string {
  return maskedSlice(text, 0, text.length, findSecrets(text, path));
}
