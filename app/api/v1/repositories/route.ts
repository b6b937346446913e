import { handle } from "@/app/_http/handle";
import { signedIn } from "@/lib/access/authorise";
import { githubGrant } from "@/lib/account/github-connection";
import { listOwnRepositories } from "@/lib/analysis/repository/own-repositories";
import { limit } from "@/lib/platform/rate-limit/limit";
import { listRepositoriesOperation } from "../_operations/analyses";

export const GET = handle(listRepositoriesOperation, async ({ query, caller }) => {
  const { user } = signedIn(caller);
  const headers = await limit({ policy: "repositories-user", subject: user.id });
  return { status: 200, headers, body: await listOwnRepositories(user.id, query.q, githubGrant) };
});
