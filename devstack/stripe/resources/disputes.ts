import type Stripe from "stripe";
import { invalid, missing } from "../errors.ts";
import {
  boolean,
  emptyable,
  hash,
  integer,
  list,
  metadata,
  oneOf,
  range,
  string,
  unsupported,
  type Values,
} from "../parameters.ts";
import { idOf, type World } from "../world.ts";
import { book, disputeFee } from "./balance.ts";
import { findCharge } from "./charges.ts";
import { mergeMetadata } from "./metadata.ts";

const EVIDENCE = [
  "access_activity_log",
  "billing_address",
  "cancellation_policy",
  "cancellation_policy_disclosure",
  "cancellation_rebuttal",
  "customer_communication",
  "customer_email_address",
  "customer_name",
  "customer_purchase_ip",
  "customer_signature",
  "duplicate_charge_documentation",
  "duplicate_charge_explanation",
  "duplicate_charge_id",
  "product_description",
  "receipt",
  "refund_policy",
  "refund_policy_disclosure",
  "refund_refusal_explanation",
  "service_date",
  "service_documentation",
  "shipping_address",
  "shipping_carrier",
  "shipping_date",
  "shipping_documentation",
  "shipping_tracking_number",
  "uncategorized_file",
  "uncategorized_text",
] as const;
type EvidenceName = (typeof EVIDENCE)[number];

/** Bounds of the API, in characters: of one text, and of all of a dispute's together. */
const MOST_OF_ONE = 20_000;
const MOST_OF_ALL = 150_000;

const written = Object.fromEntries(EVIDENCE.map((name) => [name, emptyable(string(MOST_OF_ONE))])) as Record<
  EvidenceName,
  ReturnType<typeof emptyable<string>>
>;

export const disputeUpdate = {
  evidence: hash({ ...written, appeal: unsupported(), enhanced_evidence: unsupported() }),
  expand: list(string()),
  intended_submission_method: oneOf(["manual", "prefer_manual", "prefer_smart_disputes", "smart_disputes"]),
  metadata: emptyable(metadata()),
  submit: boolean(),
};
export const disputeList = {
  charge: string(),
  created: range(),
  ending_before: string(),
  expand: list(string()),
  limit: integer(),
  payment_intent: string(),
  starting_after: string(),
};

export type DisputeKind = "fraudulent" | "inquiry" | "noncompliant" | "prevented" | "product_not_received" | "twice";

const KINDS: Readonly<
  Record<
    DisputeKind,
    {
      reason: string;
      status: Stripe.Dispute.Status;
      caseType: Stripe.Dispute.PaymentMethodDetails.Card.CaseType;
      code: string;
    }
  >
> = {
  fraudulent: { reason: "fraudulent", status: "needs_response", caseType: "chargeback", code: "10.4" },
  twice: { reason: "fraudulent", status: "needs_response", caseType: "chargeback", code: "10.4" },
  product_not_received: {
    reason: "product_not_received",
    status: "needs_response",
    caseType: "chargeback",
    code: "13.1",
  },
  noncompliant: { reason: "noncompliant", status: "needs_response", caseType: "compliance", code: "10.4" },
  inquiry: { reason: "fraudulent", status: "warning_needs_response", caseType: "inquiry", code: "10" },
  prevented: { reason: "fraudulent", status: "prevented", caseType: "resolution", code: "10.4" },
};

const DAYS_TO_ANSWER = 9;

/** @throws ApiError 404 */
export function findDispute(world: World, id: string): Stripe.Dispute {
  const found = world.store.find<Stripe.Dispute>("dispute", id);
  if (!found) throw missing("dispute", id, "id", 404);
  return found;
}

/** Moves the disputed money: away with the fee, or back without it. */
function move(world: World, dispute: Stripe.Dispute, direction: -1 | 1): Stripe.BalanceTransaction {
  const away = direction === -1;
  return book(world, {
    amount: direction * dispute.amount,
    fee: away ? disputeFee(dispute.currency) : 0,
    feeDescription: "Dispute fee",
    currency: dispute.currency,
    source: dispute.id,
    type: "adjustment",
    category: away ? "dispute" : "dispute_reversal",
    description: away
      ? `Chargeback withdrawal for ${idOf(dispute.charge)}`
      : `Chargeback reversal for ${idOf(dispute.charge)}`,
    atOnce: true,
  });
}

/**
 * A donor's bank disputes a captured charge. A chargeback takes the money and a fee at once; an inquiry and a
 * prevented dispute take nothing.
 * @param amount a part of the charge; all of it when absent
 */
