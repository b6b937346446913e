import { handle } from "@/app/_http/handle";
import { signedIn } from "@/lib/access/authorise";
import { tasksByPatterns } from "@/lib/learning/patterns/tasks";
import { tasksByPatternsOperation } from "../../_operations/patterns";

export const GET = handle(tasksByPatternsOperation, async ({ query, caller }) => ({
  status: 200,
  body: { items: await tasksByPatterns(signedIn(caller).user.id, query) },
}));
