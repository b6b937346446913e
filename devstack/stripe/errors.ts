import type Stripe from "stripe";

/** What an error of Stripe's says, as its API spells it. */
export interface ErrorBody {
  readonly type: "api_error" | "card_error" | "idempotency_error" | "invalid_request_error";
  readonly message: string;
  readonly code?: string;
  readonly decline_code?: string;
  readonly param?: string;
  readonly charge?: string;
  readonly advice_code?: string;
  readonly network_decline_code?: string;
  readonly payment_intent?: Stripe.PaymentIntent;
  readonly payment_method?: Stripe.PaymentMethod;
  readonly doc_url?: string;
  readonly request_log_url?: string;
}

/** An answer other than 2xx. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  readonly body: ErrorBody;
  /** Whether what was done before stays (a declined charge is an object like any other) or is taken back. */
  readonly keepsEffects: boolean;

  constructor(status: number, body: ErrorBody, keepsEffects = false) {
    super(body.message);
    this.status = status;
    this.body = body;
    this.keepsEffects = keepsEffects;
  }
}

/** A request that cannot be done as it is: 400. */
export function invalid(message: string, extra: { code?: string; param?: string } = {}): ApiError {
  return new ApiError(400, { type: "invalid_request_error", message, ...extra });
}

/** A parameter that names an object that is not there: 400; in the path of the URL: 404. */
export function missing(type: string, id: string, param: string, status: 400 | 404 = 400): ApiError {
  return new ApiError(status, {
    type: "invalid_request_error",
    code: "resource_missing",
    message: `No such ${type}: '${id}'`,
    param,
  });
}

/** An object whose state does not allow what was asked; carries the intent, as Stripe does. */
export function unexpectedState(message: string, intent: Stripe.PaymentIntent): ApiError {
  return new ApiError(400, {
    type: "invalid_request_error",
    code: "payment_intent_unexpected_state",
    message,
    payment_intent: intent,
  });
}

/** A fault that was ordered, or one of the emulator itself: 500. */
export function serverError(status = 500): ApiError {
  return new ApiError(status, {
    type: "api_error",
    message: "An unknown error occurred",
  });
}
