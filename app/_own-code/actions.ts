"use server";

import { revalidatePath } from "next/cache";
import { after } from "next/server";
import { z } from "zod";
import { formAction } from "@/app/_http/form-action";
import type { FormState } from "@/app/_http/form-state";
import { requireUser } from "@/lib/access/session";
import { allowOwnCode, disallowOwnCode } from "@/lib/learning/own-code/consent";
import { drainAfterRequest } from "@/lib/platform/outbox/outbox";
import { limit } from "@/lib/platform/rate-limit/limit";

const allowForm = formAction(z.strictObject({ wording: z.coerce.number().int().min(1) }), async ({ wording }) => {
  const { user } = await requireUser();
  await limit({ policy: "own-code-user", subject: user.id });
  await allowOwnCode(user.id, wording, null);
  after(drainAfterRequest);
  revalidatePath("/", "layout");
  return { message: "Allowed. Your newest analyses are being read for it." };
});

/** Allows exercises to be made of the caller's own code. */
export async function allowOwnCodeAction(previous: FormState, form: FormData): Promise<FormState> {
  return allowForm(previous, form);
}

const disallowForm = formAction(z.strictObject({}), async () => {
  const { user } = await requireUser();
  await limit({ policy: "own-code-user", subject: user.id });
  await disallowOwnCode(user.id);
  revalidatePath("/", "layout");
  return { message: "Taken back. What was kept of your code is deleted." };
});

/** Takes it back; what was kept is deleted. */
export async function disallowOwnCodeAction(previous: FormState, form: FormData): Promise<FormState> {
  return disallowForm(previous, form);
}
