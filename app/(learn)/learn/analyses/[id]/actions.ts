"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { formAction } from "@/app/_http/form-action";
import type { FormState } from "@/app/_http/form-state";
import { requireUser } from "@/lib/access/session";
import { shareAnalysis, stopSharing } from "@/lib/analysis/sharing/share-analysis";
import { serverEnv } from "@/lib/env/server";
import { AppError } from "@/lib/kernel/errors";
import { limit } from "@/lib/platform/rate-limit/limit";

const shareForm = formAction(
  z.object({ analysisId: z.uuid(), confirmPrivate: z.literal("on").optional() }),
  async ({ analysisId, confirmPrivate }) => {
    const { user } = await requireUser();
    await limit({ policy: "share-user", subject: user.id });
    const link = await shareAnalysis(user.id, analysisId, confirmPrivate === "on").catch((error: unknown) => {
      if (!(error instanceof AppError) || error.code !== "rule_broken") throw error;
      throw new AppError(error.code, error.message, {
        cause: error,
        issues: [{ path: "confirmPrivate", message: "Tick this to share a private repository's figures." }],
      });
    });
    revalidatePath(`/learn/analyses/${analysisId}`);
    return { message: new URL(link.path, serverEnv().APP_URL).href };
  },
);

/** Opens a share link; what it answers is the link itself, this once. */
export async function shareAnalysisAction(previous: FormState, form: FormData): Promise<FormState> {
  return shareForm(previous, form);
}

const revokeForm = formAction(z.object({ analysisId: z.uuid() }), async ({ analysisId }) => {
  const { user } = await requireUser();
  await stopSharing(user.id, analysisId);
  revalidatePath(`/learn/analyses/${analysisId}`);
  return { message: "The link is closed." };
});

/** Closes the caller's share link. */
export async function revokeShareAction(previous: FormState, form: FormData): Promise<FormState> {
  return revokeForm(previous, form);
}
