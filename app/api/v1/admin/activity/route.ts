import { handle } from "@/app/_http/handle";
import { signedIn } from "@/lib/access/authorise";
import { pageOfActivity } from "@/lib/giving/administration/look-after";
import { listActivityOperation } from "../../_operations/campaigns";

export const GET = handle(listActivityOperation, async ({ query, caller }) => ({
  status: 200,
  body: await pageOfActivity(signedIn(caller).user.id, query.limit, query.cursor),
}));
