"use server";

import { redirect } from "next/navigation";
import { z } from "zod";
import { formAction } from "@/app/_http/form-action";
import type { FormState } from "@/app/_http/form-state";
import { requireUser } from "@/lib/access/session";
import { getAnalysis } from "@/lib/analysis/read-analyses";
import { rewordInsights, useOwnWords } from "@/lib/analysis/wording/reword-insights";
import { NOT_REWORDED } from "@/lib/analysis/wording/rules";
import { AppError } from "@/lib/kernel/errors";
import { limit } from "@/lib/platform/rate-limit/limit";

const schema = z.object({ analysisId: z.uuid() });

const reword = formAction(schema, async ({ analysisId }) => {
  const { user, db } = await requireUser();
  await limit({ policy: "wording-user", subject: user.id });
  const notReworded = await rewordInsights(db, user.id, analysisId);
  if (notReworded) throw new AppError("service_unavailable", NOT_REWORDED[notReworded]);
  redirect(`/learn/analyses/${analysisId}#insights`);
});

/** Lets the sentences of this one analysis's insights be sent to a model. Without a script this is the whole of it. */
export async function rewordAction(previous: FormState, form: FormData): Promise<FormState> {
  return reword(previous, form);
}

const own = formAction(schema, async ({ analysisId }) => {
  const { user, db } = await requireUser();
  await getAnalysis(db, analysisId);
  await useOwnWords(user.id, analysisId);
  redirect(`/learn/analyses/${analysisId}#insights`);
});

/** Goes back to the rules' own words. */
export async function ownWordsAction(previous: FormState, form: FormData): Promise<FormState> {
  return own(previous, form);
}
