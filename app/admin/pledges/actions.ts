"use server";

import { revalidatePath } from "next/cache";
import { after } from "next/server";
import { z } from "zod";
import { formAction } from "@/app/_http/form-action";
import type { FormState } from "@/app/_http/form-state";
import { requireUser } from "@/lib/access/session";
import { reviewPayment } from "@/lib/giving/administration/review-payment";
import { resendMail } from "@/lib/giving/mail/send-giving-mail";
import { askRefund, decideRefund, settleFailedRefund } from "@/lib/giving/refund/ask-refund";
import { REFUND_REASONS } from "@/lib/giving/refund/rules";
import { refundAnswerSchema } from "@/lib/giving/refund/schemas";
import { sendRefunds } from "@/lib/giving/refund/send-refunds";
import { AppError } from "@/lib/kernel/errors";
import { formatMoney, parseAmount } from "@/lib/kernel/money";
import { fingerprint } from "@/lib/platform/idempotency/key";
import { drainAfterRequest } from "@/lib/platform/outbox/outbox";

const reviewForm = formAction(
  z.object({
    paymentId: z.uuid(),
    decision: z.enum(["release", "refuse"]),
    note: z.string().trim().max(500, "Keep the note within 500 characters.").default(""),
  }),
  async (review) => {
    const { user } = await requireUser("live");
    await reviewPayment(user.id, review);
    after(drainAfterRequest);
    // The page stays as it is: made anew it would have no panel, and so nowhere to say what was decided.
    return {
      message:
        review.decision === "release"
          ? "Released. The money is taken in a moment."
          : "Refused. The hold on the card is ended in a moment; nothing is charged.",
    };
  },
);

/** Releases or refuses a payment that was held as risky. */
export async function reviewPaymentAction(previous: FormState, form: FormData): Promise<FormState> {
  return reviewForm(previous, form);
}

const resendForm = formAction(z.object({ pledgeId: z.uuid(), mailId: z.uuid() }), async ({ pledgeId, mailId }) => {
  const { user } = await requireUser("live");
  const { to } = await resendMail(user.id, mailId);
  revalidatePath(`/admin/pledges/${pledgeId}`);
  return { message: `Sent once more to ${to}.` };
});

/** Sends a mail about a gift once more. */
export async function resendMailAction(previous: FormState, form: FormData): Promise<FormState> {
  return resendForm(previous, form);
}

const sendAfterRequest = async (): Promise<void> => {
  await sendRefunds();
  await drainAfterRequest();
};

const refundForm = formAction(
  z.object({
    pledgeId: z.uuid(),
    paymentId: z.uuid(),
    formKey: z.uuid(),
    currency: z.string().length(3),
    amount: z.string().max(40),
    reason: z.enum(REFUND_REASONS, "Say why."),
    note: z.string().trim().max(1000, "Keep the note within 1,000 characters.").default(""),
    sure: z.string("Check the amount, then tick this."),
  }),
  async ({ pledgeId, paymentId, formKey, currency, amount, reason, note }) => {
    const { user } = await requireUser("live");
    const amountMinor = parseAmount(amount, currency);
    if (amountMinor === null)
      throw new AppError("rule_broken", "The amount cannot be read.", {
        issues: [{ path: "amount", message: `Enter an amount in ${currency}, such as 25 or 25.50.` }],
      });
    const request = { amountMinor, reason, ...(note ? { note } : {}) };
    // The same form with the same content is one refund, however often it is sent; with another content it is another.
    const key = `${formKey}.${fingerprint(request).slice(0, 32)}`;
    const { body } = await askRefund(user.id, paymentId, request, key).catch(inTermsOfTheForm);
    const { refund } = refundAnswerSchema.parse(body);
    after(sendAfterRequest);
    revalidatePath(`/admin/pledges/${pledgeId}`);
    const money = formatMoney(refund.amountMinor, refund.currency);
    return {
      message: refund.needsApproval
        ? `${money} goes back once somebody else has approved it.`
        : `${money} goes back to the card that paid. The donor is mailed when it has left.`,
    };
  },
);

/** The field is called after what people type. */
function inTermsOfTheForm(error: unknown): never {
  if (!(error instanceof AppError) || error.issues.length === 0) throw error;
  const issues = error.issues.map(({ path, message }) => ({ path: path === "amountMinor" ? "amount" : path, message }));
  throw new AppError(error.code, error.message, { issues, cause: error });
}

/** Gives money back to a donor. */
export async function askRefundAction(previous: FormState, form: FormData): Promise<FormState> {
  return refundForm(previous, form);
}

const refundDecisionForm = formAction(
  z.object({ pledgeId: z.uuid(), refundId: z.uuid(), decision: z.enum(["approve", "end"]) }),
  async ({ pledgeId, refundId, decision }) => {
    const { user } = await requireUser("live");
    await decideRefund(user.id, refundId, decision === "approve");
    after(sendAfterRequest);
    revalidatePath(`/admin/pledges/${pledgeId}`);
    return undefined;
  },
);

/** Approves a refund that waits for a second person, or ends it. */
export async function decideRefundAction(previous: FormState, form: FormData): Promise<FormState> {
  return refundDecisionForm(previous, form);
}

const failureForm = formAction(
  z.object({
    pledgeId: z.uuid(),
    refundId: z.uuid(),
    note: z.string().trim().min(1, "Say what was done.").max(1000, "Keep it within 1,000 characters."),
  }),
  async ({ pledgeId, refundId, note }) => {
    const { user } = await requireUser("live");
    await settleFailedRefund(user.id, refundId, note);
    revalidatePath(`/admin/pledges/${pledgeId}`);
    return undefined;
  },
);

/** Says that a refund which failed was dealt with in another way. */
export async function settleFailedRefundAction(previous: FormState, form: FormData): Promise<FormState> {
  return failureForm(previous, form);
}
