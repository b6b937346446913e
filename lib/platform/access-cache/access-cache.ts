import { createHash } from "node:crypto";
import { redis } from "@/lib/platform/redis/client";
import { run } from "@/lib/platform/resilience/resilience";
import { log } from "@/lib/platform/telemetry/log";

/** How long a caller is remembered, in seconds. Every change of theirs drops it sooner. */
export const ACCESS_TTL_SECONDS = 3600;

/** After a failure Redis is left alone this long, so that an outage slows one request and not each. */
const PAUSE_MS = 2_000;

/** Enough for an outage; beyond it the oldest debts end with their TTL. */
const MAX_OWED = 10_000;

let pausedUntil = 0;

/** People whose entry could not be dropped: what Redis still has of them is not believed. */
const owed = new Set<string>();

const key = (userId: string) => `access:${userId}`;

/** A name for a token that does not give it away. */
export function fingerprint(token: string): string {
  return createHash("sha256").update(token).digest("base64url");
}

/**
 * What is remembered of the bearer of `token`. One hash per person, one field per verified token: that
 * the field is there is the proof that this very token was verified, and one DEL forgets all of a
 * person's sessions.
 * @returns null when nothing is known, or Redis cannot be asked; the caller then asks the database.
 */
export async function recallAccess(userId: string, token: string): Promise<unknown> {
  if (owed.has(userId)) {
    await forgetAccess(userId);
    return null;
  }
  return (await attempt("recall", () => redis().hget<unknown>(key(userId), fingerprint(token)))) ?? null;
}

/** Remembers whom the database has just confirmed. Never throws. */
export async function rememberAccess(
  userId: string,
  token: string,
  record: Readonly<Record<string, unknown>>,
): Promise<void> {
  if (owed.has(userId)) return;
  await attempt("remember", () =>
    redis()
      .multi()
      .hset(key(userId), { [fingerprint(token)]: record })
      .expire(key(userId), ACCESS_TTL_SECONDS)
      .exec(),
  );
}

/**
 * Forgets what is remembered of a person: after a change of profile, role or preferences, and at
 * sign-out. Never throws: when Redis is out, this process stops believing Redis about that person
 * until the entry could be dropped. What touches money or administration never reads this cache.
 */
export async function forgetAccess(userId: string): Promise<void> {
  const dropped = await attempt("forget", () => redis().del(key(userId)));
  if (dropped !== undefined) {
    owed.delete(userId);
    return;
  }
  owed.add(userId);
  const oldest = owed.values().next();
  if (owed.size > MAX_OWED && !oldest.done) owed.delete(oldest.value);
}

async function attempt<T>(what: string, call: () => Promise<T>): Promise<T | undefined> {
  if (Date.now() < pausedUntil) return undefined;
  try {
    return await run("redis", call);
  } catch (error) {
    pausedUntil = Date.now() + PAUSE_MS;
    log.warn({ error, what }, "access cache out of reach; asking the database instead");
    return undefined;
  }
}
