import type { FieldIssue } from "@/lib/kernel/errors";
import {
  amountProblem,
  coverFor,
  CURRENCIES,
  formatMoney,
  isCurrency,
  type AmountProblem,
  type CurrencyCode,
} from "@/lib/kernel/money";
import type { PledgeRequest } from "./schemas";

/** Longest texts that a donor may leave, in characters. */
export const LONGEST = { name: 100, message: 500, email: 254 } as const;

/** Good enough to tell a typing mistake; whether mail arrives only mail can tell. */
const EMAIL = /^[^\s@<>"(),:;[\]\\]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/i;
/** Control characters and the marks that turn text round: nothing that a name or a message needs. */
const UNSHOWABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Text as it is kept: composed, trimmed, without what cannot be shown; nothing left is no text. */
export function tidyText(text: string | undefined): string | null {
  const tidy = text?.normalize("NFC").replaceAll(UNSHOWABLE, "").trim();
  return tidy ? tidy : null;
}

/** How an address is kept and compared. */
export const normaliseEmail = (email: string): string => email.trim().toLowerCase();

/** A pledge that keeps the rules which need no look at the campaign. */
export interface AcceptablePledge {
  readonly campaignId: string;
  readonly amountMinor: number;
  readonly coverFees: boolean;
  readonly currency: CurrencyCode;
  readonly donor: {
    readonly name: string | null;
    readonly email: string;
    readonly anonymous: boolean;
    readonly message: string | null;
  };
}

/**
 * The canonical content of a request: two that mean the same have the same fingerprint. The challenge's answer is
 * not part of it, for it changes between two tries.
 */
export function canonicalPledge(request: PledgeRequest): object {
  const { donor } = request;
  return {
    campaignId: request.campaignId.toLowerCase(),
    amountMinor: request.amountMinor,
    currency: request.currency.trim().toUpperCase(),
    donor: {
      name: tidyText(donor.name),
      email: normaliseEmail(donor.email),
      anonymous: donor.anonymous,
      message: tidyText(donor.message),
    },
    coverFees: request.coverFees ?? false,
    confirmationToken: request.confirmationToken ?? null,
    paymentMethod: request.paymentMethod ?? null,
  };
}

/** @returns the pledge, or what is wrong with it by path */
export function judgePledge(
  request: PledgeRequest,
): { readonly pledge: AcceptablePledge } | { readonly issues: readonly FieldIssue[] } {
  const issues: FieldIssue[] = [];
  const wrong = (path: string, message: string): number => issues.push({ path, message });
  const currency = request.currency.trim().toUpperCase();
  const email = normaliseEmail(request.donor.email);
  const name = tidyText(request.donor.name);
  const message = tidyText(request.donor.message);
  const coverFees = request.coverFees ?? false;
  if (!isCurrency(currency)) wrong("currency", "Gifts are not taken in this currency. Use the campaign's.");
  else {
    // A cover of what is no amount is none; the gift's own problem is told first.
    const bare = amountProblem(request.amountMinor, currency);
    const cover = coverFees && !bare ? coverFor(request.amountMinor, currency) : 0;
    const problem = bare ?? amountProblem(request.amountMinor, currency, cover);
    if (problem) wrong("amountMinor", sayAmountProblem(problem, currency, cover > 0));
  }
  if (email.length > LONGEST.email || !EMAIL.test(email)) wrong("donor.email", "This is not an e-mail address.");
  if (name && name.length > LONGEST.name) wrong("donor.name", `A name has at most ${LONGEST.name} characters.`);
  if (message && message.length > LONGEST.message)
    wrong("donor.message", `A message has at most ${LONGEST.message} characters.`);
  if (issues.length > 0 || !isCurrency(currency)) return { issues };
  return {
    pledge: {
      campaignId: request.campaignId.toLowerCase(),
      amountMinor: request.amountMinor,
      coverFees,
      currency,
      donor: { name, email, anonymous: request.donor.anonymous, message },
    },
  };
}

/** @param covered whether covered fees are part of the sum */
function sayAmountProblem(problem: AmountProblem, currency: CurrencyCode, covered: boolean): string {
  const { minimumMinor, maximumMinor, stepMinor } = CURRENCIES[currency];
  switch (problem) {
    case "fraction":
      return "An amount is a whole number of minor units, such as cents.";
    case "step":
      return `Amounts in ${currency} are multiples of ${stepMinor} minor units: cards know no smaller step.`;
    case "too_small":
      return `The least that can be given is ${formatMoney(minimumMinor, currency)}.`;
    case "too_large":
      return `The most that can be charged at once is ${formatMoney(maximumMinor, currency)}${covered ? ", covered fees included" : ""}.`;
  }
}
