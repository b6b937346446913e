"use server";

import { revalidatePath } from "next/cache";
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

/** The place differs from the page's own by its hash at most, for which a router fetches nothing: what it has is marked as old. */
function toInsights(analysisId: string): never {
  revalidatePath(`/learn/analyses/${analysisId}`);
  redirect(`/learn/analyses/${analysisId}#insights`);
}

const reword = formAction(schema, async ({ analysisId }) => {
  const { user, db } = await requireUser();
  await limit({ policy: "wording-user", subject: user.id });
  const notReworded = await rewordInsights(db, user.id, analysisId);
  if (notReworded) throw new AppError("service_unavailable", NOT_REWORDED[notReworded]);
  toInsights(analysisId);
});

/** Lets the sentences of this one analysis's insights be sent to a model. Without a script this is the whole of it. */
export async function rewordAction(previous: FormState, form: FormData): Promise<FormState> {
  return reword(previous, form);
}

const own = formAction(schema, async ({ analysisId }) => {
  const { user, db } = await requireUser();
  await getAnalysis(db, analysisId);
  await useOwnWords(user.id, analysisId);
  toInsights(analysisId);
});

/** Goes back to the rules' own words. */
export async function ownWordsAction(previous: FormState, form: FormData): Promise<FormState> {
  return own(previous, form);
}
