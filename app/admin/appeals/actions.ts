"use server";

import { redirect } from "next/navigation";
import { after } from "next/server";
import { z } from "zod";
import { formAction } from "@/app/_http/form-action";
import type { FormState } from "@/app/_http/form-state";
import { requireUser } from "@/lib/access/session";
import { decideAppeal } from "@/lib/learning/review/decide-appeal";
import { appealDecisionSchema } from "@/lib/learning/review/schemas";
import { drainAfterRequest } from "@/lib/platform/outbox/outbox";

const decideForm = formAction(
  z.object({ ...appealDecisionSchema.shape, answer: z.uuid(), cursor: z.string().max(200).optional() }),
  async ({ answer, cursor, ...decision }) => {
    const { user } = await requireUser("operator");
    await decideAppeal(user.id, answer, decision);
    after(drainAfterRequest);
    redirect(`/admin/appeals?${new URLSearchParams({ decided: decision.decision, ...(cursor ? { cursor } : {}) })}`);
  },
);

/** Decides about an answer, once. */
export async function decideAppealAction(previous: FormState, form: FormData): Promise<FormState> {
  return decideForm(previous, form);
}
