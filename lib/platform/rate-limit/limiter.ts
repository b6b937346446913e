import { createHash } from "node:crypto";
import { Ratelimit } from "@upstash/ratelimit";
import type { Redis } from "@upstash/redis";
import { AppError } from "@/lib/kernel/errors";
import { BlockedCallers } from "./block-list";
import { rateHeaders, secondsLeft, type Counted } from "./headers";
import { MemoryLimiter, type Verdict } from "./memory";
import { RATE_POLICIES, type RatePolicy, type RatePolicyName } from "./policies";
import type { LimitTruth } from "./store";
import { within } from "./within";

/** Redis answers in a few ms, Postgres in a few more; past this the next in line counts. */
const TIMEOUTS_MS = { redis: 400, postgres: 1_000 };

/** After a failure Redis or Postgres is left alone this long, so that an outage slows one request and not each. */
const PAUSE_MS = 2_000;

export interface RateCount {
  readonly policy: RatePolicyName;
  /** The address, e-mail or user id that is counted. */
  readonly subject: string;
}

/** Who counted a call. */
export type CountedBy = "redis" | "postgres" | "process";

export interface LimiterOptions {
  /** Called when the first call is counted. */
  readonly redis: () => Redis;
  readonly tables: LimitTruth;
  readonly onCount?: (policy: RatePolicyName, outcome: "allowed" | "refused" | "blocked", by: CountedBy) => void;
  /** How long each is waited for, ms. */
  readonly timeoutsMs?: { readonly redis: number; readonly postgres: number };
  readonly log: { warn(details: object, message: string): void };
}

/**
 * Counts calls by the policies' table. Redis counts; while it does not answer, Postgres counts for policies that fail
 * closed, and this process for those that fail open, or when Postgres does not answer either. Each counts
 * from zero, so the change from one to the other lets at most one more window's calls through.
 */
export class RateLimiter {
  readonly #options: LimiterOptions;
  readonly #memory = new MemoryLimiter();
  readonly #blocked: BlockedCallers;
  /** One for each policy for the life of the process: the library keeps state in them. */
  readonly #limiters = new Map<RatePolicyName, Ratelimit>();
  readonly #timeoutsMs: { readonly redis: number; readonly postgres: number };
  readonly #pausedUntil = { redis: 0, postgres: 0 };

  constructor(options: LimiterOptions) {
    this.#options = options;
    this.#timeoutsMs = options.timeoutsMs ?? TIMEOUTS_MS;
    this.#blocked = new BlockedCallers(
      () => options.tables.readBlocks(),
      (error) => options.log.warn({ error }, "the block list cannot be read; the last known one holds"),
    );
  }

  /** As `limit`. */
  async limit(counts: readonly RateCount[]): Promise<Record<string, string>> {
    const counted: Counted[] = [];
    for (const { policy: name, subject } of counts) {
      const policy: RatePolicy = RATE_POLICIES[name];
      if (policy.by !== "service" && (await this.#blocked.has(policy.by, subject))) {
        this.#options.onCount?.(name, "blocked", "process");
        throw new AppError(
          "forbidden",
          "You cannot do this at present: it was blocked after misuse. If that was not you, write to us and we will look at it.",
        );
      }
      const verdict = await this.#take(name, policy, subject);
      counted.push({ name, policy, verdict });
      if (!verdict.allowed) {
        throw new AppError(
          "rate_limited",
          `There were too many attempts. Wait ${waitingTime(verdict)} and try again.`,
          {
            retryAfterSeconds: secondsLeft(verdict),
            headers: rateHeaders(counted),
          },
        );
      }
    }
    return rateHeaders(counted);
  }

  async #take(name: RatePolicyName, policy: RatePolicy, subject: string): Promise<Verdict> {
    const key = createHash("sha256").update(subject.trim().toLowerCase()).digest("base64url");
    const [verdict, by] = await this.#count(name, policy, key);
    this.#options.onCount?.(name, verdict.allowed ? "allowed" : "refused", by);
    return verdict;
  }

  async #count(name: RatePolicyName, policy: RatePolicy, key: string): Promise<[Verdict, CountedBy]> {
    const fromRedis = await this.#ask("redis", async () => {
      const answer = await this.#limiterFor(name, policy).limit(key);
      // The library answers "allowed" when Redis took too long; that is not an answer.
      if (answer.reason === "timeout") throw new Error(`Redis did not answer within ${this.#timeoutsMs.redis} ms`);
      return { allowed: answer.success, remaining: Math.max(0, answer.remaining), resetAt: answer.reset };
    });
    if (fromRedis) return [fromRedis, "redis"];
    if (policy.fails === "closed") {
      const fromTable = await this.#ask("postgres", () =>
        within(this.#timeoutsMs.postgres, this.#options.tables.take(name, key, policy)),
      );
      if (fromTable) return [fromTable, "postgres"];
    }
    return [this.#memory.take(`${name}:${key}`, policy, Date.now()), "process"];
  }

  /** @returns undefined when it does not answer, and for a while afterwards without asking */
  async #ask(whom: "redis" | "postgres", question: () => Promise<Verdict>): Promise<Verdict | undefined> {
    if (Date.now() < this.#pausedUntil[whom]) return undefined;
    try {
      return await question();
    } catch (error) {
      this.#pausedUntil[whom] = Date.now() + PAUSE_MS;
      this.#options.log.warn({ error }, `rate limits cannot be counted by ${whom}; the next in line counts`);
      return undefined;
    }
  }

  #limiterFor(name: RatePolicyName, policy: RatePolicy): Ratelimit {
    const known = this.#limiters.get(name);
    if (known) return known;
    const made = new Ratelimit({
      redis: this.#options.redis(),
      limiter: Ratelimit.slidingWindow(policy.limit, `${policy.windowSeconds} s`),
      prefix: `limit:${name}`,
      timeout: this.#timeoutsMs.redis,
      ephemeralCache: false,
      analytics: false,
    });
    this.#limiters.set(name, made);
    return made;
  }
}

function waitingTime(verdict: Verdict): string {
  const minutes = Math.ceil(secondsLeft(verdict) / 60);
  return minutes <= 1 ? "a minute" : `${minutes} minutes`;
}
