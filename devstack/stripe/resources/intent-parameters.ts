import {
  boolean,
  email,
  emptyable,
  hash,
  integer,
  list,
  metadata,
  oneOf,
  range,
  required,
  string,
  unsupported,
  unsupportedAll,
  url,
} from "../parameters.ts";
import { paymentMethodData } from "./payment-methods.ts";

const CAPTURE_METHODS = ["automatic", "automatic_async", "manual"] as const;
const THREE_D_SECURE = ["any", "automatic", "challenge"] as const;

const cardOptions = hash({
  card: hash({
    ...unsupportedAll([
      "cvc_token",
      "installments",
      "mandate_options",
      "moto",
      "network",
      "request_extended_authorization",
      "request_incremental_authorization",
      "request_multicapture",
      "request_overcapture",
      "require_cvc_recollection",
      "setup_credential_usage",
      "setup_future_usage",
      "statement_descriptor_suffix_kana",
      "statement_descriptor_suffix_kanji",
      "stored_credential_usage",
      "three_d_secure",
    ]),
    capture_method: oneOf(["manual"]),
    request_three_d_secure: oneOf(THREE_D_SECURE),
  }),
});

const descriptor = () => string(22);

/** What may be said with the confirmation, on creating and on confirming. */
export const confirmation = {
  confirmation_token: string(),
  error_on_requires_action: boolean(),
  off_session: boolean(),
  radar_options: hash({ session: string() }),
  return_url: url(),
  use_stripe_sdk: boolean(),
};

const common = {
  allowed_payment_method_types: list(oneOf(["card"])),
  capture_method: oneOf(CAPTURE_METHODS),
  expand: list(string()),
  payment_method: string(),
  payment_method_data: hash(paymentMethodData),
  payment_method_options: cardOptions,
  setup_future_usage: unsupported(),
  shipping: unsupported(),
  ...unsupportedAll(["amount_details", "excluded_payment_method_types", "hooks", "payment_details"]),
};

export const intentCreate = {
  ...common,
  ...confirmation,
  ...unsupportedAll([
    "application_fee_amount",
    "customer",
    "customer_account",
    "mandate",
    "mandate_data",
    "on_behalf_of",
    "payment_method_configuration",
    "transfer_data",
  ]),
  amount: required(integer()),
  currency: required(string(3)),
  automatic_payment_methods: hash({ allow_redirects: oneOf(["always", "never"]), enabled: required(boolean()) }),
  confirm: boolean(),
  confirmation_method: oneOf(["automatic", "manual"]),
  description: string(1_000),
  metadata: metadata(),
  receipt_email: email(),
  statement_descriptor: descriptor(),
  statement_descriptor_suffix: descriptor(),
  transfer_group: string(),
};

export const intentUpdate = {
  ...common,
  ...unsupportedAll([
    "application_fee_amount",
    "customer",
    "customer_account",
    "payment_method_configuration",
    "transfer_data",
  ]),
  amount: integer(),
  currency: string(3),
  description: string(1_000),
  metadata: metadata(),
  receipt_email: emptyable(email()),
  statement_descriptor: descriptor(),
  statement_descriptor_suffix: descriptor(),
  transfer_group: string(),
};

export const intentConfirm = {
  ...common,
  ...confirmation,
  ...unsupportedAll(["amount_to_confirm", "mandate", "mandate_data"]),
  receipt_email: emptyable(email()),
};

export const intentCapture = {
  ...unsupportedAll(["amount_details", "application_fee_amount", "hooks", "payment_details", "transfer_data"]),
  amount_to_capture: integer(),
  expand: list(string()),
  final_capture: boolean(),
  metadata: metadata(),
  statement_descriptor: descriptor(),
  statement_descriptor_suffix: descriptor(),
};

export const intentCancel = {
  cancellation_reason: oneOf(["abandoned", "duplicate", "fraudulent", "requested_by_customer"]),
  expand: list(string()),
};

export const intentList = {
  created: range(),
  ending_before: string(),
  expand: list(string()),
  limit: integer(),
  starting_after: string(),
  ...unsupportedAll(["customer", "customer_account"]),
};
