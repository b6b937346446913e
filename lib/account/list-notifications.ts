import type { Db } from "@/lib/platform/supabase/server";
import type { NotificationPage } from "./schemas";
import { countUnread, readNotifications } from "./store";

interface PageRequest {
  /** Version of the last notice seen. */
  readonly cursor?: string | undefined;
  readonly limit: number;
  readonly unreadOnly: boolean;
}

/** One page of the caller's notices, newest first, and how many are unread in all. */
export async function listNotifications(db: Db, userId: string, page: PageRequest): Promise<NotificationPage> {
  const [found, unread] = await Promise.all([
    readNotifications(db, userId, {
      before: page.cursor === undefined ? null : Number(page.cursor),
      limit: page.limit + 1,
      unread: page.unreadOnly,
    }),
    countUnread(db, userId),
  ]);
  const items = found.slice(0, page.limit);
  const last = items.at(-1);
  return { items, nextCursor: found.length > page.limit && last ? String(last.version) : null, unread };
}
