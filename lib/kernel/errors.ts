/**
 * The closed set of error codes and the one table from code to HTTP status.
 *
 * 400 = not readable (bad JSON, wrong type, missing or unknown field, malformed header).
 * 422 = readable, but a rule is broken. 404 = no such thing, or not yours to know of.
 */
export const ERROR_STATUS = {
  invalid_request: 400,
  repository_url_invalid: 400,
  idempotency_key_required: 400,
  idempotency_key_invalid: 400,
  invalid_transition: 400,
  unauthenticated: 401,
  invalid_credentials: 401,
  session_ended: 401,
  card_declined: 402,
  forbidden: 403,
  origin_mismatch: 403,
  host_not_allowed: 403,
  consent_required: 403,
  challenge_required: 403,
  not_found: 404,
  repository_not_accessible: 404,
  method_not_allowed: 405,
  conflict: 409,
  email_taken: 409,
  slug_taken: 409,
  illegal_status_step: 409,
  idempotency_in_progress: 409,
  idempotency_key_expired: 409,
  learning_session_ended: 410,
  precondition_failed: 412,
  payload_too_large: 413,
  unsupported_media_type: 415,
  rule_broken: 422,
  idempotency_key_reused: 422,
  weak_password: 422,
  payment_method_unusable: 422,
  precondition_required: 428,
  rate_limited: 429,
  internal: 500,
  provider_unavailable: 502,
  database_unavailable: 503,
  service_unavailable: 503,
  payment_unavailable: 503,
} as const satisfies Record<string, number>;

export type ErrorCode = keyof typeof ERROR_STATUS;

/** One problem with one field; `path` is a JSON path such as `donor.email`. */
export interface FieldIssue {
  readonly path: string;
  readonly message: string;
}

interface AppErrorOptions {
  /** The failure underneath. Logged, never shown. */
  readonly cause?: unknown;
  readonly issues?: readonly FieldIssue[];
  /** Seconds after which a retry makes sense; becomes `Retry-After`. */
  readonly retryAfterSeconds?: number;
  /** Further members of the problem document; must be safe to show. */
  readonly extra?: Readonly<Record<string, unknown>>;
  /** Further headers of the answer, e.g. `RateLimit`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * The only error whose message people see. The message says what happened, what it means and what
 * to do; everything technical belongs in `cause`.
 */
export class AppError extends Error {
  override readonly name = "AppError";
  readonly code: ErrorCode;
  readonly issues: readonly FieldIssue[];
  readonly retryAfterSeconds: number | undefined;
  readonly extra: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.issues = options.issues ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.extra = options.extra ?? {};
    this.headers = options.headers ?? {};
  }

  get status(): number {
    return ERROR_STATUS[this.code];
  }
}

/** @returns whether `value` is a code of the closed set. */
export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === "string" && Object.hasOwn(ERROR_STATUS, value);
}
