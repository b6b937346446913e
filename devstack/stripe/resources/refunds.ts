import type Stripe from "stripe";
import { ApiError, invalid, missing } from "../errors.ts";
import { show } from "../money.ts";
import {
  emptyable,
  integer,
  list,
  metadata,
  oneOf,
  range,
  string,
  unsupportedAll,
  type Values,
} from "../parameters.ts";
import { idOf, type World } from "../world.ts";
import { book } from "./balance.ts";
import { type ChargeSecret, findCharge } from "./charges.ts";

export const refundCreate = {
  amount: integer(),
  charge: string(),
  expand: list(string()),
  metadata: emptyable(metadata()),
  payment_intent: string(),
  reason: oneOf(["duplicate", "fraudulent", "requested_by_customer"]),
  ...unsupportedAll([
    "currency",
    "customer",
    "instructions_email",
    "origin",
    "refund_application_fee",
    "reverse_transfer",
  ]),
};
export const refundUpdate = { expand: list(string()), metadata: emptyable(metadata()) };
export const refundList = {
  charge: string(),
  created: range(),
  ending_before: string(),
  expand: list(string()),
  limit: integer(),
  payment_intent: string(),
  starting_after: string(),
};

export type RefundStatus = "canceled" | "failed" | "pending" | "requires_action" | "succeeded";

/** @throws ApiError 404 */
export function findRefund(world: World, id: string): Stripe.Refund {
  const found = world.store.find<Stripe.Refund>("refund", id);
  if (!found) throw missing("refund", id, "id", 404);
  return found;
}

function chargeToRefund(world: World, given: Values<typeof refundCreate>): Stripe.Charge {
  if (given.charge !== undefined) {
    const charge = findCharge(world, given.charge, "charge");
    if (given.payment_intent !== undefined && charge.payment_intent !== given.payment_intent)
      throw invalid(`The charge ${charge.id} does not belong to the payment_intent ${given.payment_intent}.`, {
        param: "payment_intent",
      });
    return charge;
  }
  if (given.payment_intent === undefined)
    throw invalid("One of the following params should be provided for this request: payment_intent or charge.", {
      code: "parameter_missing",
      param: "payment_intent",
    });
  const intent = world.store.find<Stripe.PaymentIntent>("payment_intent", given.payment_intent);
  if (!intent) throw missing("payment_intent", given.payment_intent, "payment_intent");
  const id = idOf(intent.latest_charge);
  if (id === null || intent.status !== "succeeded")
    throw invalid(`This PaymentIntent (${intent.id}) does not have a successful charge to refund.`, {
      param: "payment_intent",
    });
  return findCharge(world, id, "payment_intent");
}

/**
 * Gives money back, all that is left or a part of it.
 * @param status how it begins, where somebody wants it other than the card has it
 */
