import { stepsBetween, type PaymentState } from "@/lib/giving/payment/rules";
import type { Discrepancy, DiscrepancyKind, OurMoneyBack, OurPayment, Run } from "./schemas";

/** An intent, as far as it is compared. Amounts in minor units, the currency in upper case. */
export interface TheirIntent {
  readonly id: string;
  readonly at: string;
  readonly status: string;
  readonly amountMinor: number;
  readonly receivedMinor: number;
  readonly currency: string;
  /** Whether all that was taken went back: then what is not ours is nobody's loss. */
  readonly returned: boolean;
  /** Ours, from its metadata. */
  readonly paymentId: string | undefined;
}

/** A charge, likewise. */
export interface TheirCharge {
  readonly id: string;
  readonly at: string;
  readonly intentId: string | undefined;
  readonly amountMinor: number;
  readonly currency: string;
  /** Whether it took money: declined ones and holds that were let go did not. */
  readonly captured: boolean;
  /** Whether all of it went back. */
  readonly returned: boolean;
}

/** A refund or a dispute, likewise. */
export interface TheirMoneyBack {
  readonly id: string;
  readonly at: string;
  readonly status: string;
  readonly amountMinor: number;
  readonly currency: string;
}

/**
 * - `matches`: both say the same.
 * - `foreign`: none of ours, and it took no money of a donor of ours.
 * - `heal`: ours is behind in the one way in which it can be mended: read the object again and apply it.
 * - a {@link Discrepancy}: somebody has to decide.
 */
export type Verdict = "matches" | "foreign" | "heal" | Discrepancy;

/** Where an intent's status says its payment is. */
const LEADS_TO: Readonly<Record<string, PaymentState>> = {
  requires_payment_method: "pending",
  requires_confirmation: "pending",
  requires_action: "pending",
  processing: "pending",
  requires_capture: "authorized",
  succeeded: "completed",
  canceled: "canceled",
};

const about = (ours: OurPayment) => ({
  paymentId: ours.paymentId,
  pledgeId: ours.pledgeId,
  campaignId: ours.campaignId,
});

/**
 * Compares an intent with the payment of ours that names it.
 * @param named the payment that its metadata names, when none names the intent
 */
export function judgeIntent(theirs: TheirIntent, ours: OurPayment | undefined, named?: OurPayment): Verdict {
  const seen = {
    status: theirs.status,
    amountMinor: theirs.amountMinor,
    receivedMinor: theirs.receivedMinor,
    currency: theirs.currency,
  };
  const holds = (theirs.receivedMinor > 0 && !theirs.returned) || theirs.status === "requires_capture";
  const differs = (kind: DiscrepancyKind, differenceMinor?: number): Discrepancy => ({
    kind,
    objectId: theirs.id,
    at: theirs.at,
    ...(ours ? about(ours) : named ? about(named) : {}),
    currency: theirs.currency,
    differenceMinor,
    theirs: seen,
    ours: ours ? { state: ours.state, totalMinor: ours.totalMinor, capturedMinor: ours.capturedMinor } : {},
  });
  if (!ours) {
    // The answer to its creation was lost, and nobody has looked for it yet.
    if (named?.intentId === null && named.state === "pending") return "heal";
    if (!holds) return "foreign";
    return differs(named ? "second_intent" : "unknown_payment", theirs.receivedMinor || theirs.amountMinor);
  }
  if (theirs.currency !== ours.currency || theirs.amountMinor !== ours.totalMinor)
    return differs("amount", theirs.amountMinor - ours.totalMinor);
  const target = LEADS_TO[theirs.status];
  if (!target) return differs("state");
  const same = target === ours.state || (target === "canceled" && ours.state === "failed");
  if (!same) {
    if (stepsBetween(ours.state, target)) return "heal";
    return differs(stepsBetween(target, ours.state) ? "ahead_of_provider" : "state");
  }
  if (theirs.receivedMinor !== ours.capturedMinor)
    return differs("captured_amount", theirs.receivedMinor - ours.capturedMinor);
  return judgeLedger(theirs, ours);
}

