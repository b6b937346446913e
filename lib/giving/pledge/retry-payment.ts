import "server-only";
import type { IdempotentAnswer } from "@/lib/platform/idempotency/answer";
import { callerOfGuest, callerOfUser } from "@/lib/platform/idempotency/key";
import { STARTED } from "@/lib/platform/idempotency/store";
import { withIdempotency } from "@/lib/platform/idempotency/with-idempotency";
import { authorisePayment, type Authorisation } from "@/lib/giving/payment/authorise-payment";
import type { PledgeView } from "@/lib/giving/payment/schemas";
import { admit, hashOfAddress } from "./admit";
import { paidWithOf, renewing, traceOf, type Sender } from "./make-pledge";
import { outcomeOf, takenAnswer } from "./outcome";
import { presented, withStatusToken } from "./present";
import type { RetryPaymentRequest } from "./schemas";
import { insertPayment } from "./store";

/**
 * Tries another card for a pledge whose last payment came to nothing; same limits, a key of its own. The caller of the
 * key is taken from the pledge: whoever may open it speaks for its donor.
 * @param pledge that the caller may open
 * @throws AppError `conflict` while a payment is open or was processed, `rule_broken` when the campaign is closed; as a pledge
 */
export async function retryPayment(
  { pledge }: PledgeView,
  request: RetryPaymentRequest,
  sender: Sender,
): Promise<IdempotentAnswer> {
  const paidWith = paidWithOf(request);
  const { confirmationToken = null, paymentMethod = null } = request;
  let result: Authorisation | undefined;
  return withStatusToken(async () =>
    presented(
      await withIdempotency(
        {
          route: "POST /api/v1/pledges/{id}/payments",
          caller: pledge.userId ? callerOfUser(pledge.userId) : callerOfGuest(pledge.donor.email),
          keyHeader: sender.keyHeader,
          fingerprintOf: { pledgeId: pledge.id, confirmationToken, paymentMethod },
        },
        async ({ recoveryPoint, lease, advance, progress, settled }) => {
          if (recoveryPoint === STARTED) {
            await admit({
              campaignId: pledge.campaignId,
              email: pledge.donor.email,
              address: sender.address,
              paidWith,
              challengeToken: request.challengeToken,
            });
          }
          const ipHash = hashOfAddress(sender.address);
          const view = await insertPayment(lease, pledge.id, sender.traceparent, ipHash);
          const traceId = traceOf({ progress }, sender);
          await advance("pledged", { traceId });
          result = await authorisePayment(view, {
            paidWith,
            traceId,
            ipHash,
            renew: renewing(advance, traceId),
            settling: { lease, answer: takenAnswer({ pledgeId: view.pledge.id, paymentId: view.payment.id }) },
          });
          if (result.kind === "settled" && result.keySettledAt) settled(result.keySettledAt);
          return outcomeOf(result);
        },
      ),
      result,
    ),
  );
}
