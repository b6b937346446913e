import "server-only";
import { AppError } from "@/lib/kernel/errors";
import type { IdempotentAnswer } from "@/lib/platform/idempotency/answer";
import { callerOfGuest, callerOfUser } from "@/lib/platform/idempotency/key";
import { STARTED } from "@/lib/platform/idempotency/store";
import { withIdempotency, type IdempotentWork } from "@/lib/platform/idempotency/with-idempotency";
import { authorisePayment, type Authorisation } from "@/lib/giving/payment/authorise-payment";
import { admit, hashOfAddress } from "./admit";
import { presented, withStatusToken } from "./present";
import { outcomeOf } from "./outcome";
import { canonicalPledge, judgePledge, normaliseEmail, type AcceptablePledge } from "./rules";
import type { PledgeRequest, RetryPaymentRequest } from "./schemas";
import { checkPledge, insertPledge } from "./store";

/** Who sends a pledge, and how. */
export interface Sender {
  readonly userId: string | null;
  /** As `clientAddress` names it. */
  readonly address: string;
  readonly keyHeader: string | null;
  readonly traceparent: string;
  readonly traceId: string;
}

const ROUTE = "POST /api/v1/pledges";

/**
 * Takes a pledge once for its key: the table of cases of `POST /api/v1/pledges` (contracts).
 * @throws AppError for every refusal of that table; those after the claim name the pledge and its status token
 */
export async function makePledge(request: PledgeRequest, sender: Sender): Promise<IdempotentAnswer> {
  const email = normaliseEmail(request.donor.email);
  const paidWith = paidWithOf(request);
  let result: Authorisation | undefined;
  const work = async (context: IdempotentWork): Promise<IdempotentAnswer> => {
    const pledge = acceptable(request);
    let challenged = false;
    if (context.recoveryPoint === STARTED) {
      const { challengeToken } = request;
      ({ challenged } = await admit({
        campaignId: pledge.campaignId,
        email,
        address: sender.address,
        paidWith,
        challengeToken,
      }));
    }
    const { lease } = context;
    const ipHash = hashOfAddress(sender.address);
    const view = await insertPledge(
      lease,
      { ...pledge, userId: sender.userId, ipHash, challenged },
      sender.traceparent,
    );
    // From here on it is driven to an end, whatever becomes of the campaign; the lease begins anew for the provider.
    const traceId = traceOf(context, sender);
    await context.advance("pledged", { traceId });
    result = await authorisePayment(view, {
      paidWith,
      traceId,
      ipHash,
      renew: renewing(context.advance),
    });
    return outcomeOf(result);
  };
  return withStatusToken(async () =>
    presented(
      await withIdempotency(
        {
          route: ROUTE,
          caller: sender.userId === null ? callerOfGuest(email) : callerOfUser(sender.userId),
          keyHeader: sender.keyHeader,
          fingerprintOf: canonicalPledge(request),
          check: () => checkPledge(acceptable(request)),
        },
        work,
      ),
      result,
    ),
  );
}

/** @throws AppError `rule_broken` with every path at fault */
function acceptable(request: PledgeRequest): AcceptablePledge {
  const judged = judgePledge(request);
  if ("pledge" in judged) return judged.pledge;
  throw new AppError("rule_broken", "Some of what was sent breaks a rule. Nothing was charged.", {
    issues: judged.issues,
  });
}

export function paidWithOf(request: RetryPaymentRequest) {
  return request.confirmationToken
    ? { confirmationToken: request.confirmationToken }
    : { paymentMethod: request.paymentMethod ?? "" };
}

/** Half of the lease: what a call to the provider may still take then fits into the other half. */
const RENEW_AFTER_MS = 10_000;

/** Renews the key's lease when it has been held for a while. */
export function renewing(advance: IdempotentWork["advance"]): () => Promise<void> {
  const since = performance.now();
  return async () => {
    if (performance.now() - since > RENEW_AFTER_MS) await advance("pledged");
  };
}

/** The trace that the intent is made with: the first try's, because a repeated create must be the same to the letter. */
export function traceOf({ progress }: Pick<IdempotentWork, "progress">, sender: Sender): string {
  const { traceId } = progress;
  return typeof traceId === "string" ? traceId : sender.traceId;
}
