"use server";

import { redirect } from "next/navigation";
import { z } from "zod";
import { formAction } from "@/app/_http/form-action";
import type { FormState } from "@/app/_http/form-state";
import { requireUser } from "@/lib/access/session";
import { correctLearnerPattern, forgetLearnerPattern } from "@/lib/learning/patterns/correct-pattern";
import { correctionSchema, noteSchema, patternKindSchema } from "@/lib/learning/patterns/schemas";
import { limit } from "@/lib/platform/rate-limit/limit";

const placeSchema = z.object({
  pattern: z.uuid(),
  /** Which part of the list the page shows. */
  kind: patternKindSchema.optional(),
  cursor: z.string().max(200).optional(),
});

/** Back to the same part of the list, which says what was done. */
function back({ kind, cursor }: z.infer<typeof placeSchema>, done: Readonly<Record<string, string>>): never {
  const query = new URLSearchParams({ ...(kind ? { kind } : {}), ...(cursor ? { cursor } : {}), ...done });
  redirect(`/patterns?${query.toString()}`);
}

const correctForm = formAction(
  placeSchema.extend({
    correction: z.union([correctionSchema, z.literal("")], { error: "Choose what is true of it." }),
    note: noteSchema,
  }),
  async ({ correction, note, ...place }) => {
    const { user } = await requireUser();
    await limit({ policy: "patterns-user", subject: user.id });
    const left = await correctLearnerPattern(user.id, place.pattern, correction === "" ? null : correction, note);
    back(place, left ? { corrected: place.pattern } : { forgotten: "yes" });
  },
);

/** Writes down what the learner says of a pattern. */
export async function correctPatternAction(previous: FormState, form: FormData): Promise<FormState> {
  return correctForm(previous, form);
}

const forgetForm = formAction(placeSchema, async (place) => {
  const { user } = await requireUser();
  await limit({ policy: "patterns-user", subject: user.id });
  await forgetLearnerPattern(user.id, place.pattern);
  back(place, { forgotten: "yes" });
});

/** Deletes a pattern with all that was seen of it. */
export async function forgetPatternAction(previous: FormState, form: FormData): Promise<FormState> {
  return forgetForm(previous, form);
}
