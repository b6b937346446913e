import { forgetAccess } from "@/lib/platform/access-cache/access-cache";
import type { Db } from "@/lib/platform/supabase/server";
import type { Preferences } from "./schemas";
import { writePreferences } from "./store";

/** Changes preferences; those left out stay. @throws AppError `session_ended`, `database_unavailable`. */
export async function updatePreferences(
  db: Db,
  userId: string,
  change: { readonly [K in keyof Preferences]?: Preferences[K] | undefined },
): Promise<void> {
  await writePreferences(db, userId, change);
  await forgetAccess(userId);
}
