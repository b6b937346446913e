"use server";

import { redirect } from "next/navigation";
import { after } from "next/server";
import { z } from "zod";
import { formAction } from "@/app/_http/form-action";
import type { FormState } from "@/app/_http/form-state";
import { requireUser } from "@/lib/access/session";
import { askForVulnerabilities } from "@/lib/analysis/vulnerabilities/ask";
import { drainAfterRequest } from "@/lib/platform/outbox/outbox";
import { limit } from "@/lib/platform/rate-limit/limit";
import { currentTraceparent } from "@/lib/platform/telemetry/tracing";

const askForm = formAction(z.object({ analysisId: z.uuid() }), async ({ analysisId }) => {
  const { user } = await requireUser();
  await limit({ policy: "vulnerabilities-user", subject: user.id });
  await askForVulnerabilities(user.id, analysisId, currentTraceparent() ?? null);
  after(drainAfterRequest);
  redirect(`/learn/analyses/${analysisId}/vulnerabilities`);
});

/** Lets the names of this one analysis's packages be sent to OSV. */
export async function askVulnerabilitiesAction(previous: FormState, form: FormData): Promise<FormState> {
  return askForm(previous, form);
}
