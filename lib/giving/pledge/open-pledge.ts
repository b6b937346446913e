import "server-only";
import { AppError } from "@/lib/kernel/errors";
import type { PledgeView } from "@/lib/giving/payment/schemas";
import { opensPledge } from "./status-token";
import { readPledge } from "./store";

/**
 * A pledge, for its donor: signed in as its owner, or with its status token. To anybody else there is no such pledge.
 * @throws AppError `not_found`
 */
export async function openPledge(
  pledgeId: string,
  by: { readonly userId: string | null; readonly token: string | null },
): Promise<PledgeView> {
  const byToken = opensPledge(pledgeId, by.token);
  const view = byToken || by.userId ? await readPledge(pledgeId) : null;
  const own = view !== null && by.userId !== null && view.pledge.userId === by.userId;
  if (view && (byToken || own)) return view;
  throw new AppError("not_found", "There is no such gift, or the link to it is not complete. Open it from your mail.");
}
