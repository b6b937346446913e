import type { Db } from "@/lib/platform/supabase/server";
import { markRead } from "./store";

/** Marks the caller's notices as read: these, or all up to a version. @returns how many were unread. */
export function markNotificationsRead(
  db: Db,
  which: { readonly ids: readonly string[] } | { readonly upTo: number },
): Promise<number> {
  return markRead(db, which);
}
