import type { Policy } from "./policies";

/**
 * How many attempts a policy allows at a moment.
 * @param timeZone gives an IANA name, e.g. `Europe/Berlin`; office hours are read off its clock, and it is asked for those alone
 * @throws RangeError when the time zone is not known
 */
export function attemptsAt(attempts: Policy["attempts"], at: Date, timeZone: () => string): number {
  if (typeof attempts === "number") return attempts;
  const hour = Number(
    new Intl.DateTimeFormat("en", { hour: "2-digit", hourCycle: "h23", timeZone: timeZone() }).format(at),
  );
  return hour >= attempts.from && hour < attempts.to ? attempts.within : attempts.otherwise;
}

/**
 * Milliseconds to wait after the n-th failed attempt.
 * @param random a number in [0, 1): the delay is multiplied by 0.5 to 1.0
 */
export function delayAfter(
  attempt: number,
  policy: Pick<Policy, "firstDelayMs" | "maxDelayMs">,
  random: number,
): number {
  const doubled = policy.firstDelayMs * 2 ** (attempt - 1);
  return Math.min(doubled, policy.maxDelayMs) * (0.5 + random / 2);
}
