import { handle } from "@/app/_http/handle";
import { deleteMeOperation, getMeOperation, updateMeOperation } from "@/app/api/v1/_operations/accounts";
import { signedIn } from "@/lib/access/authorise";
import { deleteAccount } from "@/lib/account/delete-account";
import { getMe } from "@/lib/account/get-me";
import { updateProfile } from "@/lib/account/update-profile";

export const GET = handle(getMeOperation, async ({ caller }) => ({ status: 200, body: await getMe(caller.db) }));

export const PATCH = handle(updateMeOperation, async ({ caller, body }) => {
  const { db, user } = signedIn(caller);
  await updateProfile(db, user.id, body);
  return { status: 200, body: await getMe(db) };
});

export const DELETE = handle(deleteMeOperation, async ({ caller, body }) => {
  const { db, user } = signedIn(caller);
  await deleteAccount(db, { userId: user.id, email: user.email, confirmEmail: body.confirmEmail });
  return { status: 204 };
});
