import { answerDisputesFunction } from "./answer-disputes";
import { capturePaymentFunction } from "./capture-payment";
import { endCanceledPledgeFunction } from "./end-canceled-pledge";
import {
  mailDigestsFunction,
  mailDisputeFunction,
  mailFailureFunction,
  mailReceiptFunction,
  mailRefundFunction,
  thankDonorFunction,
} from "./gift-mails";
import { projectLostEventsFunction, projectTotalsFunction } from "./project-totals";
import {
  reconcileNightlyFunction,
  reconcilePaymentsFunction,
  resumeReconciliationFunction,
} from "./reconcile-payments";
import { endCancelledCampaignFunction, endCancelledCampaignsFunction, sendRefundsFunction } from "./send-refunds";
import { driveInboxFunction, sweepPaymentsFunction } from "./sweep-payments";

/**
 * Every workflow that money goes through. The one list: the endpoint serves it, and so do the simulation and the game days, which
 * leave out those of learning.
 */
export const GIVING_FUNCTIONS = [
  thankDonorFunction,
  mailReceiptFunction,
  mailFailureFunction,
  mailRefundFunction,
  mailDigestsFunction,
  mailDisputeFunction,
  capturePaymentFunction,
  endCanceledPledgeFunction,
  projectTotalsFunction,
  projectLostEventsFunction,
  sweepPaymentsFunction,
  driveInboxFunction,
  sendRefundsFunction,
  answerDisputesFunction,
  endCancelledCampaignFunction,
  endCancelledCampaignsFunction,
  reconcileNightlyFunction,
  reconcilePaymentsFunction,
  resumeReconciliationFunction,
];
