/** What was tried lately in one place: an address, an e-mail, a card, a campaign. */
export interface Tries {
  readonly attempts: number;
  readonly declines: number;
}

/** The tries of the last hour; `null` where nothing is known. */
export interface RecentTries {
  readonly campaign: Tries | null;
  readonly card: Tries | null;
  readonly email: Tries | null;
  readonly ip: Tries | null;
}

interface DeclineLimit {
  /**
   * Declines in an hour after which nothing more is tried there until they have grown old; of a campaign, where a challenge
   * is configured: only by who answers it.
   */
  readonly declines: number;
  readonly message: string;
}

/**
 * Card testing, the second line behind the rate policies `pledge-ip` and `pledge-email`: a card and a campaign may be
 * busy for good reasons, so only declines count there.
 */
export const DECLINE_LIMITS = {
  card: { declines: 5, message: "This card was declined several times. Wait an hour, or use another card." },
  campaign: {
    declines: 200,
    message:
      "So many cards were declined here lately that this campaign takes no more for a while. Try again in an hour.",
  },
} as const satisfies Record<string, DeclineLimit>;

/** Which of them is used up, if any. */
export function exhaustedLimit(tries: RecentTries): keyof typeof DECLINE_LIMITS | undefined {
  for (const place of ["card", "campaign"] as const) {
    if ((tries[place]?.declines ?? 0) >= DECLINE_LIMITS[place].declines) return place;
  }
  return undefined;
}

/** From how many tries on, and at which share of declines, a place looks as if cards were tested there. */
const SUSPICION = {
  ip: { attempts: 4, ratio: 0.5, burst: 20 },
  email: { attempts: 4, ratio: 0.5, burst: 12 },
  campaign: { attempts: 20, ratio: 0.5, burst: Number.POSITIVE_INFINITY },
} as const;

/** Whether a caller looks automated: mostly declines, or a burst. A person then answers one challenge. */
export function looksAutomated(tries: RecentTries): boolean {
  return (["ip", "email", "campaign"] as const).some((place) => {
    const { attempts, declines } = tries[place] ?? { attempts: 0, declines: 0 };
    const { attempts: enough, ratio, burst } = SUSPICION[place];
    return attempts >= burst || (attempts >= enough && declines / attempts >= ratio);
  });
}

/** More than any place has; JSON knows no infinity. */
const NEVER = Number.MAX_SAFE_INTEGER;
const fewest = (place: keyof typeof SUSPICION): number => Math.ceil(SUSPICION[place].attempts * SUSPICION[place].ratio);

/**
 * Below all of these {@link exhaustedLimit} and {@link looksAutomated} have nothing to say: who is mostly declined has at least
 * that share of the fewest tries that are judged. The database lets such a try through in the transaction that reads them.
 */
export const QUIET_BELOW: Readonly<Record<keyof RecentTries, Tries>> = {
  card: { attempts: NEVER, declines: DECLINE_LIMITS.card.declines },
  campaign: { attempts: NEVER, declines: Math.min(DECLINE_LIMITS.campaign.declines, fewest("campaign")) },
  email: { attempts: SUSPICION.email.burst, declines: fewest("email") },
  ip: { attempts: SUSPICION.ip.burst, declines: fewest("ip") },
};

/** What the checks before a capture know. */
export interface RiskSigns {
  /** Radar's level: normal, elevated, highest, not_assessed, unknown. */
  readonly level: string | undefined;
  /** What an operator's block list says of the donor, if anything. */
  readonly blocked: string | null;
  readonly tries: RecentTries;
}

export type RiskVerdict =
  | { readonly decision: "capture" }
  /** A person looks at it first. */
  | { readonly decision: "hold"; readonly reasons: readonly string[] }
  /** Voided: an operator has said no beforehand. */
  | { readonly decision: "refuse"; readonly reasons: readonly string[] };

/** Decides about an authorised payment. */
export function judgeRisk({ level, blocked, tries }: RiskSigns): RiskVerdict {
  if (blocked) return { decision: "refuse", reasons: [`blocked_${blocked}`] };
  const reasons = [
    ...(level === "elevated" || level === "highest" ? [`radar_${level}`] : []),
    ...(mostlyDeclines(tries.card, 3) ? ["card_declines"] : []),
    ...(mostlyDeclines(tries.email, 5) ? ["email_declines"] : []),
    ...(mostlyDeclines(tries.ip, 8) ? ["address_declines"] : []),
    ...(mostlyDeclines(tries.campaign, 50) ? ["campaign_declines"] : []),
  ];
  return reasons.length > 0 ? { decision: "hold", reasons } : { decision: "capture" };
}

function mostlyDeclines(tries: Tries | null, from: number): boolean {
  return tries !== null && tries.declines >= from && tries.declines / Math.max(1, tries.attempts) >= 0.6;
}
