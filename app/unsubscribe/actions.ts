"use server";

import { z } from "zod";
import { formAction } from "@/app/_http/form-action";
import type { FormState } from "@/app/_http/form-state";
import { endOwnerUpdates } from "@/lib/giving/mail/send-giving-mail";

const LINK = "This link is not complete. Open it from the mail once more.";

const form = formAction(z.object({ user: z.uuid(LINK), token: z.string().min(1, LINK) }), async ({ user, token }) => {
  await endOwnerUpdates(user, token);
  return { message: "Done. You can have them again in the administration at any time." };
});

/** Ends mails to an owner by the link in them. It asks before it acts: mail scanners follow links too. */
export async function unsubscribeAction(previous: FormState, data: FormData): Promise<FormState> {
  return form(previous, data);
}
