import { handle } from "@/app/_http/handle";
import { listDiscrepanciesOperation } from "@/app/api/v1/_operations/reconciliation";
import { signedIn } from "@/lib/access/authorise";
import { pageOfDiscrepancies } from "@/lib/giving/reconciliation/look-after-runs";

export const GET = handle(listDiscrepanciesOperation, async ({ query, caller }) => ({
  status: 200,
  body: await pageOfDiscrepancies(signedIn(caller).user.id, query.state, query.limit, query.cursor),
}));
