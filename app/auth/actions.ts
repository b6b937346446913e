"use server";

import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { formAction } from "@/app/_http/form-action";
import type { FormState } from "@/app/_http/form-state";
import { resetPassword } from "@/lib/account/reset-password";
import { passwordResetSchema, verifyEmailSchema } from "@/lib/account/schemas";
import { verifyEmail } from "@/lib/account/verify-email";
import { clientAddress } from "@/lib/platform/rate-limit/client-address";
import { limit } from "@/lib/platform/rate-limit/limit";

const verifyForm = formAction(verifyEmailSchema, async ({ token }) => {
  await limit({ policy: "account-link-ip", subject: clientAddress(await headers()) });
  const { email } = await verifyEmail(token);
  return { message: `${email} is confirmed.` };
});

export async function verifyEmailAction(previous: FormState, form: FormData): Promise<FormState> {
  return verifyForm(previous, form);
}

const resetForm = formAction(passwordResetSchema, async (input) => {
  await limit({ policy: "account-link-ip", subject: clientAddress(await headers()) });
  await resetPassword(input);
  redirect("/login?done=password");
});

export async function resetPasswordAction(previous: FormState, form: FormData): Promise<FormState> {
  return resetForm(previous, form);
}
