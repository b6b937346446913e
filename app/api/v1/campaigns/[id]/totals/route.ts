import { handle } from "@/app/_http/handle";
import { readTotals, staleHeaders } from "@/lib/giving/totals/read-totals";
import { getTotalsOperation } from "../../../_operations/pledges";

export const GET = handle(getTotalsOperation, async ({ params, caller }) => {
  const totals = await readTotals(params.id, caller.user ? caller.db : undefined);
  return { status: 200, headers: staleHeaders(totals), body: totals };
});