export function openDispute(world: World, chargeId: string, kind: DisputeKind, amount?: number): Stripe.Dispute {
  const charge = findCharge(world, chargeId);
  if (!charge.captured) throw invalid(`Charge ${chargeId} has not been captured, so nobody can dispute it.`);
  const { reason, status, caseType, code } = KINDS[kind];
  const brand = charge.payment_method_details?.card?.brand ?? "visa";
  const created = world.clock.seconds();
  const asked = status === "needs_response" || status === "warning_needs_response";
  const due = new Date((created + DAYS_TO_ANSWER * 86_400) * 1_000).setUTCHours(23, 59, 59, 0);
  const dispute: Stripe.Dispute = {
    id: world.ids.next("du"),
    object: "dispute",
    amount: Math.min(amount ?? charge.amount_captured, charge.amount_captured),
    balance_transactions: [],
    charge: charge.id,
    created,
    currency: charge.currency,
    enhanced_eligibility_types: [],
    evidence: {
      ...(Object.fromEntries(EVIDENCE.map((name) => [name, null])) as Record<EvidenceName, null>),
      customer_email_address: charge.billing_details.email,
      customer_name: charge.billing_details.name,
      enhanced_evidence: {},
    },
    evidence_details: {
      due_by: asked ? due / 1_000 : null,
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_count: 0,
      submission_method: "not_submitted",
    },
    intended_submission_method: null,
    is_charge_refundable: status !== "needs_response",
    livemode: false,
    metadata: {},
    network_reason_code: code,
    payment_intent: idOf(charge.payment_intent),
    payment_method_details: {
      card: { brand, case_type: caseType, network: brand, network_reason_code: code },
      type: "card",
    },
    reason,
    status,
  };
  const takes = status === "needs_response";
  if (takes) dispute.balance_transactions = [move(world, dispute, -1)];
  world.store.insert(dispute);
  if (!charge.disputed) world.store.save({ ...charge, disputed: true });
  world.emit("charge.dispute.created", dispute);
  if (takes) world.emit("charge.dispute.funds_withdrawn", dispute);
  if (asked) world.later(due - world.clock.now(), "dispute.deadline", dispute.id);
  return dispute;
}

/** Evidence, kept as a draft or submitted; what is submitted can't be changed. */
export function updateDispute(world: World, id: string, given: Values<typeof disputeUpdate>): Stripe.Dispute {
  const dispute = findDispute(world, id);
  const touches = given.evidence !== undefined || given.submit === true;
  const open = ["needs_response", "warning_needs_response", "appeal_needs_response"].includes(dispute.status);
  if (touches && !open)
    throw invalid(
      dispute.status.endsWith("under_review")
        ? "This dispute has already been submitted: its evidence can no longer be changed."
        : "This dispute is already closed",
    );
  const evidence = { ...dispute.evidence, ...given.evidence } as Stripe.Dispute.Evidence;
  const length = EVIDENCE.reduce((sum, name) => sum + String(evidence[name] ?? "").length, 0);
  if (length > MOST_OF_ALL)
    throw invalid(
      `The combined character count of all evidence fields is ${length}; it must be at most ${MOST_OF_ALL}.`,
      { param: "evidence" },
    );
  const has = EVIDENCE.some((name) => given.evidence?.[name]) || dispute.evidence_details.has_evidence;
  // The SDK's updates submit unless they are told to keep a draft, as the API does.
  const submits = touches && given.submit !== false;
  const next: Stripe.Dispute = {
    ...dispute,
    evidence,
    evidence_details: {
      ...dispute.evidence_details,
      has_evidence: has,
      submission_count: dispute.evidence_details.submission_count + (submits ? 1 : 0),
      submission_method: submits ? "manual" : dispute.evidence_details.submission_method,
    },
    intended_submission_method: given.intended_submission_method ?? dispute.intended_submission_method,
    metadata: mergeMetadata(dispute.metadata, given.metadata),
    status: submits ? (UNDER_REVIEW[dispute.status] ?? dispute.status) : dispute.status,
  };
  world.store.save(next);
  world.emit("charge.dispute.updated", next, {
    ...(touches && { evidence: dispute.evidence, evidence_details: dispute.evidence_details }),
    ...(next.status !== dispute.status && { status: dispute.status }),
  });
  if (submits) {
    world.never("dispute.deadline", id);
    world.later(world.delay("decision"), "dispute.decide", id);
  }
  return next;
}

const UNDER_REVIEW: Readonly<Record<string, Stripe.Dispute.Status>> = {
  needs_response: "under_review",
  warning_needs_response: "warning_under_review",
  appeal_needs_response: "appeal_under_review",
};

