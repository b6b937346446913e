import { handle } from "@/app/_http/handle";
import { readCancellationOperation } from "@/app/api/v1/_operations/refunds";
import { signedIn } from "@/lib/access/authorise";
import { cancellationOf } from "@/lib/giving/refund/end-cancelled-campaigns";

export const GET = handle(readCancellationOperation, async ({ params, caller }) => ({
  status: 200,
  body: { cancellation: await cancellationOf(signedIn(caller).user.id, params.id) },
}));
