"use server";

import { redirect } from "next/navigation";
import { z } from "zod";
import { formAction } from "@/app/_http/form-action";
import type { FormState } from "@/app/_http/form-state";
import { githubCallbackUrl, keepErrand } from "@/app/_http/github-errand";
import { requireUser } from "@/lib/access/session";
import { safeNext } from "@/lib/access/safe-next";
import { PRIVATE_REPOSITORY_SCOPES, SIGN_IN_SCOPES, startGithubSignIn } from "@/lib/account/github-sign-in";
import { limit } from "@/lib/platform/rate-limit/limit";

const schema = z.object({ next: z.string().optional(), access: z.enum(["public", "private"]) });

const consentForm = formAction(schema, async ({ next, access }) => {
  const { user, db } = await requireUser();
  await limit({ policy: "repositories-user", subject: user.id });
  const scopes = access === "private" ? PRIVATE_REPOSITORY_SCOPES : SIGN_IN_SCOPES;
  const url = await startGithubSignIn(db, { scopes, callbackUrl: githubCallbackUrl() });
  await keepErrand({ intent: "connect", next: safeNext(next, "/learn/repositories"), scopes });
  redirect(url);
});

/** Sends the signed-in person to GitHub to grant what was chosen, and back to where they were. */
export async function consentAction(previous: FormState, form: FormData): Promise<FormState> {
  return consentForm(previous, form);
}
