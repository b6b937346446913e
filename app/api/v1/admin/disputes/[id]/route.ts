import { handle } from "@/app/_http/handle";
import { readDisputeOperation } from "@/app/api/v1/_operations/disputes";
import { signedIn } from "@/lib/access/authorise";
import { disputeDeskOf } from "@/lib/giving/dispute/answer-dispute";

export const GET = handle(readDisputeOperation, async ({ params, caller }) => ({
  status: 200,
  body: await disputeDeskOf(signedIn(caller).user.id, params.id),
}));
