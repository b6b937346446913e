import "server-only";
import { AppError } from "@/lib/kernel/errors";
import type { IdempotentAnswer } from "@/lib/platform/idempotency/answer";
import type { Authorisation } from "@/lib/giving/payment/authorise-payment";
import type { PledgeView } from "@/lib/giving/payment/schemas";

/** What of an answer may be stored: ids alone. What the donor reads is made anew from them each time. */
export interface StoredPledge {
  readonly pledgeId: string;
  readonly paymentId: string;
}

/** What a gift is answered whose card was charged, or whose bank asks for more. */
export function takenAnswer(stored: StoredPledge): IdempotentAnswer {
  return { status: 201, headers: headersOf(stored), body: stored };
}

const headersOf = ({ pledgeId }: StoredPledge) => ({ Location: `/api/v1/pledges/${pledgeId}` });

/** How a refusal names its pledge, so that a guest can go on; the status token is added on the way out, never stored. */
const named = (view: PledgeView) => ({ pledge: { id: view.pledge.id } });

/**
 * The answer to a donor's try, as the table of cases in the contract has it.
 * @throws AppError `card_declined` (402), `payment_method_unusable` (422), `payment_unavailable` (503)
 */
export function outcomeOf(result: Authorisation): IdempotentAnswer {
  const { view } = result;
  const body: StoredPledge = { pledgeId: view.pledge.id, paymentId: view.payment.id };
  switch (result.kind) {
    case "settled":
    case "challenge":
      return takenAnswer(body);
    case "unknown":
      return { status: 202, headers: { ...headersOf(body), "Retry-After": "5" }, body };
    case "declined":
      throw new AppError(
        "card_declined",
        "Your bank declined this card. Nothing was charged. Try another card, or ask your bank.",
        { extra: { ...named(view), declineCode: view.payment.declineCode ?? "generic_decline" } },
      );
    case "unusable":
      throw new AppError(
        "payment_method_unusable",
        "These card details can no longer be used: they have expired or were used already. Nothing was charged. Enter the card again.",
        { extra: named(view) },
      );
    case "unavailable":
      throw new AppError(
        "payment_unavailable",
        "Our payment provider does not answer right now. Nothing was charged, and your gift is kept for an hour: send the same request again to go on.",
        { extra: named(view), retryAfterSeconds: result.retryAfterSeconds },
      );
  }
}
