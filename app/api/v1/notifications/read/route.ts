import { handle } from "@/app/_http/handle";
import { markNotificationsReadOperation } from "@/app/api/v1/_operations/accounts";
import { markNotificationsRead } from "@/lib/account/mark-notifications-read";

export const POST = handle(markNotificationsReadOperation, async ({ caller, body }) => ({
  status: 200,
  body: { marked: await markNotificationsRead(caller.db, body) },
}));
