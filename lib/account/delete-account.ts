import { AppError } from "@/lib/kernel/errors";
import { forgetAccess } from "@/lib/platform/access-cache/access-cache";
import { endGrant } from "@/lib/platform/github/client";
import type { Db } from "@/lib/platform/supabase/server";
import { log } from "@/lib/platform/telemetry/log";
import { githubGrant } from "./github-connection";
import { deleteOwnAccount } from "./store";

interface Deletion {
  readonly userId: string;
  readonly email: string;
  /** What the person typed to confirm; must be their address. */
  readonly confirmEmail: string;
}

/**
 * Deletes the caller's account and everything that hangs on it, and ends our access at GitHub. Cannot be undone. A
 * deletion that is refused changes nothing.
 * @throws AppError `rule_broken` when the confirmation is not their address, `conflict` for the last operator, `session_ended`.
 */
export async function deleteAccount(db: Db, deletion: Deletion): Promise<void> {
  if (deletion.confirmEmail.trim().toLowerCase() !== deletion.email.toLowerCase()) {
    throw new AppError("rule_broken", "Type the address of your account to confirm. Nothing was deleted.", {
      issues: [{ path: "confirmEmail", message: "This is not the address of your account." }],
    });
  }
  // The token goes with the account, so it is taken out before; the grant ends only once nothing can refuse any more.
  const grant = await githubGrant(deletion.userId).catch((error: unknown) => {
    log.warn({ error, userId: deletion.userId }, "GitHub's token could not be read; its grant outlives the account");
    return null;
  });
  await deleteOwnAccount(db);
  await forgetAccess(deletion.userId);
  if (!grant) return;
  // Best effort: the account is gone, whether GitHub is well or not.
  await endGrant(grant.token).catch((error: unknown) =>
    log.warn({ error, userId: deletion.userId }, "GitHub's grant outlives the account; its token is deleted"),
  );
}
