"use server";

import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { after } from "next/server";
import { z } from "zod";
import { formAction } from "@/app/_http/form-action";
import type { FormState } from "@/app/_http/form-state";
import { githubCallbackUrl, keepErrand } from "@/app/_http/github-errand";
import { rememberViewer } from "@/app/_http/viewer-cookies";
import { authoriseCookies } from "@/lib/access/authorise";
import { safeNext } from "@/lib/access/safe-next";
import { startGithubSignIn, SIGN_IN_SCOPES } from "@/lib/account/github-sign-in";
import { logIn } from "@/lib/account/log-in";
import { register } from "@/lib/account/register";
import { requestEmailVerification } from "@/lib/account/request-email-verification";
import { requestPasswordReset } from "@/lib/account/request-password-reset";
import { loginSchema, passwordResetRequestSchema, registerSchema } from "@/lib/account/schemas";
import { clientAddress } from "@/lib/platform/rate-limit/client-address";
import { limit } from "@/lib/platform/rate-limit/limit";
import { cookieClient } from "@/lib/platform/supabase/server";
import { log } from "@/lib/platform/telemetry/log";

/** Where a person goes who has just signed in: on with what they wanted, or into the first-run path. */
async function arrive(wanted: string | undefined): Promise<never> {
  const { user } = await authoriseCookies("user");
  if (user) await rememberViewer(user.roles, user.theme);
  redirect(safeNext(wanted, user?.isNewUser ? "/onboarding" : undefined));
}

const logInForm = formAction(
  loginSchema.extend({ next: z.string().optional() }),
  async ({ next: wanted, ...input }) => {
    await limit(
      { policy: "login-ip", subject: clientAddress(await headers()) },
      { policy: "login-email", subject: input.email },
    );
    await logIn(await cookieClient(), input);
    return arrive(wanted);
  },
);

export async function logInAction(previous: FormState, form: FormData): Promise<FormState> {
  return logInForm(previous, form);
}

const registerForm = formAction(
  registerSchema.safeExtend({ next: z.string().optional() }),
  async ({ next: wanted, ...input }) => {
    await limit(
      { policy: "register-ip", subject: clientAddress(await headers()) },
      { policy: "register-email", subject: input.email },
    );
    const session = await register(await cookieClient(), input);
    after(() =>
      requestEmailVerification(session.user.id).catch((error: unknown) => {
        log.error({ error, userId: session.user.id }, "verification mail was not sent");
      }),
    );
    return arrive(wanted);
  },
);

export async function registerAction(previous: FormState, form: FormData): Promise<FormState> {
  return registerForm(previous, form);
}

const forgotForm = formAction(passwordResetRequestSchema, async ({ email }) => {
  await limit(
    { policy: "password-reset-ip", subject: clientAddress(await headers()) },
    { policy: "password-reset-email", subject: email },
  );
  const send = await requestPasswordReset(email);
  if (send) after(() => send().catch((error: unknown) => log.error({ error }, "password reset mail was not sent")));
  return {
    message: `If there is an account for ${email}, a mail with a link is on its way. The link works for an hour.`,
  };
});

export async function forgotPasswordAction(previous: FormState, form: FormData): Promise<FormState> {
  return forgotForm(previous, form);
}

const githubForm = formAction(z.strictObject({ next: z.string().optional() }), async ({ next: wanted }) => {
  await limit({ policy: "login-ip", subject: clientAddress(await headers()) });
  const url = await startGithubSignIn(await cookieClient(), {
    scopes: SIGN_IN_SCOPES,
    callbackUrl: githubCallbackUrl(),
  });
  await keepErrand({ intent: "sign-in", next: safeNext(wanted, ""), scopes: SIGN_IN_SCOPES });
  redirect(url);
});

export async function githubAction(previous: FormState, form: FormData): Promise<FormState> {
  return githubForm(previous, form);
}