export function createRefund(
  world: World,
  given: Values<typeof refundCreate>,
  status?: "pending" | "requires_action",
): Stripe.Refund {
  const charge = chargeToRefund(world, given);
  if (!charge.captured)
    throw invalid(`Charge ${charge.id} has not been captured: cancel its PaymentIntent instead of refunding it.`, {
      code: "charge_not_refundable",
      param: "charge",
    });
  if (
    charge.disputed &&
    !world.store.every<Stripe.Dispute>("dispute", { charge: charge.id }).every((each) => each.is_charge_refundable)
  )
    throw invalid(`Charge ${charge.id} has been charged back; cannot issue a refund.`, { code: "charge_disputed" });
  const left = charge.amount_captured - charge.amount_refunded;
  if (left === 0) throw invalid(`Charge ${charge.id} has already been refunded.`, { code: "charge_already_refunded" });
  const amount = given.amount ?? left;
  if (amount < 1) throw invalid("Invalid positive integer", { code: "parameter_invalid_integer", param: "amount" });
  if (amount > left)
    throw invalid(
      `Refund amount (${show(amount, charge.currency)}) is greater than unrefunded amount on charge (${show(left, charge.currency)})`,
      { param: "amount" },
    );
  const behaviour = world.store.hidden<ChargeSecret>(charge.id).refund;
  const begins = status ?? (behaviour === "pending" ? "pending" : "succeeded");
  const refund: Stripe.Refund = {
    id: world.ids.next("re"),
    object: "refund",
    amount,
    balance_transaction: null,
    charge: charge.id,
    created: world.clock.seconds(),
    currency: charge.currency,
    customer: null,
    customer_account: null,
    destination_details: {
      card: { reference_status: "pending", reference_type: "acquirer_reference_number", type: "refund" },
      type: "card",
    },
    metadata: given.metadata ?? {},
    payment_intent: idOf(charge.payment_intent),
    payment_method: charge.payment_method,
    ...(begins === "pending" && { pending_reason: "processing" }),
    reason: given.reason ?? null,
    receipt_number: null,
    source_transfer_reversal: null,
    status: begins,
    transfer_reversal: null,
  };
  const entry = book(world, {
    amount: -amount,
    currency: charge.currency,
    source: refund.id,
    type: "refund",
    category: "refund",
    description: "REFUND FOR CHARGE",
  });
  refund.balance_transaction = entry.id;
  world.store.insert(refund);
  const reduced = setRefunded(world, charge, amount);
  world.emit("refund.created", refund);
  world.emit("charge.refunded", reduced, {
    amount_refunded: charge.amount_refunded,
    ...(reduced.refunded !== charge.refunded && { refunded: charge.refunded }),
  });
  if (begins === "pending" && status === undefined)
    world.later(world.delay("refundSettle"), "refund.settle", refund.id);
  if (behaviour === "fails") world.later(world.delay("refundFail"), "refund.fail", refund.id);
  return refund;
}

function setRefunded(world: World, charge: Stripe.Charge, by: number): Stripe.Charge {
  const amount_refunded = charge.amount_refunded + by;
  const next = { ...charge, amount_refunded, refunded: amount_refunded === charge.amount_captured };
  world.store.save(next);
  return next;
}

const MAY_BECOME: Readonly<Record<RefundStatus, readonly RefundStatus[]>> = {
  requires_action: ["pending", "succeeded", "failed", "canceled"],
  pending: ["succeeded", "failed", "canceled"],
  succeeded: ["failed"],
  failed: [],
  canceled: [],
};

/**
 * Moves a refund on, as the bank does. One that seemed fine may still fail: its money comes back.
 * @throws ApiError 400 when it cannot go there from where it is
 */
export function moveRefund(
  world: World,
  id: string,
  to: RefundStatus,
  failureReason = "expired_or_canceled_card",
): Stripe.Refund {
  const refund = findRefund(world, id);
  const from = refund.status as RefundStatus;
  if (!MAY_BECOME[from].includes(to))
    throw invalid(`The refund ${id} has a status of ${from} and cannot become ${to}.`, {
      code: "status_transition_invalid",
    });
  world.never("refund.settle", id);
  if (to !== "succeeded") world.never("refund.fail", id);
  const { pending_reason: _, ...rest } = refund;
  const next: Stripe.Refund = { ...rest, status: to, ...(to === "pending" && { pending_reason: "processing" }) };
  const previous: Record<string, unknown> = { status: from };
  if (to === "failed" || to === "canceled") {
    const charge = world.store.get<Stripe.Charge>("charge", idOf(refund.charge) ?? "");
    const entry = book(world, {
      amount: refund.amount,
      currency: refund.currency,
      source: refund.id,
      type: "refund_failure",
      category: "refund_failure",
      description: "REFUND FAILURE",
    });
    next.failure_balance_transaction = entry.id;
    if (to === "failed") next.failure_reason = failureReason;
    setRefunded(world, charge, -refund.amount);
  }
  world.store.save(next);
  world.emit("refund.updated", next, previous);
  world.emit("charge.refund.updated", next, previous);
  if (to === "failed") world.emit("refund.failed", next);
  return next;
}

export function cancelRefund(world: World, id: string): Stripe.Refund {
  const refund = findRefund(world, id);
  if (refund.status === "requires_action") return moveRefund(world, id, "canceled");
  throw new ApiError(400, {
    type: "invalid_request_error",
    message: `You cannot cancel the refund ${id} because it has a status of ${refund.status}. Only a refund with a status of requires_action can be canceled.`,
  });
}
