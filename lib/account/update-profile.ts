import { forgetAccess } from "@/lib/platform/access-cache/access-cache";
import type { Db } from "@/lib/platform/supabase/server";
import { writeProfile } from "./store";

/** Changes name or picture; fields left out stay. @throws AppError `session_ended`, `database_unavailable`. */
export async function updateProfile(
  db: Db,
  userId: string,
  change: { readonly displayName?: string | undefined; readonly avatarUrl?: string | null | undefined },
): Promise<void> {
  await writeProfile(db, userId, change);
  await forgetAccess(userId);
}
