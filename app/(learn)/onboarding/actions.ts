"use server";

import { redirect } from "next/navigation";
import { after } from "next/server";
import { z } from "zod";
import { formAction } from "@/app/_http/form-action";
import type { FormState } from "@/app/_http/form-state";
import { requireUser } from "@/lib/access/session";
import { advanceOnboarding } from "@/lib/account/advance-onboarding";
import { contentFormatSchema } from "@/lib/account/schemas";
import { updatePreferences } from "@/lib/account/update-preferences";
import { startRequestSchema } from "@/lib/learning/session/schemas";
import { startSession } from "@/lib/learning/session/start-session";
import { drainAfterRequest } from "@/lib/platform/outbox/outbox";
import { limit } from "@/lib/platform/rate-limit/limit";
import { currentTraceparent } from "@/lib/platform/telemetry/tracing";

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
  redirect(step === "finish" ? "/learn" : "/learn/repositories");
});

export async function leaveOnboarding(previous: FormState, form: FormData): Promise<FormState> {
  return leaveForm(previous, form);
}

const lessonForm = formAction(startRequestSchema, async (request) => {
  const { db, user } = await requireUser();
  await limit({ policy: "learning-session-user", subject: user.id });
  const { session } = await startSession(user.id, request, currentTraceparent() ?? null);
  // Somebody who learns is no longer new.
  await advanceOnboarding(db, user.id, "finish");
  after(drainAfterRequest);
  redirect(`/learn/sessions/${session.id}`);
});

/** Starts the lesson that the first analysis leads to, which ends the first-run path. */
export async function startFirstLesson(previous: FormState, form: FormData): Promise<FormState> {
  return lessonForm(previous, form);
}
