import { handle } from "@/app/_http/handle";
import { listNotificationsOperation } from "@/app/api/v1/_operations/accounts";
import { signedIn } from "@/lib/access/authorise";
import { listNotifications } from "@/lib/account/list-notifications";

export const GET = handle(listNotificationsOperation, async ({ caller, query }) => {
  const { db, user } = signedIn(caller);
  return {
    status: 200,
    body: await listNotifications(db, user.id, {
      cursor: query.cursor,
      limit: query.limit,
      unreadOnly: query.unread === "true",
    }),
  };
});
