import "server-only";
import { z } from "zod";
import { AppError } from "@/lib/kernel/errors";
import type { IdempotentAnswer } from "@/lib/platform/idempotency/answer";
import type { Authorisation } from "@/lib/giving/payment/authorise-payment";
import { findPayment } from "@/lib/giving/payment/store";
import { answerOf } from "./answer";
import { statusToken } from "./status-token";

const storedSchema = z.object({ pledgeId: z.uuid(), paymentId: z.uuid() });
const namesPledge = z.object({ pledge: z.object({ id: z.uuid() }) });

/**
 * Makes of a stored answer what the donor reads: the pledge with its present state, its status token and, where the
 * bank asks for more, the secret for that.
 * @param result of this call's own work; without one the answer is a replay, and the state is read
 */
export async function presented(
  answer: IdempotentAnswer,
  result: Authorisation | undefined,
): Promise<IdempotentAnswer> {
  const { paymentId } = storedSchema.parse(answer.body);
  const own = result?.view.payment.id === paymentId ? result : undefined;
  const view = own?.view ?? (await findPayment({ paymentId }));
  if (!view) throw new Error(`A stored answer names payment ${paymentId}, which there is not.`);
  return { ...answer, body: await answerOf(view, own?.kind === "challenge" ? own.intent : undefined) };
}

/** A refusal that names a pledge also gives its token, so that a guest can go on; the token is stored nowhere. */
export async function withStatusToken<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const names = error instanceof AppError ? namesPledge.safeParse(error.extra) : undefined;
    if (!(error instanceof AppError) || !names?.success) throw error;
    const { code, message, issues, headers, cause, retryAfterSeconds } = error;
    throw new AppError(code, message, {
      issues,
      headers,
      cause,
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
      extra: { ...error.extra, statusToken: statusToken(names.data.pledge.id) },
    });
  }
}
