/**
 * Every limit of the product in one table. A policy counts one thing (an address, an account) in a
 * sliding window. Names are part of Redis keys and of the `RateLimit` headers.
 */
export interface RatePolicy {
  /** Calls let through in one window. */
  readonly limit: number;
  readonly windowSeconds: number;
  /** What is counted. It is hashed before it becomes a key. */
  readonly by: "ip" | "email" | "user" | "service";
  /**
   * What happens while Redis does not answer. `closed`: Postgres counts, so the limit holds across processes.
   * `open`: each process counts for itself, so as many times the limit get through as there are processes.
   */
  readonly fails: "open" | "closed";
}

export const RATE_POLICIES = {
  "register-ip": { limit: 20, windowSeconds: 3600, by: "ip", fails: "closed" },
  "register-email": { limit: 5, windowSeconds: 3600, by: "email", fails: "closed" },
  "login-ip": { limit: 60, windowSeconds: 600, by: "ip", fails: "closed" },
  "login-email": { limit: 10, windowSeconds: 600, by: "email", fails: "closed" },
  "refresh-ip": { limit: 120, windowSeconds: 600, by: "ip", fails: "open" },
  "password-reset-ip": { limit: 20, windowSeconds: 3600, by: "ip", fails: "closed" },
  "password-reset-email": { limit: 3, windowSeconds: 3600, by: "email", fails: "closed" },
  "account-link-ip": { limit: 60, windowSeconds: 3600, by: "ip", fails: "closed" },
  "verification-mail-user": { limit: 5, windowSeconds: 3600, by: "user", fails: "closed" },
  "analysis-user": { limit: 30, windowSeconds: 3600, by: "user", fails: "open" },
  "repositories-user": { limit: 60, windowSeconds: 600, by: "user", fails: "open" },
  "practice-user": { limit: 120, windowSeconds: 600, by: "user", fails: "open" },
  "learning-session-user": { limit: 100, windowSeconds: 3600, by: "user", fails: "open" },
  "learning-answer-user": { limit: 240, windowSeconds: 600, by: "user", fails: "open" },
  "learning-run-user": { limit: 240, windowSeconds: 600, by: "user", fails: "open" },
  "learning-heartbeat-user": { limit: 600, windowSeconds: 600, by: "user", fails: "open" },
  "learning-appeal-user": { limit: 60, windowSeconds: 3600, by: "user", fails: "open" },
  "learning-model-user": { limit: 120, windowSeconds: 3600, by: "user", fails: "open" },
  "vulnerabilities-user": { limit: 20, windowSeconds: 3600, by: "user", fails: "open" },
  "wording-user": { limit: 20, windowSeconds: 3600, by: "user", fails: "open" },
  "suppress-user": { limit: 600, windowSeconds: 3600, by: "user", fails: "open" },
  "own-code-user": { limit: 30, windowSeconds: 3600, by: "user", fails: "open" },
  "patterns-user": { limit: 600, windowSeconds: 3600, by: "user", fails: "open" },
  "share-user": { limit: 30, windowSeconds: 3600, by: "user", fails: "open" },
  "shared-ip": { limit: 300, windowSeconds: 600, by: "ip", fails: "open" },
  "badge-ip": { limit: 600, windowSeconds: 600, by: "ip", fails: "open" },
  "statement-user": { limit: 60, windowSeconds: 3600, by: "user", fails: "open" },
  "export-user": { limit: 10, windowSeconds: 3600, by: "user", fails: "open" },
  // Card testing. The address and the e-mail count each claim that is won; a card and a campaign count declines alone.
  "pledge-ip": { limit: 60, windowSeconds: 60, by: "ip", fails: "closed" },
  "pledge-email": { limit: 20, windowSeconds: 3600, by: "email", fails: "closed" },
  // What nobody waits for, at the payment provider: of the 100 calls a second that it takes, donors need the rest.
  "stripe-bulk": { limit: 20, windowSeconds: 1, by: "service", fails: "closed" },
  "pledge-read-ip": { limit: 300, windowSeconds: 60, by: "ip", fails: "open" },
} as const satisfies Record<string, RatePolicy>;

export type RatePolicyName = keyof typeof RATE_POLICIES;
