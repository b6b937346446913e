import { handle } from "@/app/_http/handle";
import { listDisputesOperation } from "@/app/api/v1/_operations/disputes";
import { signedIn } from "@/lib/access/authorise";
import { pageOfDisputes } from "@/lib/giving/dispute/answer-dispute";

export const GET = handle(listDisputesOperation, async ({ query, caller }) => ({
  status: 200,
  body: await pageOfDisputes(signedIn(caller).user.id, query.state, query.limit, query.cursor),
}));
