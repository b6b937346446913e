"use server";

import { redirect } from "next/navigation";
import { z } from "zod";
import { formAction } from "@/app/_http/form-action";
import type { FormState } from "@/app/_http/form-state";
import { requireUser } from "@/lib/access/session";
import { severitySchema } from "@/lib/analysis/security/schemas";
import { findingIdSchema, suppressionReasonSchema } from "@/lib/analysis/suppression/schemas";
import { restoreFinding, suppressFinding } from "@/lib/analysis/suppression/suppress-finding";
import { limit } from "@/lib/platform/rate-limit/limit";

const placeSchema = z.object({
  analysisId: z.uuid(),
  finding: findingIdSchema,
  /** The list that one came from, and where in it one was. */
  list: z.enum(["findings", "vulnerabilities"]),
  show: z.union([severitySchema, z.literal("marked")]).optional(),
  from: z.coerce.number().int().min(0).optional(),
});

/** Back to the same part of the list, which says what was done and offers to undo it. */
function back(
  { analysisId, finding, list, show, from }: z.infer<typeof placeSchema>,
  done: "marked" | "restored",
): never {
  const query = new URLSearchParams({
    ...(show === undefined ? {} : { show }),
    ...(from ? { from: String(from) } : {}),
    [done]: finding,
  });
  redirect(`/learn/analyses/${analysisId}/${list}?${query.toString()}`);
}

const markForm = formAction(placeSchema.extend({ reason: suppressionReasonSchema }), async ({ reason, ...place }) => {
  const { user } = await requireUser();
  await limit({ policy: "suppress-user", subject: user.id });
  await suppressFinding(user.id, place.analysisId, place.finding, reason);
  back(place, "marked");
});

/** Marks a finding as all right, with the reason in the form. */
export async function markFindingAction(previous: FormState, form: FormData): Promise<FormState> {
  return markForm(previous, form);
}

const restoreForm = formAction(placeSchema, async (place) => {
  const { user } = await requireUser();
  await limit({ policy: "suppress-user", subject: user.id });
  await restoreFinding(user.id, place.analysisId, place.finding);
  back(place, "restored");
});

/** Puts a finding back among the others. */
export async function restoreFindingAction(previous: FormState, form: FormData): Promise<FormState> {
  return restoreForm(previous, form);
}
