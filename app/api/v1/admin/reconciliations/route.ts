import { after } from "next/server";
import { handle } from "@/app/_http/handle";
import { listReconciliationsOperation, requestReconciliationOperation } from "@/app/api/v1/_operations/reconciliation";
import { signedIn } from "@/lib/access/authorise";
import { pageOfRuns, requestReconciliation } from "@/lib/giving/reconciliation/look-after-runs";
import { drainAfterRequest } from "@/lib/platform/outbox/outbox";

export const GET = handle(listReconciliationsOperation, async ({ query, caller }) => ({
  status: 200,
  body: await pageOfRuns(signedIn(caller).user.id, query.limit, query.cursor),
}));

export const POST = handle(requestReconciliationOperation, async ({ body, caller }) => {
  const asked = await requestReconciliation(signedIn(caller).user.id, body.from ?? null);
  after(drainAfterRequest);
  return { status: 202, body: asked };
});
