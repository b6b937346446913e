"use server";

import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { z } from "zod";
import { formAction } from "@/app/_http/form-action";
import type { FormState } from "@/app/_http/form-state";
import { githubCallbackUrl, keepErrand } from "@/app/_http/github-errand";
import { forgetViewer, rememberTheme } from "@/app/_http/viewer-cookies";
import { requireUser } from "@/lib/access/session";
import { deleteAccount } from "@/lib/account/delete-account";
import { revokeGithub } from "@/lib/account/github-connection";
import { PRIVATE_REPOSITORY_SCOPES, SIGN_IN_SCOPES, startGithubSignIn } from "@/lib/account/github-sign-in";
import { logOut } from "@/lib/account/log-out";
import { requestEmailVerification } from "@/lib/account/request-email-verification";
import { contentFormatSchema, deleteAccountSchema, displayNameSchema, themeSchema } from "@/lib/account/schemas";
import { updatePreferences } from "@/lib/account/update-preferences";
import { updateProfile } from "@/lib/account/update-profile";
import { limit } from "@/lib/platform/rate-limit/limit";

const profileForm = formAction(z.strictObject({ displayName: displayNameSchema }), async (change) => {
  const { db, user } = await requireUser();
  await updateProfile(db, user.id, change);
  revalidatePath("/settings");
  return { message: "Your name is saved." };
});

export async function saveProfile(previous: FormState, form: FormData): Promise<FormState> {
  return profileForm(previous, form);
}

const readingForm = formAction(
  z.strictObject({ theme: themeSchema, contentFormat: contentFormatSchema }),
  async (change) => {
    const { db, user } = await requireUser();
    await updatePreferences(db, user.id, change);
    await rememberTheme(change.theme);
    revalidatePath("/settings");
    return { message: "Your preferences are saved." };
  },
);

export async function saveReading(previous: FormState, form: FormData): Promise<FormState> {
  return readingForm(previous, form);
}

const SWITCHES = [
  "notifyAnalysis",
  "notifyLearning",
  "notifyGiving",
  "mailAnalysis",
  "mailLearning",
  "mailGiving",
] as const;

const noticesForm = formAction(
  z.record(z.enum(SWITCHES), z.boolean()),
  async (change) => {
    const { db, user } = await requireUser();
    await updatePreferences(db, user.id, change);
    revalidatePath("/settings");
    return { message: "Your choice is saved." };
  },
  // A switch that is off is not in the form at all.
  (form) => Object.fromEntries(SWITCHES.map((name) => [name, form.has(name)])),
);

export async function saveNotices(previous: FormState, form: FormData): Promise<FormState> {
  return noticesForm(previous, form);
}

const MODEL_USES = ["aiHints", "aiGrading", "aiLessons"] as const;

const modelsForm = formAction(
  z.record(z.enum(MODEL_USES), z.boolean()),
  async (change) => {
    const { db, user } = await requireUser();
    await updatePreferences(db, user.id, change);
    revalidatePath("/settings");
    return { message: "Your choice is saved." };
  },
  (form) => Object.fromEntries(MODEL_USES.map((name) => [name, form.has(name)])),
);

export async function saveModelUses(previous: FormState, form: FormData): Promise<FormState> {
  return modelsForm(previous, form);
}

const verificationForm = formAction(z.strictObject({}), async () => {
  const { user } = await requireUser();
  await limit({ policy: "verification-mail-user", subject: user.id });
  const sent = await requestEmailVerification(user.id);
  return {
    message: sent
      ? `A mail is on its way to ${user.email}. Its link works for three days.`
      : "Your address is confirmed already.",
  };
});

export async function sendVerification(previous: FormState, form: FormData): Promise<FormState> {
  return verificationForm(previous, form);
}

const connectForm = formAction(z.strictObject({ access: z.enum(["public", "private"]) }), async ({ access }) => {
  const { db } = await requireUser("live");
  const scopes = access === "private" ? PRIVATE_REPOSITORY_SCOPES : SIGN_IN_SCOPES;
  const url = await startGithubSignIn(db, { scopes, callbackUrl: githubCallbackUrl() });
  await keepErrand({ intent: "connect", next: "", scopes });
  redirect(url);
});

export async function connectGithub(previous: FormState, form: FormData): Promise<FormState> {
  return connectForm(previous, form);
}

const revokeForm = formAction(z.strictObject({}), async () => {
  const { user } = await requireUser("live");
  await revokeGithub(user.id);
  revalidatePath("/settings");
  return { message: "GitHub has ended our access, and the token is deleted here." };
});

export async function disconnectGithub(previous: FormState, form: FormData): Promise<FormState> {
  return revokeForm(previous, form);
}

const everywhereForm = formAction(z.strictObject({}), async () => {
  const { db, user } = await requireUser();
  await logOut(db, { userId: user.id, bearer: undefined, everywhere: true });
  await forgetViewer();
  redirect("/login?problem=ended");
});

export async function signOutEverywhere(previous: FormState, form: FormData): Promise<FormState> {
  return everywhereForm(previous, form);
}

const deleteForm = formAction(deleteAccountSchema, async ({ confirmEmail }) => {
  const { db, user } = await requireUser("live");
  await deleteAccount(db, { userId: user.id, email: user.email, confirmEmail });
  // The account is gone; what is left of its session is this browser's cookie.
  await db.auth.signOut({ scope: "local" });
  await forgetViewer();
  redirect("/login?done=deleted");
});

export async function deleteMyAccount(previous: FormState, form: FormData): Promise<FormState> {
  return deleteForm(previous, form);
}
