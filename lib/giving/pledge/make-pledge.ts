import "server-only";
import { AppError } from "@/lib/kernel/errors";
import type { IdempotentAnswer } from "@/lib/platform/idempotency/answer";
import { callerOfGuest, callerOfUser } from "@/lib/platform/idempotency/key";
import { STARTED, type Slot } from "@/lib/platform/idempotency/store";
import { withIdempotency, type IdempotentWork } from "@/lib/platform/idempotency/with-idempotency";
import { authorisePayment, type Authorisation } from "@/lib/giving/payment/authorise-payment";
import type { TriedAt } from "@/lib/giving/payment/store";
import { countTry, hashOfAddress, judgeTries, type Attempt } from "./admit";
import { presented, withStatusToken } from "./present";
import { outcomeOf, takenAnswer } from "./outcome";
import { canonicalPledge, judgePledge, normaliseEmail, type AcceptablePledge } from "./rules";
import type { PledgeRequest, RetryPaymentRequest } from "./schemas";
import { beginPledge, claimPledge } from "./store";

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
  const judged = judgePledge(request);
  let result: Authorisation | undefined;
  const work = async (context: IdempotentWork): Promise<IdempotentAnswer> => {
    const traceId = traceOf(context, sender);
    const { lease, advance } = context;
    const { call, ...view } = await begin(request, sender, context, traceId);
    // From here on it is driven to an end, whatever becomes of the campaign; the lease has begun anew for the provider.
    result = await authorisePayment(view, {
      paidWith,
      traceId,
      ipHash: hashOfAddress(sender.address),
      renew: renewing(advance, traceId),
      begun: call,
      settling: { lease, answer: takenAnswer({ pledgeId: view.pledge.id, paymentId: view.payment.id }) },
    });
    if (result.kind === "settled" && result.keySettledAt) context.settled(result.keySettledAt);
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
          // What is wrong with the request itself is told only after its key was looked up.
          ...("pledge" in judged
            ? { claim: (slot: Slot, seconds: number) => claimPledge(slot, seconds, judged.pledge) }
            : { check: async () => void acceptable(request) }),
        },
        work,
      ),
      result,
    ),
  );
}

/** Makes the pledge, or finds it; one that has left nothing behind yet is counted and judged first. */
async function begin(request: PledgeRequest, sender: Sender, context: IdempotentWork, traceId: string) {
  const pledge = acceptable(request);
  const { lease } = context;
  const insert = async (challenged: boolean, about?: TriedAt) =>
    beginPledge(
      lease,
      { ...context.progress, traceId },
      { ...pledge, userId: sender.userId, ipHash: hashOfAddress(sender.address), challenged },
      sender.traceparent,
      about,
    );
  let begun;
  if (context.recoveryPoint === STARTED) {
    const attempt: Attempt = {
      campaignId: pledge.campaignId,
      email: pledge.donor.email,
      address: sender.address,
      paidWith: paidWithOf(request),
      challengeToken: request.challengeToken,
    };
    const counted = await countTry(attempt);
    begun = await insert(false, counted.about);
    if ("risk" in begun) begun = await insert(await judgeTries(begun.risk, attempt, counted));
  } else begun = await insert(false);
  if ("risk" in begun) throw new Error("A pledge that was judged already was not made.");
  return begun;
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
export function renewing(advance: IdempotentWork["advance"], traceId: string): () => Promise<void> {
  const since = performance.now();
  return async () => {
    if (performance.now() - since > RENEW_AFTER_MS) await advance("pledged", { traceId });
  };
}

/** The trace that the intent is made with: the first try's, because a repeated create must be the same to the letter. */
export function traceOf({ progress }: Pick<IdempotentWork, "progress">, sender: Sender): string {
  const { traceId } = progress;
  return typeof traceId === "string" ? traceId : sender.traceId;
}
