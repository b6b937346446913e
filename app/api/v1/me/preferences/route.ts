import { handle } from "@/app/_http/handle";
import { updatePreferencesOperation } from "@/app/api/v1/_operations/accounts";
import { signedIn } from "@/lib/access/authorise";
import { getMe } from "@/lib/account/get-me";
import { updatePreferences } from "@/lib/account/update-preferences";

export const PATCH = handle(updatePreferencesOperation, async ({ caller, body }) => {
  const { db, user } = signedIn(caller);
  await updatePreferences(db, user.id, body);
  return { status: 200, body: await getMe(db) };
});
