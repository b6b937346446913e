import { AppError } from "@/lib/kernel/errors";
import { authFailure } from "@/lib/platform/supabase/auth-failure";
import type { Db } from "@/lib/platform/supabase/server";
import type { AccountSession } from "./schemas";
import { describeSession } from "./session";

const REFUSED = new Set(["invalid_credentials", "user_not_found", "email_not_confirmed", "validation_failed"]);

/**
 * Signs in with address and password.
 * @param db an anonymous client; afterwards it is signed in.
 * @throws AppError `invalid_credentials`, which never tells whether the address is known; `service_unavailable`.
 */
export async function logIn(
  db: Db,
  input: { readonly email: string; readonly password: string },
): Promise<AccountSession> {
  const { data, error } = await db.auth.signInWithPassword(input);
  if (error) {
    if (error.code !== undefined && REFUSED.has(error.code)) {
      throw new AppError(
        "invalid_credentials",
        "Address and password do not match an account. Check both, or set a new password.",
        { cause: error },
      );
    }
    throw authFailure(error);
  }
  return describeSession(db, data.session);
}
