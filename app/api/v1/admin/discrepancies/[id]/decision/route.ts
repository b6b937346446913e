import { handle } from "@/app/_http/handle";
import { decideDiscrepancyOperation } from "@/app/api/v1/_operations/reconciliation";
import { signedIn } from "@/lib/access/authorise";
import { decideDiscrepancy } from "@/lib/giving/reconciliation/look-after-runs";

export const POST = handle(decideDiscrepancyOperation, async ({ params, body, caller }) => ({
  status: 200,
  body: await decideDiscrepancy(signedIn(caller).user.id, params.id, body),
}));
