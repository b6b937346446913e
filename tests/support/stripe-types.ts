import type Stripe from "stripe";
// The package's entry leaves this one out of its namespace.
import type { TestHelpers } from "../../node_modules/stripe/esm/resources/TestHelpers/ConfirmationTokens.js";

/**
 * What the emulator is measured by: the installed package's own types, by the names that tests/support/stripe-schemas.ts
 * makes JSON schemas of. Objects by the value of their `object`, parameters by endpoint, events by type.
 */
export interface Objects {
  balance: Stripe.Balance;
  balance_transaction: Stripe.BalanceTransaction;
  charge: Stripe.Charge;
  confirmation_token: Stripe.ConfirmationToken;
  dispute: Stripe.Dispute;
  payment_intent: Stripe.PaymentIntent;
  payment_method: Stripe.PaymentMethod;
  payout: Stripe.Payout;
  refund: Stripe.Refund;
}

export interface Parameters {
  "GET /v1/payment_intents": Stripe.PaymentIntentListParams;
  "GET /v1/payment_intents/search": Stripe.PaymentIntentSearchParams;
  "POST /v1/payment_intents": Stripe.PaymentIntentCreateParams;
  "GET /v1/payment_intents/:id": Stripe.PaymentIntentRetrieveParams;
  "POST /v1/payment_intents/:id": Stripe.PaymentIntentUpdateParams;
  "POST /v1/payment_intents/:id/confirm": Stripe.PaymentIntentConfirmParams;
  "POST /v1/payment_intents/:id/capture": Stripe.PaymentIntentCaptureParams;
  "POST /v1/payment_intents/:id/cancel": Stripe.PaymentIntentCancelParams;
  "GET /v1/charges": Stripe.ChargeListParams;
  "GET /v1/charges/search": Stripe.ChargeSearchParams;
  "GET /v1/charges/:id": Stripe.ChargeRetrieveParams;
  "POST /v1/charges/:id": Stripe.ChargeUpdateParams;
  "GET /v1/refunds": Stripe.RefundListParams;
  "POST /v1/refunds": Stripe.RefundCreateParams;
  "GET /v1/refunds/:id": Stripe.RefundRetrieveParams;
  "POST /v1/refunds/:id": Stripe.RefundUpdateParams;
  "POST /v1/refunds/:id/cancel": Stripe.RefundCancelParams;
  "GET /v1/disputes": Stripe.DisputeListParams;
  "GET /v1/disputes/:id": Stripe.DisputeRetrieveParams;
  "POST /v1/disputes/:id": Stripe.DisputeUpdateParams;
  "POST /v1/disputes/:id/close": Stripe.DisputeCloseParams;
  "GET /v1/balance": Stripe.BalanceRetrieveParams;
  "GET /v1/balance_transactions": Stripe.BalanceTransactionListParams;
  "GET /v1/balance_transactions/:id": Stripe.BalanceTransactionRetrieveParams;
  "GET /v1/payouts": Stripe.PayoutListParams;
  "POST /v1/payouts": Stripe.PayoutCreateParams;
  "GET /v1/payouts/:id": Stripe.PayoutRetrieveParams;
  "POST /v1/payouts/:id": Stripe.PayoutUpdateParams;
  "GET /v1/payment_methods/:id": Stripe.PaymentMethodRetrieveParams;
  "GET /v1/confirmation_tokens/:id": Stripe.ConfirmationTokenRetrieveParams;
  "POST /v1/test_helpers/confirmation_tokens": TestHelpers.ConfirmationTokenCreateParams;
  "GET /v1/events": Stripe.EventListParams;
  "GET /v1/events/:id": Stripe.EventRetrieveParams;
}

export interface Events {
  "charge.captured": Stripe.ChargeCapturedEvent;
  "charge.dispute.closed": Stripe.ChargeDisputeClosedEvent;
  "charge.dispute.created": Stripe.ChargeDisputeCreatedEvent;
  "charge.dispute.funds_reinstated": Stripe.ChargeDisputeFundsReinstatedEvent;
  "charge.dispute.funds_withdrawn": Stripe.ChargeDisputeFundsWithdrawnEvent;
  "charge.dispute.updated": Stripe.ChargeDisputeUpdatedEvent;
  "charge.expired": Stripe.ChargeExpiredEvent;
  "charge.failed": Stripe.ChargeFailedEvent;
  "charge.refund.updated": Stripe.ChargeRefundUpdatedEvent;
  "charge.refunded": Stripe.ChargeRefundedEvent;
  "charge.succeeded": Stripe.ChargeSucceededEvent;
  "charge.updated": Stripe.ChargeUpdatedEvent;
  "payment_intent.amount_capturable_updated": Stripe.PaymentIntentAmountCapturableUpdatedEvent;
  "payment_intent.canceled": Stripe.PaymentIntentCanceledEvent;
  "payment_intent.created": Stripe.PaymentIntentCreatedEvent;
  "payment_intent.payment_failed": Stripe.PaymentIntentPaymentFailedEvent;
  "payment_intent.requires_action": Stripe.PaymentIntentRequiresActionEvent;
  "payment_intent.succeeded": Stripe.PaymentIntentSucceededEvent;
  "payout.created": Stripe.PayoutCreatedEvent;
  "payout.paid": Stripe.PayoutPaidEvent;
  "payout.reconciliation_completed": Stripe.PayoutReconciliationCompletedEvent;
  "payout.updated": Stripe.PayoutUpdatedEvent;
  "refund.created": Stripe.RefundCreatedEvent;
  "refund.failed": Stripe.RefundFailedEvent;
  "refund.updated": Stripe.RefundUpdatedEvent;
}

/** All three, so that one run of the generator sees them. */
export interface StripeContract {
  objects: Objects;
  parameters: Parameters;
  events: Events;
}
