import "server-only";
import { AppError } from "@/lib/kernel/errors";
import { githubCloneOrigin } from "@/lib/platform/git/policy";
import { listRepositories } from "@/lib/platform/github/repositories";
import type { OwnRepositories } from "../schemas";
import type { GrantOf } from "../start-analysis";

/**
 * The caller's repositories at GitHub, each with the address to analyse it by.
 * @throws AppError `consent_required` without a connection to GitHub, `provider_unavailable`.
 */
export async function listOwnRepositories(userId: string, query: string, grantOf: GrantOf): Promise<OwnRepositories> {
  const grant = await grantOf(userId);
  if (!grant) {
    throw new AppError(
      "consent_required",
      "Connect GitHub to see your repositories here. A public repository can be analysed by its address without it.",
      {
        extra: { consentUrl: "/auth/github/consent" },
      },
    );
  }
  const { items, truncated } = await listRepositories(grant.token, query);
  const origin = githubCloneOrigin();
  return {
    items: items.map((item) => ({ ...item, url: `${origin}/${item.fullName}` })),
    truncated,
    includesPrivate: grant.scopes.includes("repo"),
  };
}
