import "server-only";
import { AppError } from "@/lib/kernel/errors";
import type { IdempotentAnswer } from "@/lib/platform/idempotency/answer";
import { callerOfUser } from "@/lib/platform/idempotency/key";
import { withIdempotency } from "@/lib/platform/idempotency/with-idempotency";
import { findPayment } from "@/lib/giving/payment/store";
import { fourEyesAbove } from "./rules";
import {
  refundAnswerSchema,
  type FailedRefundStanding,
  type RefundAnswer,
  type RefundDesk,
  type RefundRequest,
} from "./schemas";
import {
  insertRefund,
  readFailedStanding,
  readRefundDesk,
  settleApproval,
  writeFailureSettled,
  type Refund,
} from "./store";

/**
 * Asks for money to go back to a donor, once for a key; sent by {@link sendRefunds}. A large one waits for a second person.
 * @throws AppError `forbidden`, `not_found`, `rule_broken` with the path, and those of an Idempotency-Key
 */
export async function askRefund(
  actorId: string,
  paymentId: string,
  request: RefundRequest,
  keyHeader: string | null,
): Promise<IdempotentAnswer> {
  return withIdempotency(
    {
      route: "POST /api/v1/admin/payments/{id}/refunds",
      caller: callerOfUser(actorId),
      keyHeader,
      fingerprintOf: { paymentId, ...request },
    },
    async ({ lease }) => {
      const { amountMinor } = request;
      if (amountMinor !== undefined && !Number.isSafeInteger(amountMinor))
        throw new AppError("rule_broken", "The amount cannot be returned. Nothing was asked for.", {
          issues: [{ path: "amountMinor", message: "An amount is a whole number of minor units, such as cents." }],
        });
      const view = await findPayment({ paymentId });
      if (!view) throw new AppError("not_found", "There is no such payment.");
      const asked = { ...request, paymentId, fourEyesAbove: fourEyesAbove(view.payment.currency) };
      return { status: 201, body: shown(await insertRefund(lease, actorId, asked)) };
    },
  );
}

/**
 * The second pair of eyes on a large refund: it is sent, or ends. Who asked may only take it back.
 * @throws AppError `forbidden`, `not_found`, `conflict` when it waits for nobody
 */
export async function decideRefund(actorId: string, refundId: string, approved: boolean): Promise<RefundAnswer> {
  return shown(await settleApproval(actorId, refundId, approved));
}

/** What can still be given back of a pledge, for whoever runs its campaign. @throws AppError `not_found` */
export async function refundDeskOf(actorId: string, pledgeId: string): Promise<RefundDesk> {
  return readRefundDesk(actorId, pledgeId);
}

/** A pledge's refund that failed, open or dealt with; null: none has. @throws AppError `not_found` */
export async function failedRefundOf(actorId: string, pledgeId: string): Promise<FailedRefundStanding | null> {
  return readFailedStanding(actorId, pledgeId);
}

/**
 * Says that a refund which failed was dealt with in another way, such as a bank transfer; it is no longer listed then.
 * @throws AppError `not_found`, `conflict` when it wants nobody, `rule_broken` without a note
 */
export async function settleFailedRefund(actorId: string, refundId: string, note: string): Promise<void> {
  await writeFailureSettled(actorId, refundId, note);
}

function shown({
  id,
  paymentId,
  pledgeId,
  amountMinor,
  currency,
  status,
  reason,
  needsApproval,
}: Refund): RefundAnswer {
  return refundAnswerSchema.parse({
    refund: { id, paymentId, pledgeId, amountMinor, currency, status, reason, needsApproval },
  });
}
