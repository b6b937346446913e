import { handle } from "@/app/_http/handle";
import { logoutOperation } from "@/app/api/v1/_operations/accounts";
import { signedIn } from "@/lib/access/authorise";
import { logOut } from "@/lib/account/log-out";

export const POST = handle(logoutOperation, async ({ caller, body }) => {
  const { db, user, bearer } = signedIn(caller);
  await logOut(db, { userId: user.id, bearer, everywhere: body.everywhere });
  return { status: 204 };
});
