"use server";

import { redirect } from "next/navigation";
import { after } from "next/server";
import { z } from "zod";
import { formAction } from "@/app/_http/form-action";
import type { FormState } from "@/app/_http/form-state";
import { requireUser } from "@/lib/access/session";
import { githubGrant } from "@/lib/account/github-connection";
import { cancelAnalysis } from "@/lib/analysis/read-analyses";
import { startAnalysis } from "@/lib/analysis/start-analysis";
import { AppError } from "@/lib/kernel/errors";
import { flushAnalytics } from "@/lib/platform/batch/analytics";
import { drainAfterRequest } from "@/lib/platform/outbox/outbox";
import { limit } from "@/lib/platform/rate-limit/limit";
import { currentTraceparent } from "@/lib/platform/telemetry/tracing";

const startSchema = z.object({
  repoUrl: z.string().trim().min(1, "Enter the address of a repository, such as https://github.com/owner/name."),
  ref: z
    .string()
    .trim()
    .optional()
    .transform((ref) => ref || undefined),
  fresh: z.literal("yes").optional(),
});

/** What was typed in the address field is what is wrong with it. */
const ABOUT_ADDRESS = new Set([
  "repository_url_invalid",
  "host_not_allowed",
  "repository_not_accessible",
  "rule_broken",
]);

const startForm = formAction(startSchema, async ({ repoUrl, ref, fresh }) => {
  const { user } = await requireUser();
  await limit({ policy: "analysis-user", subject: user.id });
  const traceparent = currentTraceparent() ?? null;
  const started = await startAnalysis(
    { userId: user.id, repoUrl, ref, fresh: fresh === "yes", traceparent },
    githubGrant,
  ).catch((error: unknown) => {
    if (!(error instanceof AppError) || !ABOUT_ADDRESS.has(error.code)) throw error;
    throw new AppError(error.code, error.message, {
      cause: error,
      issues: [{ path: "repoUrl", message: error.message }],
    });
  });
  after(drainAfterRequest);
  after(flushAnalytics);
  redirect(`/learn/analyses/${started.id}`);
});

/** Starts, joins or finds the analysis of the address in the form, and goes to it. */
export async function startAnalysisAction(previous: FormState, form: FormData): Promise<FormState> {
  return startForm(previous, form);
}

const cancelForm = formAction(z.object({ analysisId: z.uuid() }), async ({ analysisId }) => {
  const { db } = await requireUser();
  const outcome = await cancelAnalysis(db, analysisId);
  after(drainAfterRequest);
  redirect(outcome === "left" ? "/learn" : `/learn/analyses/${analysisId}`);
});

/** Cancels an analysis; when others wait for it too, only leaves it. */
export async function cancelAnalysisAction(previous: FormState, form: FormData): Promise<FormState> {
  return cancelForm(previous, form);
}
