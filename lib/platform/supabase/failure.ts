import { AppError, isErrorCode } from "@/lib/kernel/errors";

/** What PostgREST (and so supabase-js) says of a failed call. */
interface DataApiError {
  readonly message: string;
  readonly code?: string | null;
  readonly details?: string | null;
  readonly hint?: string | null;
}

/**
 * Turns a Data API failure into what the product says.
 *
 * Our SQL functions refuse with `errcode = 'PTxyz'` (PostgREST answers status xyz) and put the error
 * code of `lib/kernel/errors` in `hint`; the message is written for people. A refusal about one field of
 * the request has `path:<its path>` as `details`. Anything else is either the database out of reach
 * (503) or a defect (500), with the cause kept for the log.
 *
 * @param error what supabase-js returned as `error`
 * @param status the HTTP status of the answer; 0 when there was none
 */
export function dataApiFailure(error: DataApiError, status: number): AppError {
  if (error.code?.startsWith("PT") && isErrorCode(error.hint)) {
    const path = /^path:(.+)$/.exec(error.details ?? "")?.[1];
    const issues = path === undefined ? [] : [{ path, message: error.message }];
    return new AppError(error.hint, error.message, { cause: error, issues });
  }
  if (isDatabaseDown(error, status)) {
    return new AppError(
      "database_unavailable",
      "We cannot reach our database right now. Nothing was changed. Try again in a minute.",
      {
        cause: error,
        retryAfterSeconds: 5,
      },
    );
  }
  if (error.code === "PGRST301" || error.code === "PGRST303" || status === 401) {
    return new AppError("unauthenticated", "Your session has ended. Sign in again.", { cause: error });
  }
  if (error.code === "42501" || status === 403) {
    return new AppError("forbidden", "You may not do this.", { cause: error });
  }
  return new AppError("internal", "Something went wrong on our side. It has been recorded.", { cause: error });
}

/** Class 08 = connection exception, 57P0x = shutting down, 53300 = too many connections. */
function isDatabaseDown(error: DataApiError, status: number): boolean {
  if (status === 0 || status === 502 || status === 503 || status === 504) return true;
  const code = error.code ?? "";
  if (/^(08...|57P0.|53300)$/.test(code) || /^PGRST00[0-3]$/.test(code)) return true;
  return /ECONNREFUSED|ECONNRESET|fetch failed|CONNECTION_(CLOSED|ENDED|DESTROYED)|CONNECT_TIMEOUT/.test(
    `${error.message} ${error.details ?? ""}`,
  );
}

interface Answer {
  readonly data: unknown;
  readonly error: DataApiError | null;
  readonly status: number;
}

/**
 * Unwraps a supabase-js answer.
 * @throws AppError as {@link dataApiFailure} says.
 */
export function unwrap<A extends Answer>(answer: A): Extract<A, { error: null }>["data"] {
  if (answer.error) throw dataApiFailure(answer.error, answer.status);
  return answer.data as Extract<A, { error: null }>["data"];
}
