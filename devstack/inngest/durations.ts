const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
const DURATION = /^(?:\d+(?:\.\d+)?(?:ms|[smhdw]))+$/;

/**
 * Milliseconds of an Inngest time string such as `1d2h`, `90s` or `500ms`.
 * @returns null when the text is not one
 */
export function parseDuration(text: string): number | null {
  const compact = text.replaceAll(" ", "");
  if (!DURATION.test(compact)) return null;
  let total = 0;
  for (const [, amount, unit] of compact.matchAll(/(\d+(?:\.\d+)?)(ms|[smhdw])/g)) {
    total += Number(amount) * (UNITS[unit ?? ""] ?? 0);
  }
  return total;
}

/**
 * The moment a sleep or a timeout ends: the SDK sends either a duration or an ISO date.
 * @param from what a duration counts from
 * @throws Error when the text is neither
 */
export function momentOf(text: string, from: Date): Date {
  const duration = parseDuration(text);
  if (duration !== null) return new Date(from.getTime() + duration);
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) {
    throw new Error(`"${text}" is neither a duration such as 30s or 1h nor an ISO date.`);
  }
  return date;
}

/**
 * Milliseconds to wait for a `Retry-After` value: seconds, or a date.
 * @returns null when the header is absent or unreadable
 */
export function retryAfterMs(value: string | undefined, now: Date): number | null {
  if (value === undefined || value === "") return null;
  if (/^\d+(\.\d+)?$/.test(value)) return Number(value) * 1_000;
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? null : Math.max(0, date.getTime() - now.getTime());
}
