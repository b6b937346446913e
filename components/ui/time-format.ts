const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ["year", 365.25 * 86_400],
  ["month", 30.4375 * 86_400],
  ["week", 7 * 86_400],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

const RELATIVE = new Intl.RelativeTimeFormat("en", { numeric: "always" });

/**
 * How long ago or ahead, in whole units of the largest that fits, e.g. "3 hours ago", "in 2 days".
 * Less than a minute either way is "just now" or "in a moment": nobody needs to watch seconds pass.
 * @param at the moment, in ms since the epoch
 * @param now the present, in ms since the epoch
 */
export function relativeTime(at: number, now: number): string {
  const seconds = (at - now) / 1000;
  const distance = Math.abs(seconds);
  const fitting = UNITS.find(([, size]) => distance >= size);
  if (!fitting) return seconds <= 0 ? "just now" : "in a moment";
  const [unit, size] = fitting;
  return RELATIVE.format(Math.sign(seconds) * Math.floor(distance / size), unit);
}

/**
 * The exact moment with its zone, e.g. "23 November 2026 at 14:30 UTC".
 * @param zone IANA zone; the reader's own when undefined (only in the browser, else pages would differ)
 */
export function exactTime(at: number, zone: string | undefined): string {
  return new Intl.DateTimeFormat("en-GB", {
    day: "numeric",
    month: "long",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    timeZoneName: "short",
    ...(zone === undefined ? {} : { timeZone: zone }),
  }).format(at);
}

/** The day alone in UTC, e.g. "23 Nov 2026": what stands on the page until the browser knows better. */
export function utcDay(at: number): string {
  return new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" }).format(
    at,
  );
}
