import { after } from "next/server";
import { handle } from "@/app/_http/handle";
import { signedIn } from "@/lib/access/authorise";
import { getAnalysis } from "@/lib/analysis/read-analyses";
import { askForVulnerabilities, lookUpOf } from "@/lib/analysis/vulnerabilities/ask";
import { formatTraceparent } from "@/lib/kernel/trace";
import { drainAfterRequest } from "@/lib/platform/outbox/outbox";
import { limit } from "@/lib/platform/rate-limit/limit";
import { askVulnerabilitiesOperation, readVulnerabilitiesOperation } from "../../../_operations/analysis-findings";

export const GET = handle(readVulnerabilitiesOperation, async ({ params, caller }) => {
  await getAnalysis(caller.db, params.id);
  return { status: 200, body: await lookUpOf(caller.db, params.id) };
});

export const POST = handle(askVulnerabilitiesOperation, async ({ params, caller, context }) => {
  const { user, db } = signedIn(caller);
  const headers = await limit({ policy: "vulnerabilities-user", subject: user.id });
  const outcome = await askForVulnerabilities(user.id, params.id, formatTraceparent(context.trace));
  after(drainAfterRequest);
  return { status: outcome === "known" ? 200 : 202, headers, body: await lookUpOf(db, params.id) };
});
