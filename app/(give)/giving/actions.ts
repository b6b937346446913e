"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { formAction } from "@/app/_http/form-action";
import type { FormState } from "@/app/_http/form-state";
import { requireUser } from "@/lib/access/session";
import { claimGuestGifts } from "@/lib/giving/pledge/claim-guest-gifts";

const claimForm = formAction(z.object({}), async () => {
  const { user } = await requireUser("live");
  const claimed = await claimGuestGifts(user.id);
  revalidatePath("/giving");
  if (claimed === 0) return { message: "There are no further gifts with this address." };
  return { message: claimed === 1 ? "One gift is yours now." : `${claimed} gifts are yours now.` };
});

/** Makes gifts given as a guest with the proven address one's own. */
export async function claimGiftsAction(previous: FormState, form: FormData): Promise<FormState> {
  return claimForm(previous, form);
}