/** Our own books, payment by payment: what the provider holds for us is what came, less what went and what it cost. */
function judgeLedger(theirs: TheirIntent, ours: OurPayment): Verdict {
  const { capturedMinor, refundedMinor, disputedMinor, lostMinor, processingFeeMinor, disputeFeesMinor, ledgerMinor } =
    ours;
  const feesMinor = processingFeeMinor + disputeFeesMinor;
  const expected = capturedMinor - refundedMinor - disputedMinor - lostMinor - feesMinor;
  if (ledgerMinor === expected) return "matches";
  return {
    kind: "ledger",
    objectId: theirs.id,
    at: theirs.at,
    ...about(ours),
    currency: ours.currency,
    differenceMinor: expected - ledgerMinor,
    theirs: { receivedMinor: theirs.receivedMinor },
    ours: { ledgerMinor, capturedMinor, refundedMinor, disputedMinor, lostMinor, feesMinor },
  };
}

/**
 * Compares a charge: money that was taken belongs to the one charge that its payment names.
 * @param ours the payment that names it, or its intent
 */
export function judgeCharge(theirs: TheirCharge, ours: OurPayment | undefined): Verdict {
  if (!theirs.captured) return ours ? "matches" : "foreign";
  const differs = (kind: DiscrepancyKind): Discrepancy => ({
    kind,
    objectId: theirs.id,
    at: theirs.at,
    ...(ours ? about(ours) : {}),
    currency: theirs.currency,
    differenceMinor: theirs.amountMinor,
    theirs: { amountMinor: theirs.amountMinor, intentId: theirs.intentId ?? null },
    ours: ours ? { chargeId: ours.chargeId, state: ours.state } : {},
  });
  // Of an intent that is not ours, the list of intents tells.
  if (!ours) return theirs.intentId || theirs.returned ? "foreign" : differs("unknown_charge");
  if (ours.chargeId === theirs.id) return "matches";
  if (ours.chargeId === null || ours.capturedMinor === 0) return "heal";
  return theirs.returned ? "matches" : differs("second_charge");
}

/** Compares a refund or a dispute. @param payment ours, which its intent or charge belongs to */
export function judgeMoneyBack(
  what: "refund" | "dispute",
  theirs: TheirMoneyBack,
  ours: OurMoneyBack | undefined,
  payment: OurPayment | undefined,
): Verdict {
  if (!payment && !ours) {
    // Whether money of a charge that is not ours is still here, the lists of intents and charges tell.
    if (what === "refund") return "foreign";
    return {
      kind: "unknown_dispute",
      objectId: theirs.id,
      at: theirs.at,
      currency: theirs.currency,
      differenceMinor: theirs.amountMinor,
      theirs: { status: theirs.status, amountMinor: theirs.amountMinor },
      ours: {},
    };
  }
  // What was let go before it was taken is told of as a refund by older versions of the API, and lowers nothing.
  if (!ours && what === "refund" && payment?.capturedMinor === 0) return "matches";
  if (!ours || ours.status !== theirs.status) return "heal";
  if (ours.amountMinor === theirs.amountMinor && ours.currency === theirs.currency) return "matches";
  return moneyBackDiffers(what, theirs, ours);
}

/** That reading it again did not mend it. */
export function moneyBackDiffers(
  what: "refund" | "dispute",
  theirs: TheirMoneyBack,
  ours: OurMoneyBack | undefined,
  payment?: OurPayment,
): Discrepancy {
  const whose = ours ?? payment;
  return {
    kind: what,
    objectId: theirs.id,
    at: theirs.at,
    ...(whose ? { paymentId: whose.paymentId, pledgeId: whose.pledgeId, campaignId: whose.campaignId } : {}),
    currency: theirs.currency,
    differenceMinor: theirs.amountMinor - (ours?.amountMinor ?? 0),
    theirs: { status: theirs.status, amountMinor: theirs.amountMinor },
    ours: ours ? { status: ours.status, amountMinor: ours.amountMinor } : {},
  };
}

