import { isAuthRetryableFetchError, isAuthWeakPasswordError, type AuthError } from "@supabase/supabase-js";
import { AppError } from "@/lib/kernel/errors";

/**
 * Turns what Supabase Auth says went wrong into what the product says. What a verb knows better (a
 * refused login, a used refresh token) it handles itself before it comes here.
 */
export function authFailure(error: AuthError): AppError {
  if (isAuthRetryableFetchError(error) || (error.status ?? 0) >= 500) {
    return new AppError(
      "service_unavailable",
      "We cannot reach our sign-in service right now. Nothing was changed. Try again in a minute.",
      {
        cause: error,
        retryAfterSeconds: 5,
      },
    );
  }
  if (isAuthWeakPasswordError(error)) {
    return new AppError("weak_password", "Choose a longer password.", {
      cause: error,
      issues: [{ path: "password", message: "Choose a longer password." }],
    });
  }
  switch (error.code) {
    case "user_already_exists":
    case "email_exists":
      return new AppError(
        "email_taken",
        "There is an account with this address already. Sign in, or set a new password.",
        {
          cause: error,
          issues: [{ path: "email", message: "There is an account with this address already." }],
        },
      );
    case "email_address_invalid":
      return new AppError("rule_broken", "This is not an e-mail address that mail can be sent to.", {
        cause: error,
        issues: [{ path: "email", message: "Enter an address that mail can be sent to." }],
      });
    case "over_request_rate_limit":
    case "over_email_send_rate_limit":
      return new AppError("rate_limited", "There were too many attempts. Wait a minute and try again.", {
        cause: error,
        retryAfterSeconds: 60,
      });
    case "user_banned":
      return new AppError("forbidden", "This account is closed. Write to us if you think that is a mistake.", {
        cause: error,
      });
    case "session_not_found":
    case "session_expired":
    case "bad_jwt":
    case "no_authorization":
    case "user_not_found":
      return new AppError("session_ended", "Your session has ended. Sign in again.", { cause: error });
    default:
      return new AppError(
        "internal",
        "Something went wrong on our side. It has been recorded; try again in a minute.",
        { cause: error },
      );
  }
}
