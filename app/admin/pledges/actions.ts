"use server";

import { revalidatePath } from "next/cache";
import { after } from "next/server";
import { z } from "zod";
import { formAction } from "@/app/_http/form-action";
import type { FormState } from "@/app/_http/form-state";
import { requireUser } from "@/lib/access/session";
import { reviewPayment } from "@/lib/giving/administration/review-payment";
import { resendMail } from "@/lib/giving/mail/send-giving-mail";
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
