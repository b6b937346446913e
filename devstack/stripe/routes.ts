import type Stripe from "stripe";
import { invalid, missing } from "./errors.ts";
import type { Fields, Values } from "./parameters.ts";
import { boolean, integer, list, range, required, string, unsupported } from "./parameters.ts";
import { asOfNow, balance, balanceTransactionList } from "./resources/balance.ts";
import { chargeList, chargeUpdate, findCharge } from "./resources/charges.ts";
import { confirmationTokenCreate, createConfirmationToken } from "./resources/confirmation-tokens.ts";
import { confirmIntent } from "./resources/confirm.ts";
import { disputeList, disputeUpdate, closeDispute, findDispute, updateDispute } from "./resources/disputes.ts";
import {
  intentCancel,
  intentCapture,
  intentConfirm,
  intentCreate,
  intentList,
  intentUpdate,
} from "./resources/intent-parameters.ts";
import { mergeMetadata } from "./resources/metadata.ts";
import {
  cancelIntent,
  captureIntent,
  checkClientSecret,
  createIntent,
  findIntent,
  publicIntent,
  updateIntent,
} from "./resources/payment-intents.ts";
import { createPaymentMethod, paymentMethodCreate, paymentMethodNamed } from "./resources/payment-methods.ts";
import { createPayout, findPayout, payoutCreate, payoutList, payoutUpdate } from "./resources/payouts.ts";
import { cancelRefund, createRefund, findRefund, refundCreate, refundList, refundUpdate } from "./resources/refunds.ts";
import { search } from "./search.ts";
import type { Body, Filters, Paging } from "./store.ts";
import type { World } from "./world.ts";

/** Which key a call was made with. */
export type KeyKind = "publishable" | "secret";

export interface Call<F extends Fields> {
  readonly id: string;
  readonly values: Values<F>;
  readonly key: KeyKind;
}

export interface Route {
  readonly method: "GET" | "POST";
  /** Path with `:id` where an id stands. */
  readonly path: string;
  readonly pattern: RegExp;
  readonly fields: Fields;
  /** May be called from a browser. */
  readonly publishable: boolean;
  run(world: World, call: Call<Fields>): object;
}

function route<F extends Fields>(
  method: Route["method"],
  path: string,
  fields: F,
  run: (world: World, call: Call<F>) => object,
  publishable = false,
): Route {
  const pattern = new RegExp(`^${path.replace(":id", "([A-Za-z0-9_-]{1,255})")}$`);
  // The fields that read a call's values are this route's own, so they are of the type that `run` takes.
  return { method, path, pattern, fields, publishable, run: run as unknown as Route["run"] };
}

const expandOnly = { expand: list(string()) };
const searchFields = { query: required(string()), expand: list(string()), limit: integer(), page: string() };

/** A list as Stripe answers it. */
function page(world: World, type: string, url: string, filters: Filters, paging: Paging): object {
  const { limit } = paging;
  if (limit !== undefined && (limit < 1 || limit > 100))
    throw invalid(`This value must be ${limit < 1 ? "greater than or equal to 1" : "less than or equal to 100"}.`, {
      code: "parameter_invalid_integer",
      param: "limit",
    });
  if (paging.starting_after !== undefined && paging.ending_before !== undefined)
    throw invalid("You may only specify one of these parameters: ending_before, starting_after.", {
      code: "parameters_exclusive",
      param: "ending_before",
    });
  const found = world.store.page<Body>(type, filters, paging);
  if (!found) {
    const param = paging.starting_after === undefined ? "ending_before" : "starting_after";
    throw missing(type, paging[param] ?? "", param);
  }
  return { object: "list", ...found, url };
}

const KEEP_EVENTS_SECONDS = 30 * 86_400;
const eventList = {
  created: range(),
  delivery_success: boolean(),
  ending_before: string(),
  expand: list(string()),
  limit: integer(),
  starting_after: string(),
  type: string(),
  types: list(string()),
};

/** An event with how many of its deliveries are still to succeed. */
function eventNow(world: World, event: Stripe.Event): Stripe.Event {
  const row = world.database.first<{ n: number }>(
    "select count(distinct endpoint_id) as n from deliveries where event_id = ? and state = 'pending'",
    event.id,
  );
  return { ...event, pending_webhooks: row?.n ?? 0 };
}

