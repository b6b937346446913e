import { AppError } from "@/lib/kernel/errors";
import { authFailure } from "@/lib/platform/supabase/auth-failure";
import type { Db } from "@/lib/platform/supabase/server";
import type { AccountSession } from "./schemas";
import { describeSession } from "./session";

interface Registration {
  readonly email: string;
  readonly password: string;
  readonly displayName: string;
}

/**
 * Opens an account and signs in to it. The database makes profile, preferences and all else in the
 * same transaction as the account. Send the verification mail afterwards (request-email-verification).
 * @param db an anonymous client; afterwards it is signed in.
 * @throws AppError `email_taken`, `weak_password`, `rule_broken` or `service_unavailable`.
 */
export async function register(db: Db, input: Registration): Promise<AccountSession> {
  const { data, error } = await db.auth.signUp({
    email: input.email,
    password: input.password,
    options: { data: { display_name: input.displayName } },
  });
  if (error) throw authFailure(error);
  if (!data.session) {
    // With "confirm email" switched on in Supabase Auth a taken address looks like a new one, and nobody is signed in.
    throw new AppError("internal", "The account was made, but we could not sign you in. Try to sign in.", {
      cause: new Error(
        "Supabase Auth answered without a session: 'Confirm email' must be off for this project (docs/deploy).",
      ),
    });
  }
  return describeSession(db, data.session);
}