/** What the issuer does with submitted evidence, by the published magic words in `uncategorized_text`. */
export function decideDispute(world: World, id: string): void {
  const dispute = findDispute(world, id);
  const words = dispute.evidence.uncategorized_text;
  const inquiry = dispute.status === "warning_under_review";
  if (inquiry && words === "escalate_inquiry_evidence") escalateInquiry(world, id);
  else if (words === "winning_evidence") closeDispute(world, id, inquiry ? "warning_closed" : "won");
  else if (words === "losing_evidence") closeDispute(world, id, inquiry ? "warning_closed" : "lost");
}

/** Nobody answered in time. */
export function missDeadline(world: World, id: string): void {
  const dispute = findDispute(world, id);
  if (dispute.status === "warning_needs_response") closeDispute(world, id, "warning_closed");
  else if (dispute.status === "needs_response" || dispute.status === "appeal_needs_response")
    closeDispute(world, id, "lost");
}

/** The bank's last word, until somebody appeals. */
export function closeDispute(world: World, id: string, as: "lost" | "warning_closed" | "won"): Stripe.Dispute {
  const dispute = findDispute(world, id);
  const inquiry = dispute.status.startsWith("warning_");
  const closed = ["lost", "won", "warning_closed", "prevented"].includes(dispute.status);
  if (closed || inquiry !== (as === "warning_closed"))
    throw invalid(`The dispute ${id} has a status of ${dispute.status} and cannot become ${as}.`, {
      code: "status_transition_invalid",
    });
  world.never("dispute.deadline", id);
  world.never("dispute.decide", id);
  const late = (dispute.evidence_details.due_by ?? Infinity) <= world.clock.seconds();
  const next: Stripe.Dispute = {
    ...dispute,
    evidence_details: {
      ...dispute.evidence_details,
      past_due: late && dispute.evidence_details.submission_count === 0,
    },
    is_charge_refundable: inquiry,
    status: as,
  };
  if (as === "won") next.balance_transactions = [...dispute.balance_transactions, move(world, dispute, 1)];
  world.store.save(next);
  world.emit("charge.dispute.closed", next, { status: dispute.status });
  if (as === "won") world.emit("charge.dispute.funds_reinstated", next);
  return next;
}

/** An inquiry becomes a chargeback: now the money goes. */
export function escalateInquiry(world: World, id: string): Stripe.Dispute {
  const dispute = findDispute(world, id);
  if (!dispute.status.startsWith("warning_needs") && dispute.status !== "warning_under_review")
    throw invalid(`The dispute ${id} has a status of ${dispute.status}: only an open inquiry can be escalated.`);
  world.never("dispute.decide", id);
  const card = dispute.payment_method_details?.card;
  const next: Stripe.Dispute = {
    ...dispute,
    balance_transactions: [move(world, dispute, -1)],
    evidence_details: { ...dispute.evidence_details, submission_method: "not_submitted" },
    is_charge_refundable: false,
    status: "needs_response",
    ...(card && { payment_method_details: { card: { ...card, case_type: "chargeback" }, type: "card" } }),
  };
  world.store.save(next);
  world.emit("charge.dispute.updated", next, { status: dispute.status });
  world.emit("charge.dispute.funds_withdrawn", next);
  world.never("dispute.deadline", id);
  world.later(DAYS_TO_ANSWER * 86_400_000, "dispute.deadline", id);
  return next;
}

/** A decided chargeback is opened again, on the merchant's appeal or the issuer's. */
export function appealDispute(world: World, id: string): Stripe.Dispute {
  const dispute = findDispute(world, id);
  if (dispute.status !== "lost" && dispute.status !== "won")
    throw invalid(
      `The dispute ${id} has a status of ${dispute.status}: only one that was won or lost can be appealed.`,
    );
  const takesBack = dispute.status === "won";
  const next: Stripe.Dispute = {
    ...dispute,
    status: "appeal_needs_response",
    ...(takesBack && { balance_transactions: [...dispute.balance_transactions, move(world, dispute, -1)] }),
  };
  world.store.save(next);
  world.emit("charge.dispute.updated", next, { status: dispute.status });
  if (takesBack) world.emit("charge.dispute.funds_withdrawn", next);
  world.later(DAYS_TO_ANSWER * 86_400_000, "dispute.deadline", id);
  return next;
}

/** The merchant gives in. */
export function concedeDispute(world: World, id: string): Stripe.Dispute {
  const dispute = findDispute(world, id);
  return closeDispute(world, id, dispute.status.startsWith("warning_") ? "warning_closed" : "lost");
}
