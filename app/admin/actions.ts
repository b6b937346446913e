"use server";

import { z } from "zod";
import { formAction } from "@/app/_http/form-action";
import type { FormState } from "@/app/_http/form-state";
import { requireUser } from "@/lib/access/session";
import { ownerUpdatesSchema } from "@/lib/giving/mail/schemas";
import { setOwnerUpdates } from "@/lib/giving/mail/send-giving-mail";

const form = formAction(z.object({ updates: ownerUpdatesSchema }), async ({ updates }) => {
  const { user } = await requireUser("live");
  await setOwnerUpdates(user.id, updates);
  return { message: "Saved." };
});

/** How the signed-in owner hears of gifts to their campaigns. */
export async function setOwnerUpdatesAction(previous: FormState, data: FormData): Promise<FormState> {
  return form(previous, data);
}
