import { serve } from "inngest/next";
import { after } from "next/server";
import { inngest } from "@/inngest/client";
import { capturePaymentFunction } from "@/inngest/giving/capture-payment";
import { projectLostEventsFunction, projectTotalsFunction } from "@/inngest/giving/project-totals";
import {
  reconcileNightlyFunction,
  reconcilePaymentsFunction,
  resumeReconciliationFunction,
} from "@/inngest/giving/reconcile-payments";
import { sendRefundsFunction } from "@/inngest/giving/send-refunds";
import { driveInboxFunction, sweepPaymentsFunction } from "@/inngest/giving/sweep-payments";
import { cacheInvalidatedFunction } from "@/inngest/platform/cache-invalidated";
import { drainOutboxFunction } from "@/inngest/platform/drain-outbox";
import { drainAfterRequest } from "@/lib/platform/outbox/outbox";

/** The application's own workflow endpoint, with the functions that money goes through; those of learning would load their engines. */
const handlers = serve({
  client: inngest,
  functions: [
    capturePaymentFunction,
    projectTotalsFunction,
    projectLostEventsFunction,
    sweepPaymentsFunction,
    driveInboxFunction,
    sendRefundsFunction,
    reconcileNightlyFunction,
    reconcilePaymentsFunction,
    resumeReconciliationFunction,
    cacheInvalidatedFunction,
    drainOutboxFunction,
  ],
});

export const { PUT } = handlers;

export const POST: typeof handlers.POST = (request, context) => {
  after(drainAfterRequest);
  return handlers.POST(request, context);
};
