import type Stripe from "stripe";
import { ApiError, invalid, missing, unexpectedState } from "../errors.ts";
import { checkMoney } from "../money.ts";
import type { Values } from "../parameters.ts";
import type { World } from "../world.ts";
import { releaseHold, settleCapture } from "./charges.ts";
import { confirmIntent } from "./confirm.ts";
import { mergeMetadata } from "./metadata.ts";
import { confirmation, type intentCapture, type intentCreate, type intentUpdate } from "./intent-parameters.ts";
import { paymentMethodNamed } from "./payment-methods.ts";

type Intent = Stripe.PaymentIntent;

/** @throws ApiError 404 `resource_missing` */
export function findIntent(world: World, id: string): Intent {
  const found = world.store.find<Intent>("payment_intent", id);
  if (!found) throw missing("payment_intent", id, "intent", 404);
  return found;
}

/** Card charges take a suffix alone; its characters must be those that statements can show. */
export function checkDescriptors(given: {
  statement_descriptor?: string | undefined;
  statement_descriptor_suffix?: string | undefined;
}): void {
  if (given.statement_descriptor !== undefined)
    throw invalid(
      "The `statement_descriptor` parameter is not supported for the `card` payment method type. Use `statement_descriptor_suffix` instead.",
      { param: "statement_descriptor" },
    );
  const suffix = given.statement_descriptor_suffix;
  if (suffix === undefined) return;
  if (/[<>\\'"*]/.test(suffix))
    throw invalid("The statement descriptor suffix must not contain any of these characters: < > \\ ' \" *", {
      code: "invalid_characters",
      param: "statement_descriptor_suffix",
    });
  if (!/[A-Za-z]/.test(suffix))
    throw invalid("The statement descriptor suffix must contain at least one letter.", {
      param: "statement_descriptor_suffix",
    });
}

export function createIntent(world: World, given: Values<typeof intentCreate>): Intent {
  const currency = checkMoney(given.amount, given.currency);
  checkDescriptors(given);
  if (given.automatic_payment_methods && given.allowed_payment_method_types)
    throw invalid(
      "You may only specify one of these parameters: automatic_payment_methods, allowed_payment_method_types.",
      {
        code: "parameters_exclusive",
        param: "automatic_payment_methods",
      },
    );
  const early = (Object.keys(confirmation) as (keyof typeof confirmation)[]).find((name) => given[name] !== undefined);
  if (early !== undefined && early !== "radar_options" && !given.confirm)
    throw invalid(`The parameter ${early} can only be used when confirm=true.`, { param: early });
  const id = world.ids.next("pi");
  const automatic = given.automatic_payment_methods ?? (given.allowed_payment_method_types ? null : { enabled: true });
  const intent: Intent = {
    id,
    object: "payment_intent",
    allowed_payment_method_types: given.allowed_payment_method_types ?? null,
    amount: given.amount,
    amount_capturable: 0,
    amount_details: { tip: {} },
    amount_received: 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: automatic?.enabled
      ? { allow_redirects: given.automatic_payment_methods?.allow_redirects ?? "always", enabled: true }
      : null,
    canceled_at: null,
    cancellation_reason: null,
    capture_method: given.capture_method ?? "automatic_async",
    client_secret: `${id}_secret_${world.ids.next("x", 25).slice(2)}`,
    confirmation_method: given.confirmation_method ?? "automatic",
    created: world.clock.seconds(),
    currency,
    customer: null,
    customer_account: null,
    description: given.description ?? null,
    excluded_payment_method_types: null,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    managed_payments: { enabled: false },
    metadata: given.metadata ?? {},
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: {
      card: {
        installments: null,
        mandate_options: null,
        network: null,
        request_three_d_secure: given.payment_method_options?.card?.request_three_d_secure ?? "automatic",
      },
    },
    payment_method_types: ["card"],
    payment_record: null,
    processing: null,
    receipt_email: given.receipt_email ?? null,
    review: null,
    setup_future_usage: null,
    shipping: null,
    source: null,
    statement_descriptor: null,
    statement_descriptor_suffix: given.statement_descriptor_suffix ?? null,
    status: "requires_payment_method",
    transfer_data: null,
    transfer_group: given.transfer_group ?? null,
  };
  const method = given.payment_method && paymentMethodNamed(world, given.payment_method, "payment_method");
  if (method) Object.assign(intent, { payment_method: method.id, status: "requires_confirmation" });
  world.store.insert(intent);
  world.emit("payment_intent.created", intent);
  return given.confirm ? confirmIntent(world, intent, given) : intent;
}

export function updateIntent(world: World, id: string, given: Values<typeof intentUpdate>): Intent {
  const intent = findIntent(world, id);
  checkDescriptors(given);
  const open = ["requires_payment_method", "requires_confirmation", "requires_action"].includes(intent.status);
  const money = given.amount !== undefined || given.currency !== undefined;
  if (!open && (money || given.payment_method !== undefined || given.capture_method !== undefined))
    throw unexpectedState(
      `This PaymentIntent's ${money ? "amount" : given.payment_method === undefined ? "capture_method" : "payment_method"} could not be updated because it has a status of ${intent.status}. You may only update it in one of the following statuses: requires_payment_method, requires_confirmation, requires_action.`,
      intent,
    );
  const amount = given.amount ?? intent.amount;
  const next: Intent = {
    ...intent,
    amount,
    currency: money ? checkMoney(amount, given.currency ?? intent.currency) : intent.currency,
    capture_method: given.capture_method ?? intent.capture_method,
    description: given.description ?? intent.description,
    metadata: mergeMetadata(intent.metadata, given.metadata),
    receipt_email: given.receipt_email === undefined ? intent.receipt_email : given.receipt_email,
    statement_descriptor_suffix: given.statement_descriptor_suffix ?? intent.statement_descriptor_suffix,
    transfer_group: given.transfer_group ?? intent.transfer_group,
  };
  if (given.payment_method !== undefined) {
    const method = paymentMethodNamed(world, given.payment_method, "payment_method");
    Object.assign(next, { payment_method: method.id, status: "requires_confirmation", next_action: null });
  }
  world.store.save(next);
  return next;
}

export function captureIntent(world: World, id: string, given: Values<typeof intentCapture>): Intent {
  const intent = findIntent(world, id);
  checkDescriptors(given);
  if (intent.status !== "requires_capture")
    throw unexpectedState(
      `This PaymentIntent could not be captured because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be captured: requires_capture.`,
      intent,
    );
  const amount = given.amount_to_capture ?? intent.amount_capturable;
  if (amount < 1)
    throw invalid("This value must be greater than or equal to 1.", {
      code: "parameter_invalid_integer",
      param: "amount_to_capture",
    });
  if (amount > intent.amount_capturable)
    throw invalid(
      `The provided amount_to_capture (${amount}) is greater than the amount that can be captured (${intent.amount_capturable}).`,
      { code: "amount_too_large", param: "amount_to_capture" },
    );
  if (given.final_capture === false)
    throw invalid("This PaymentIntent's charge does not support multicapture, so final_capture cannot be false.", {
      param: "final_capture",
    });
  return settleCapture(
    world,
    {
      ...intent,
      metadata: mergeMetadata(intent.metadata, given.metadata),
      statement_descriptor_suffix: given.statement_descriptor_suffix ?? intent.statement_descriptor_suffix,
    },
    amount,
  );
}

const CANCELABLE = [
  "requires_payment_method",
  "requires_capture",
  "requires_confirmation",
  "requires_action",
  "processing",
];

export function cancelIntent(world: World, id: string, reason: Stripe.PaymentIntent.CancellationReason | null): Intent {
  const intent = findIntent(world, id);
  if (!CANCELABLE.includes(intent.status))
    throw unexpectedState(
      `You cannot cancel this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be canceled: ${CANCELABLE.join(", ")}.`,
      intent,
    );
  if (intent.status === "requires_capture") releaseHold(world, intent, reason === "expired");
  const canceled: Intent = {
    ...intent,
    amount_capturable: 0,
    canceled_at: world.clock.seconds(),
    cancellation_reason: reason,
    next_action: null,
    status: "canceled",
  };
  world.store.save(canceled);
  world.emit("payment_intent.canceled", canceled);
  return canceled;
}

/** What a browser may see of an intent with the client secret and the publishable key. */
export function publicIntent(intent: Intent): Partial<Intent> {
  const shown = [
    "id",
    "object",
    "allowed_payment_method_types",
    "amount",
    "amount_details",
    "automatic_payment_methods",
    "canceled_at",
    "cancellation_reason",
    "capture_method",
    "client_secret",
    "confirmation_method",
    "created",
    "currency",
    "description",
    "excluded_payment_method_types",
    "last_payment_error",
    "livemode",
    "next_action",
    "payment_method",
    "payment_method_configuration_details",
    "payment_method_types",
    "processing",
    "receipt_email",
    "setup_future_usage",
    "shipping",
    "source",
    "status",
  ] as const;
  return Object.fromEntries(shown.map((name) => [name, intent[name]]));
}

/** @throws ApiError when the secret is not this intent's */
export function checkClientSecret(intent: Intent, given: string | undefined): void {
  if (given !== undefined && given === intent.client_secret) return;
  throw new ApiError(given === undefined ? 401 : 400, {
    type: "invalid_request_error",
    ...(given === undefined ? { code: "secret_key_required" } : { code: "payment_intent_invalid_parameter" }),
    message:
      given === undefined
        ? "This API call cannot be made with a publishable API key. Please use a secret API key."
        : `The client_secret provided does not match any associated PaymentIntent on this account.`,
    param: "client_secret",
  });
}
