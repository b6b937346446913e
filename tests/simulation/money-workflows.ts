import { serve } from "inngest/next";
import { after } from "next/server";
import { inngest } from "@/inngest/client";
import { answerDisputesFunction } from "@/inngest/giving/answer-disputes";
import { capturePaymentFunction } from "@/inngest/giving/capture-payment";
import { endCanceledPledgeFunction } from "@/inngest/giving/end-canceled-pledge";
import {
  mailDisputeFunction,
  mailFailureFunction,
  mailReceiptFunction,
  mailRefundFunction,
  thankDonorFunction,
} from "@/inngest/giving/gift-mails";
import { projectLostEventsFunction, projectTotalsFunction } from "@/inngest/giving/project-totals";
import {
  reconcileNightlyFunction,
  reconcilePaymentsFunction,
  resumeReconciliationFunction,
} from "@/inngest/giving/reconcile-payments";
import {
  endCancelledCampaignFunction,
  endCancelledCampaignsFunction,
  sendRefundsFunction,
} from "@/inngest/giving/send-refunds";
import { driveInboxFunction, sweepPaymentsFunction } from "@/inngest/giving/sweep-payments";
import { drainOutboxFunction } from "@/inngest/platform/drain-outbox";
import { drainAfterRequest } from "@/lib/platform/outbox/outbox";

/**
 * `app/api/inngest/route.ts` with the functions that money goes through: the same functions behind the same handler. Those of
 * learning would load their engines into each process that a schedule starts.
 */
const handlers = serve({
  client: inngest,
  functions: [
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
    drainOutboxFunction,
    thankDonorFunction,
    mailReceiptFunction,
    mailFailureFunction,
    mailDisputeFunction,
    mailRefundFunction,
  ],
});

export const { PUT } = handlers;

export const POST: typeof handlers.POST = (request, context) => {
  after(drainAfterRequest);
  return handlers.POST(request, context);
};
