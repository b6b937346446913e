import { handle } from "@/app/_http/handle";
import { readGiftInTotalOperation } from "@/app/api/v1/_operations/reconciliation";
import { giftInTotal } from "@/lib/giving/reconciliation/look-after-runs";
import { pledgeOf } from "../../_sender";

export const GET = handle(readGiftInTotalOperation, async ({ request, params, caller }) => ({
  status: 200,
  body: await giftInTotal(await pledgeOf(request, caller, params.id)),
}));
