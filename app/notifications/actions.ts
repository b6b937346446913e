"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { formAction } from "@/app/_http/form-action";
import type { FormState } from "@/app/_http/form-state";
import { requireUser } from "@/lib/access/session";
import { markNotificationsRead } from "@/lib/account/mark-notifications-read";

const allForm = formAction(z.strictObject({ upTo: z.coerce.number().int().positive() }), async ({ upTo }) => {
  const { db } = await requireUser();
  const marked = await markNotificationsRead(db, { upTo });
  revalidatePath("/notifications");
  return { message: marked === 1 ? "One notice is marked as read." : `${marked} notices are marked as read.` };
});

export async function markAllRead(previous: FormState, form: FormData): Promise<FormState> {
  return allForm(previous, form);
}
