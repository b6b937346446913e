import "server-only";
import { createHash } from "node:crypto";
import { AppError } from "@/lib/kernel/errors";
import { configuredChallenge, passesChallenge } from "@/lib/platform/challenge/challenge";
import { limit } from "@/lib/platform/rate-limit/limit";
import { readCardFingerprint, type PaidWith } from "@/lib/platform/stripe/intents";
import { DECLINE_LIMITS, exhaustedLimit, looksAutomated } from "@/lib/giving/payment/risk/rules";
import { readRisk } from "@/lib/giving/payment/store";

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

/**
 * Stands before the work of a try, where only the winner of its key is counted: limits by address and e-mail, limits
 * by card and campaign where only declines count, and a challenge for who looks automated. A campaign's limit becomes a
 * challenge where one is configured.
 * @returns `RateLimit` headers, and whether a challenge was passed
 * @throws AppError `rate_limited`, `challenge_required`, `forbidden` for whom an operator has shut out
 */
export async function admit(
  attempt: Attempt,
): Promise<{ readonly headers: Record<string, string>; readonly challenged: boolean }> {
  const headers = await limit(
    { policy: "pledge-ip", subject: attempt.address },
    { policy: "pledge-email", subject: attempt.email },
  );
  const { tries } = await readRisk({
    campaignId: attempt.campaignId,
    cardFingerprint: await readCardFingerprint(attempt.paidWith),
    email: attempt.email,
    ipHash: hashOfAddress(attempt.address),
  });
  const challenge = configuredChallenge();
  const exhausted = exhaustedLimit(tries);
  // Whoever tests cards at a campaign must not be able to close it: where a person can be told from a machine, people go on.
  if (exhausted && !(exhausted === "campaign" && challenge)) {
    throw new AppError("rate_limited", DECLINE_LIMITS[exhausted].message, {
      retryAfterSeconds: DECLINE_WINDOW_SECONDS,
      headers,
    });
  }
  if (!challenge || !(exhausted || looksAutomated(tries))) return { headers, challenged: false };
  const { challengeToken } = attempt;
  if (challengeToken && (await passesChallenge(challengeToken, attempt.address))) return { headers, challenged: true };
  throw new AppError(
    "challenge_required",
    exhausted
      ? "Many cards were declined at this campaign lately. Show that a person is giving, then send the same request again with the answer."
      : "There were many tries to pay from here. Show that a person is giving, then send the same request again with the answer.",
    { extra: { challenge }, headers },
  );
}
