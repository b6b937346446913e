import { handle } from "@/app/_http/handle";
import { signedIn } from "@/lib/access/authorise";
import { pageOfAppeals } from "@/lib/learning/review/page-of-appeals";
import { listAppealsOperation } from "../../_operations/appeals";

export const GET = handle(listAppealsOperation, async ({ query, caller }) => ({
  status: 200,
  body: await pageOfAppeals(signedIn(caller).user.id, query.limit, query.cursor),
}));
