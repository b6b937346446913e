"use server";

import { revalidatePath } from "next/cache";
import { after } from "next/server";
import { z } from "zod";
import { formAction } from "@/app/_http/form-action";
import type { FormState } from "@/app/_http/form-state";
import { requireUser } from "@/lib/access/session";
import { answerDispute, saveDraft } from "@/lib/giving/dispute/answer-dispute";
import { EVIDENCE_FIELDS, evidenceSchema } from "@/lib/giving/dispute/schemas";
import { sendDisputeAnswers } from "@/lib/giving/dispute/send-answers";
import { AppError } from "@/lib/kernel/errors";
import { drainAfterRequest } from "@/lib/platform/outbox/outbox";

const sendAfterRequest = async (): Promise<void> => {
  await sendDisputeAnswers();
  await drainAfterRequest();
};

/** The texts of the form under one name, beside the rest of it. Browsers send line ends as two characters; they count as one. */
function withEvidence(form: FormData): Record<string, unknown> {
  const texts = EVIDENCE_FIELDS.flatMap((name) => {
    const text = form.get(name);
    return typeof text === "string" ? [[name, text.replaceAll("\r\n", "\n")] as const] : [];
  });
  return {
    ...Object.fromEntries([...form].filter(([name]) => !EVIDENCE_FIELDS.some((field) => field === name))),
    evidence: Object.fromEntries(texts),
  };
}

/** The fields are called after the texts themselves. */
function inTermsOfTheForm(error: unknown): never {
  if (!(error instanceof AppError) || error.issues.length === 0) throw error;
  const issues = error.issues.map(({ path, message }) => ({
    // Of all texts together the last one tells: it has room for everything.
    path: path === "evidence" ? "uncategorized_text" : path.replace(/^evidence\./, ""),
    message,
  }));
  throw new AppError(error.code, error.message, { issues, cause: error });
}

const evidenceForm = formAction(
  z.object({
    disputeId: z.uuid(),
    version: z.coerce.number().int().min(0),
    evidence: evidenceSchema,
    intent: z.enum(["save", "submit"]),
    sure: z.string().optional(),
  }),
  async ({ disputeId, version, evidence, intent, sure }) => {
    const { user } = await requireUser("live");
    if (intent === "save") {
      await saveDraft(user.id, disputeId, { version, evidence }).catch(inTermsOfTheForm);
      revalidatePath(`/admin/disputes/${disputeId}`);
      return { message: "Saved. Nothing was sent to the bank yet." };
    }
    if (sure === undefined)
      throw new AppError("rule_broken", "Nothing was sent.", {
        issues: [{ path: "sure", message: "Read it through, then tick this: it can be sent once." }],
      });
    await answerDispute(user.id, disputeId, { decision: "submit", evidence }).catch(inTermsOfTheForm);
    after(sendAfterRequest);
    revalidatePath(`/admin/disputes/${disputeId}`);
    return { message: "The evidence is on its way to the bank." };
  },
  withEvidence,
);

/** Saves evidence, or sends it to the bank. */
export async function evidenceAction(previous: FormState, form: FormData): Promise<FormState> {
  return evidenceForm(previous, form);
}

const acceptForm = formAction(
  z.object({ disputeId: z.uuid(), sureToAccept: z.string("Tick this if the money may stay with the cardholder.") }),
  async ({ disputeId }) => {
    const { user } = await requireUser("live");
    await answerDispute(user.id, disputeId, { decision: "accept" });
    after(sendAfterRequest);
    revalidatePath(`/admin/disputes/${disputeId}`);
    return { message: "The bank is told that the dispute is accepted." };
  },
);

/** Lets a dispute go. */
export async function acceptDisputeAction(previous: FormState, form: FormData): Promise<FormState> {
  return acceptForm(previous, form);
}
