"use server";

import { redirect } from "next/navigation";
import { after } from "next/server";
import { z } from "zod";
import { formAction } from "@/app/_http/form-action";
import type { FormState } from "@/app/_http/form-state";
import { requireUser } from "@/lib/access/session";
import { answerSchema, exerciseViewSchema } from "@/lib/learning/content/schemas";
import { enrolInTrack, leaveEnrolment } from "@/lib/learning/session/enrol-in-track";
import { appealAnswer, giveHint, leaveSession } from "@/lib/learning/session/in-session";
import { prepareItem } from "@/lib/learning/session/content";
import { respond } from "@/lib/learning/session/respond";
import { prefetchLesson } from "@/lib/learning/session/say-lesson";
import { knownVersionSchema, startRequestSchema } from "@/lib/learning/session/schemas";
import { startSession } from "@/lib/learning/session/start-session";
import { drainAfterRequest } from "@/lib/platform/outbox/outbox";
import { limit } from "@/lib/platform/rate-limit/limit";
import { currentTraceparent } from "@/lib/platform/telemetry/tracing";
import { answerOf } from "./answer-of";

const trackSlug = z.string().regex(/^[a-z][a-z0-9-]{0,99}$/, "There is no such track.");
const ids = { sessionId: z.uuid(), activityId: z.uuid() };

const startForm = formAction(
  startRequestSchema,
  async (request) => {
    const { user } = await requireUser();
    await limit({ policy: "learning-session-user", subject: user.id });
    const { session } = await startSession(user.id, request, currentTraceparent() ?? null);
    after(drainAfterRequest);
    redirect(`/learn/sessions/${session.id}`);
  },
  (form) => ({
    trackSlug: form.get("trackSlug") ?? undefined,
    lessonSlug: form.get("lessonSlug") ?? undefined,
    testOut: form.get("testOut") === "yes" || undefined,
  }),
);

/** Starts a session on a track or one of its lessons, to practise or to test out, and goes to it. */
export async function startSessionAction(previous: FormState, form: FormData): Promise<FormState> {
  return startForm(previous, form);
}

const enrolForm = formAction(z.object({ trackSlug, leave: z.literal("yes").optional() }), async (input) => {
  const { user } = await requireUser();
  await (input.leave ? leaveEnrolment : enrolInTrack)(user.id, input.trackSlug);
  redirect(`/learn/tracks/${input.trackSlug}`);
});

/** Enrols in a track, or leaves it; what was learned stays. */
export async function enrolAction(previous: FormState, form: FormData): Promise<FormState> {
  return enrolForm(previous, form);
}

const hintForm = formAction(z.object({ ...ids, seen: z.coerce.number().int().min(0).max(50) }), async (input) => {
  const { user } = await requireUser();
  await limit({ policy: "learning-answer-user", subject: user.id });
  await giveHint(user.id, input.sessionId, input.activityId, input.seen);
  redirect(`/learn/sessions/${input.sessionId}`);
});

/** Gives the next hint, which the page then shows. */
export async function hintAction(previous: FormState, form: FormData): Promise<FormState> {
  return hintForm(previous, form);
}

const answerForm = formAction(
  z.object({ ...ids, version: z.coerce.number().pipe(knownVersionSchema), answer: answerSchema }),
  async ({ sessionId, ...request }) => {
    const { user } = await requireUser();
    await limit({ policy: "learning-answer-user", subject: user.id });
    const { responded, foreseen } = await respond(user.id, sessionId, request, currentTraceparent() ?? null);
    after(drainAfterRequest);
    if (foreseen !== null) after(() => prepareItem(foreseen));
    const shown = responded.nextContent?.concept.slug;
    if (foreseen !== null && shown !== undefined) after(() => prefetchLesson(user.id, shown, foreseen));
    redirect(`/learn/sessions/${sessionId}?answer=${responded.responseId}`);
  },
  (form) => {
    const kind = exerciseViewSchema.shape.kind.safeParse(form.get("kind"));
    return {
      sessionId: form.get("sessionId"),
      activityId: form.get("activityId"),
      version: form.get("version"),
      answer: kind.success ? answerOf(kind.data, form) : null,
    };
  },
);

/** Judges the answer of the form: the way without JavaScript; the page with it asks the API for the same. */
export async function answerAction(previous: FormState, form: FormData): Promise<FormState> {
  return answerForm(previous, form);
}

const endForm = formAction(z.object({ sessionId: z.uuid() }), async ({ sessionId }) => {
  const { user } = await requireUser();
  await leaveSession(user.id, sessionId, currentTraceparent() ?? null);
  after(drainAfterRequest);
  redirect(`/learn/sessions/${sessionId}`);
});

/** Ends a session; the page then shows what it came to. */
export async function endSessionAction(previous: FormState, form: FormData): Promise<FormState> {
  return endForm(previous, form);
}

const appealForm = formAction(
  z.object({
    sessionId: z.uuid(),
    responseId: z.uuid(),
    words: z.string().trim().min(1, "Say what the checks got wrong.").max(2_000, "Use at most 2,000 characters."),
  }),
  async ({ sessionId, responseId, words }) => {
    const { user } = await requireUser();
    await limit({ policy: "learning-appeal-user", subject: user.id });
    await appealAnswer(user.id, sessionId, responseId, words);
    after(drainAfterRequest);
    redirect(`/learn/sessions/${sessionId}?answer=${responseId}`);
  },
);

/** Says that a verdict is wrong: somebody looks at the answer. */
export async function appealAction(previous: FormState, form: FormData): Promise<FormState> {
  return appealForm(previous, form);
}
