import { handle } from "@/app/_http/handle";
import { signedIn } from "@/lib/access/authorise";
import { pageOfPatterns } from "@/lib/learning/patterns/page-of-patterns";
import { listPatternsOperation } from "../_operations/patterns";

export const GET = handle(listPatternsOperation, async ({ query, caller }) => ({
  status: 200,
  body: await pageOfPatterns(signedIn(caller).user.id, query),
}));
