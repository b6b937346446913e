"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { formAction } from "@/app/_http/form-action";
import type { FormState } from "@/app/_http/form-state";
import { requireUser } from "@/lib/access/session";
import { blockCard, liftBlock } from "@/lib/giving/administration/block-card";

const blockForm = formAction(
  z.object({
    pledgeId: z.uuid(),
    paymentId: z.uuid(),
    reason: z
      .string()
      .trim()
      .min(1, "Say why, for whoever looks at it later.")
      .max(500, "Keep it within 500 characters."),
    days: z.enum(["1", "30", "90", "365"], "Say for how long."),
  }),
  async ({ pledgeId, paymentId, reason, days }) => {
    const { user } = await requireUser("operator");
    await blockCard(user.id, { paymentId, reason, days: Number(days) });
    revalidatePath(`/admin/pledges/${pledgeId}`);
    revalidatePath("/admin/blocks");
    return { message: "Blocked. What this card gives from now on is let go instead of taken." };
  },
);

/** Shuts out the card of a payment; for operators. */
export async function blockCardAction(previous: FormState, form: FormData): Promise<FormState> {
  return blockForm(previous, form);
}

const liftForm = formAction(
  z.object({ blockId: z.uuid(), pledgeId: z.uuid().optional() }),
  async ({ blockId, pledgeId }) => {
    const { db } = await requireUser("operator");
    const stood = await liftBlock(db, blockId);
    if (pledgeId) revalidatePath(`/admin/pledges/${pledgeId}`);
    revalidatePath("/admin/blocks");
    return { message: stood ? "Unblocked." : "It stood no more: somebody else ended it, or its time was over." };
  },
);

/** Ends a block; for operators. */
export async function liftBlockAction(previous: FormState, form: FormData): Promise<FormState> {
  return liftForm(previous, form);
}
