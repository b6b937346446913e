"use server";

import { revalidatePath } from "next/cache";
import { after } from "next/server";
import { z } from "zod";
import { formAction } from "@/app/_http/form-action";
import type { FormState } from "@/app/_http/form-state";
import { requireUser } from "@/lib/access/session";
import { decideDiscrepancy, requestReconciliation } from "@/lib/giving/reconciliation/look-after-runs";
import { drainAfterRequest } from "@/lib/platform/outbox/outbox";

const requestForm = formAction(
  z.object({
    from: z.union([z.literal(""), z.iso.date("Give a day, such as 2026-11-01.")]).default(""),
  }),
  async ({ from }) => {
    const { user } = await requireUser("operator");
    const { joined } = await requestReconciliation(user.id, from ? `${from}T00:00:00Z` : null);
    after(drainAfterRequest);
    revalidatePath("/admin/reconciliations");
    return {
      message: joined
        ? "A comparison is going already; this page shows it."
        : "Begun. It is in the list below; load the page again to see how far it is.",
    };
  },
);

/** Compares with the payment provider now; for operators. */
export async function requestReconciliationAction(previous: FormState, form: FormData): Promise<FormState> {
  return requestForm(previous, form);
}

const decideForm = formAction(
  z.object({
    discrepancyId: z.uuid(),
    decision: z.enum(["resolved", "dismissed"]),
    note: z
      .string()
      .trim()
      .min(1, "Say what was done, or why it may stay.")
      .max(1000, "Keep it within 1,000 characters."),
  }),
  async ({ discrepancyId, ...decision }) => {
    const { user } = await requireUser("operator");
    await decideDiscrepancy(user.id, discrepancyId, decision);
    // The page stays as it is: made anew it would have nowhere to say what was decided.
    return {
      message:
        decision.decision === "resolved"
          ? "Noted as dealt with. If the next comparison still finds it, it opens again."
          : "Accepted as it is. It is not reported again unless it changes.",
    };
  },
);

/** Says that a difference was dealt with, or may stay; for operators. */
export async function decideDiscrepancyAction(previous: FormState, form: FormData): Promise<FormState> {
  return decideForm(previous, form);
}
