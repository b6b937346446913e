import "server-only";
import { createHash } from "node:crypto";
import { AppError } from "@/lib/kernel/errors";
import { configuredChallenge, passesChallenge } from "@/lib/platform/challenge/challenge";
import { limit } from "@/lib/platform/rate-limit/limit";
import { readCardFingerprint, type PaidWith } from "@/lib/platform/stripe/intents";
import { DECLINE_LIMITS, exhaustedLimit, looksAutomated, type RecentTries } from "@/lib/giving/payment/risk/rules";
import { readRisk, type TriedAt } from "@/lib/giving/payment/store";

/** After declines alone, in seconds: the window in which they are counted. */
const DECLINE_WINDOW_SECONDS = 3_600;

/** Who tries to pay, with what, for which campaign. */
export interface Attempt {
  readonly campaignId: string;
  readonly email: string;
  /** The caller's address as `clientAddress` names it. */
  readonly address: string;
  readonly paidWith: PaidWith;
  readonly challengeToken: string | undefined;
}

/** The address as it is kept: a hash, for counting alone. */
export const hashOfAddress = (address: string): string =>
  createHash("sha256").update(`address:${address}`).digest("hex");

/** What stands before a try once it was counted: how it stands with the limits, and where its tries are read. */
export interface Counted {
  /** `RateLimit` headers. */
  readonly headers: Record<string, string>;
  readonly about: TriedAt;
}

/**
 * The first half of {@link admit}: limits by address and e-mail. Whoever goes on has what was tried {@link judgeTries}d.
 * @throws AppError `rate_limited`, `forbidden` for whom an operator has shut out
 */
export async function countTry(attempt: Attempt): Promise<Counted> {
  const headers = await limit(
    { policy: "pledge-ip", subject: attempt.address },
    { policy: "pledge-email", subject: attempt.email },
  );
  const { campaignId, email, address, paidWith } = attempt;
  const cardFingerprint = await readCardFingerprint(paidWith);
  return { headers, about: { campaignId, cardFingerprint, email, ipHash: hashOfAddress(address) } };
}

/**
 * The second half of {@link admit}: limits by card and campaign, where only declines count, and a challenge for who
 * looks automated. A campaign's limit becomes a challenge where one is configured.
 * @returns whether a challenge was passed
 * @throws AppError `rate_limited`, `challenge_required`
 */
export async function judgeTries(tries: RecentTries, attempt: Attempt, { headers }: Counted): Promise<boolean> {
  const challenge = configuredChallenge();
  const exhausted = exhaustedLimit(tries);
  // Whoever tests cards at a campaign must not be able to close it: where a person can be told from a machine, people go on.
  if (exhausted && !(exhausted === "campaign" && challenge)) {
    throw new AppError("rate_limited", DECLINE_LIMITS[exhausted].message, {
      retryAfterSeconds: DECLINE_WINDOW_SECONDS,
      headers,
    });
  }
  if (!challenge || !(exhausted || looksAutomated(tries))) return false;
  const { challengeToken } = attempt;
  if (challengeToken && (await passesChallenge(challengeToken, attempt.address))) return true;
  throw new AppError(
    "challenge_required",
    exhausted
      ? "Many cards were declined at this campaign lately. Show that a person is giving, then send the same request again with the answer."
      : "There were many tries to pay from here. Show that a person is giving, then send the same request again with the answer.",
    { extra: { challenge }, headers },
  );
}

/**
 * Stands before the work of a try, where only the winner of its key is counted.
 * @throws AppError as {@link countTry} and {@link judgeTries}
 */
export async function admit(attempt: Attempt): Promise<void> {
  const counted = await countTry(attempt);
  const { tries } = await readRisk(counted.about);
  await judgeTries(tries, attempt, counted);
}
