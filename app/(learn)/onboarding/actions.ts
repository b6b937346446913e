"use server";

import { redirect } from "next/navigation";
import { z } from "zod";
import { formAction } from "@/app/_http/form-action";
import type { FormState } from "@/app/_http/form-state";
import { requireUser } from "@/lib/access/session";
import { advanceOnboarding } from "@/lib/account/advance-onboarding";
import { contentFormatSchema } from "@/lib/account/schemas";
import { updatePreferences } from "@/lib/account/update-preferences";

const formatForm = formAction(z.strictObject({ contentFormat: contentFormatSchema }), async (change) => {
  const { db, user } = await requireUser();
  await updatePreferences(db, user.id, change);
  await advanceOnboarding(db, user.id, "format");
  redirect("/onboarding");
});

export async function chooseFormat(previous: FormState, form: FormData): Promise<FormState> {
  return formatForm(previous, form);
}

const leaveForm = formAction(z.strictObject({ step: z.enum(["finish", "skip"]) }), async ({ step }) => {
  const { db, user } = await requireUser();
  await advanceOnboarding(db, user.id, step);
  redirect("/learn/repositories");
});

export async function leaveOnboarding(previous: FormState, form: FormData): Promise<FormState> {
  return leaveForm(previous, form);
}
