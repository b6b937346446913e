import { forgetAccess } from "@/lib/platform/access-cache/access-cache";
import type { Db } from "@/lib/platform/supabase/server";
import { setRole } from "./store";

interface RoleChange {
  readonly userId: string;
  readonly role: "member" | "campaign_admin" | "operator";
  readonly granted: boolean;
}

/**
 * Gives or takes a role. The database checks that the caller is an operator in a live session, that
 * nobody raises themselves and that an operator remains.
 * @throws AppError `forbidden`, `not_found`, `conflict`, `rule_broken`, `session_ended`.
 */
export async function changeRole(db: Db, change: RoleChange): Promise<void> {
  await setRole(db, change.userId, change.role, change.granted);
  await forgetAccess(change.userId);
}
