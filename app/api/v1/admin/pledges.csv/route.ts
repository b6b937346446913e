import { handle } from "@/app/_http/handle";
import { signedIn } from "@/lib/access/authorise";
import { exportPledges } from "@/lib/giving/administration/look-after";
import { limit } from "@/lib/platform/rate-limit/limit";
import { exportPledgesOperation } from "../../_operations/documents";

const DAY_MS = 86_400_000;

export const GET = handle(exportPledgesOperation, async ({ query, caller }) => {
  const { user } = signedIn(caller);
  const headers = await limit({ policy: "statement-user", subject: user.id });
  const { csv, truncated } = await exportPledges(user.id, {
    campaignId: query.campaign,
    status: query.status,
    needs: query.needs,
    query: query.q,
    from: query.from ? `${query.from}T00:00:00Z` : undefined,
    to: query.to ? new Date(Date.parse(`${query.to}T00:00:00Z`) + DAY_MS).toISOString() : undefined,
  });
  return {
    status: 200,
    headers: { ...headers, ...(truncated ? { "X-Truncated": "true" } : {}) },
    file: {
      content: csv,
      type: "text/csv; charset=utf-8",
      name: `pledges-${new Date().toISOString().slice(0, 10)}.csv`,
    },
  };
});