/** A page of `limit` events; whether their delivery succeeded is known of each, not of a column. */
function events(world: World, given: Values<typeof eventList>): object {
  const oldest = world.clock.seconds() - KEEP_EVENTS_SECONDS;
  const kind = given.types ?? given.type;
  if (given.types !== undefined && given.types.length > 20)
    throw invalid("You may only specify up to 20 event types.", { param: "types" });
  const filters = { kind, created: { ...given.created, gte: Math.max(oldest, given.created?.gte ?? 0) } };
  const found = page(world, "event", "/v1/events", filters, given) as { data: Stripe.Event[] };
  const data = found.data.map((each) => eventNow(world, each));
  return given.delivery_success === undefined
    ? { ...found, data }
    : { ...found, data: data.filter((each) => (each.pending_webhooks === 0) === given.delivery_success) };
}

export const ROUTES: readonly Route[] = [
  route("GET", "/v1/payment_intents", intentList, (world, { values }) =>
    page(world, "payment_intent", "/v1/payment_intents", { created: values.created }, values),
  ),
  route("GET", "/v1/payment_intents/search", searchFields, (world, { values }) =>
    search(world, "payment_intent", values),
  ),
  route("POST", "/v1/payment_intents", intentCreate, (world, { values }) => createIntent(world, values)),
  route(
    "GET",
    "/v1/payment_intents/:id",
    { client_secret: string(), ...expandOnly },
    (world, { id, values, key }) => {
      const intent = findIntent(world, id);
      if (key === "secret") return intent;
      checkClientSecret(intent, values.client_secret);
      return publicIntent(intent);
    },
    true,
  ),
  route("POST", "/v1/payment_intents/:id", intentUpdate, (world, { id, values }) => updateIntent(world, id, values)),
  route("POST", "/v1/payment_intents/:id/confirm", intentConfirm, (world, { id, values }) =>
    confirmIntent(world, findIntent(world, id), values),
  ),
  route("POST", "/v1/payment_intents/:id/capture", intentCapture, (world, { id, values }) =>
    captureIntent(world, id, values),
  ),
  route("POST", "/v1/payment_intents/:id/cancel", intentCancel, (world, { id, values }) =>
    cancelIntent(world, id, values.cancellation_reason ?? null),
  ),

  route("GET", "/v1/charges", chargeList, (world, { values }) =>
    page(world, "charge", "/v1/charges", { created: values.created, intent: values.payment_intent }, values),
  ),
  route("GET", "/v1/charges/search", searchFields, (world, { values }) => search(world, "charge", values)),
  route("GET", "/v1/charges/:id", expandOnly, (world, { id }) => findCharge(world, id)),
  route("POST", "/v1/charges/:id", chargeUpdate, (world, { id, values }) => {
    const charge = findCharge(world, id);
    const next: Stripe.Charge = {
      ...charge,
      description: values.description ?? charge.description,
      fraud_details: { ...charge.fraud_details, ...values.fraud_details },
      metadata: mergeMetadata(charge.metadata, values.metadata),
      receipt_email: values.receipt_email ?? charge.receipt_email,
      transfer_group: values.transfer_group ?? charge.transfer_group,
    };
    world.store.save(next);
    world.emit("charge.updated", next);
    return next;
  }),
  route("GET", "/v1/charges/:id/refunds", { ...refundList, charge: unsupported() }, (world, { id, values }) =>
    page(world, "refund", `/v1/charges/${id}/refunds`, { charge: findCharge(world, id).id }, values),
  ),

  route("GET", "/v1/refunds", refundList, (world, { values }) =>
    page(
      world,
      "refund",
      "/v1/refunds",
      { created: values.created, charge: values.charge, intent: values.payment_intent },
      values,
    ),
  ),
  route("POST", "/v1/refunds", refundCreate, (world, { values }) => createRefund(world, values)),
  route("GET", "/v1/refunds/:id", expandOnly, (world, { id }) => findRefund(world, id)),
  route("POST", "/v1/refunds/:id", refundUpdate, (world, { id, values }) => {
    const refund = findRefund(world, id);
    const next = { ...refund, metadata: mergeMetadata(refund.metadata, values.metadata) };
    world.store.save(next);
    world.emit("refund.updated", next, { metadata: refund.metadata });
    world.emit("charge.refund.updated", next, { metadata: refund.metadata });
    return next;
  }),
  route("POST", "/v1/refunds/:id/cancel", expandOnly, (world, { id }) => cancelRefund(world, id)),

  route("GET", "/v1/disputes", disputeList, (world, { values }) =>
    page(
      world,
      "dispute",
      "/v1/disputes",
      { created: values.created, charge: values.charge, intent: values.payment_intent },
      values,
    ),
  ),
  route("GET", "/v1/disputes/:id", expandOnly, (world, { id }) => findDispute(world, id)),
  route("POST", "/v1/disputes/:id", disputeUpdate, (world, { id, values }) => updateDispute(world, id, values)),
  route("POST", "/v1/disputes/:id/close", expandOnly, (world, { id }) =>
    closeDispute(world, id, findDispute(world, id).status.startsWith("warning_") ? "warning_closed" : "lost"),
  ),

  route("GET", "/v1/balance", expandOnly, (world) => balance(world)),
  route("GET", "/v1/balance_transactions", balanceTransactionList, (world, { values }) =>
    page(
      world,
      "balance_transaction",
      "/v1/balance_transactions",
      {
        created: values.created,
        currency: values.currency,
        kind: values.type,
        payout: values.payout,
        source: values.source,
      },
      values,
    ),
  ),
  route("GET", "/v1/balance_transactions/:id", expandOnly, (world, { id }) => {
    const found = world.store.find<Stripe.BalanceTransaction>("balance_transaction", id);
    if (!found) throw missing("balance_transaction", id, "id", 404);
    return asOfNow(world, found);
  }),

  route("GET", "/v1/payouts", payoutList, (world, { values }) =>
    page(world, "payout", "/v1/payouts", { created: values.created, status: values.status }, values),
  ),
  route("POST", "/v1/payouts", payoutCreate, (world, { values }) => createPayout(world, values)),
  route("GET", "/v1/payouts/:id", expandOnly, (world, { id }) => findPayout(world, id)),
  route("POST", "/v1/payouts/:id", payoutUpdate, (world, { id, values }) => {
    const payout = findPayout(world, id);
    const next = { ...payout, metadata: mergeMetadata(payout.metadata, values.metadata) };
    world.store.save(next);
    world.emit("payout.updated", next, { metadata: payout.metadata });
    return next;
  }),

  route(
    "POST",
    "/v1/payment_methods",
    paymentMethodCreate,
    (world, { values }) => createPaymentMethod(world, values),
    true,
  ),
  route("GET", "/v1/payment_methods/:id", expandOnly, (world, { id }) => {
    if (id.startsWith("pm_card_")) return paymentMethodNamed(world, id, "payment_method");
    const found = world.store.find<Stripe.PaymentMethod>("payment_method", id);
    if (!found) throw missing("PaymentMethod", id, "payment_method", 404);
    return found;
  }),

  // What Stripe.js calls from its iframe; servers have the test helper.
  route(
    "POST",
    "/v1/confirmation_tokens",
    confirmationTokenCreate,
    (world, { values }) => createConfirmationToken(world, values),
    true,
  ),
  route("POST", "/v1/test_helpers/confirmation_tokens", confirmationTokenCreate, (world, { values }) =>
    createConfirmationToken(world, values),
  ),
  route("GET", "/v1/confirmation_tokens/:id", expandOnly, (world, { id }) => {
    const found = world.store.find<Stripe.ConfirmationToken>("confirmation_token", id);
    if (!found) throw missing("confirmation_token", id, "confirmation_token", 404);
    return found;
  }),

  route("GET", "/v1/events", eventList, (world, { values }) => events(world, values)),
  route("GET", "/v1/events/:id", expandOnly, (world, { id }) => {
    const found = world.store.find<{ id: string; object: "event"; created: number }>("event", id);
    if (!found || found.created < world.clock.seconds() - KEEP_EVENTS_SECONDS) throw missing("event", id, "id", 404);
    return eventNow(world, found as unknown as Stripe.Event);
  }),
];