/** A movement of the provider's balance. Minor units, with its sign: what comes in is positive. */
export interface TheirMovement {
  readonly id: string;
  readonly at: string;
  readonly amountMinor: number;
  readonly currency: string;
  /** Whether the provider changed it into another currency: then amounts cannot be compared. */
  readonly converted: boolean;
  /** The charge or refund that moved it. */
  readonly source: string | undefined;
}

/**
 * Compares a movement of the balance with the payment or refund that it is of. One of an object that is not ours is
 * the concern of the list that the object stands in.
 */
export function judgeMovement(
  theirs: TheirMovement,
  ours:
    | (Pick<OurPayment, "paymentId" | "pledgeId" | "campaignId" | "currency"> & { readonly amountMinor: number })
    | undefined,
): Verdict {
  if (!ours) return "foreign";
  if (theirs.converted || (theirs.amountMinor === ours.amountMinor && theirs.currency === ours.currency))
    return "matches";
  return {
    kind: "balance",
    objectId: theirs.id,
    at: theirs.at,
    paymentId: ours.paymentId,
    pledgeId: ours.pledgeId,
    campaignId: ours.campaignId,
    currency: theirs.currency,
    differenceMinor: theirs.amountMinor - ours.amountMinor,
    theirs: { amountMinor: theirs.amountMinor, source: theirs.source ?? null },
    ours: { amountMinor: ours.amountMinor },
  };
}

/** What was taken and kept of a currency's gifts, as both sides have it: captured, less what was refunded and lost. Minor units. */
export function keptByRun(
  { sums }: Pick<Run, "sums">,
  currency: string,
): { readonly theirsMinor: number; readonly oursMinor: number } {
  let [theirsMinor, oursMinor] = [0, 0];
  for (const sum of sums) {
    if (sum.currency !== currency || sum.kind === "balance") continue;
    const sign = sum.kind === "captured" ? 1 : -1;
    theirsMinor += sign * sum.theirsMinor;
    oursMinor += sign * sum.oursMinor;
  }
  return { theirsMinor, oursMinor };
}

/** What an operator is told to do, by kind. */
export const PROPOSALS: Readonly<Record<DiscrepancyKind, string>> = {
  unknown_payment:
    "Money was taken or is held for a payment that we do not know. Find out at the provider whom it is from; then refund it there.",
  second_intent:
    "One payment has two intents, and this one holds money. Cancel it at the provider, or refund it if it was captured.",
  second_charge: "Money was taken twice for one payment. Refund this charge at the provider.",
  unknown_charge:
    "A charge without a payment of ours took money. Find out at the provider whom it is from; then refund it there.",
  amount:
    "Amount or currency are not what was promised. Nothing of it is counted. Refund it, or correct it with the donor.",
  captured_amount:
    "Another amount was taken than we have booked. Compare the pledge’s story with the provider’s, then refund the difference.",
  state:
    "Our state and the provider’s exclude each other. Read the pledge’s story; whatever the provider holds or took decides.",
  ahead_of_provider:
    "We say more than the provider does. Look whether the intent was changed there by hand; nothing may be paid out for this gift until then.",
  ledger: "Our own books do not add up for this payment. Stop, and have check_invariants() looked at.",
  refund: "This refund is not what we have booked, and reading it again did not mend it. Compare both by hand.",
  unknown_dispute: "A bank disputes a charge that we do not know. Answer it at the provider.",
  dispute: "This dispute is not what we have booked, and reading it again did not mend it. Compare both by hand.",
  balance:
    "The provider’s balance moved by another amount than this payment says. Compare the payout’s report with the pledge’s story.",
  missing_at_provider:
    "We have it and the provider says that it does not exist. Make sure that the server’s key belongs to the right account before anything else.",
  stuck:
    "We have looked at this payment again and again for days, and it does not move. Find it in the provider's dashboard and end it there: capture, cancel or refund it. What is done there comes here by itself.",
};
