import { createInterface } from "node:readline";
import type Stripe from "stripe";
import { z } from "zod";
import { assessPayment, capturePayment } from "@/lib/giving/payment/capture-payment";
import { sendDisputeAnswers } from "@/lib/giving/dispute/send-answers";
import { settlePaymentById } from "@/lib/giving/payment/settle-payment";
import { makePledge, type Sender } from "@/lib/giving/pledge/make-pledge";
import { retryPayment } from "@/lib/giving/pledge/retry-payment";
import { pledgeRequestSchema, retryPaymentSchema } from "@/lib/giving/pledge/schemas";
import { readPledge } from "@/lib/giving/pledge/store";
import { reconcileOn } from "@/lib/giving/reconciliation/reconcile";
import { askRefund } from "@/lib/giving/refund/ask-refund";
import { endCancelledCampaigns } from "@/lib/giving/refund/end-cancelled-campaigns";
import { refundRequestSchema } from "@/lib/giving/refund/schemas";
import { sendRefunds } from "@/lib/giving/refund/send-refunds";
import { projectTotals } from "@/lib/giving/totals/project-totals";
import { receiveEvent } from "@/lib/giving/webhook/receive-event";
import { drainOutbox } from "@/lib/platform/outbox/outbox";

/**
 * The verbs of giving in a process of their own, which dies after as many calls to the outside as it is told. A line in is one
 * piece of work as JSON, the line out says how it ended.
 */
const workSchema = z.discriminatedUnion("do", [
  z.object({ do: z.literal("give"), body: pledgeRequestSchema, key: z.string() }),
  z.object({ do: z.literal("retry"), pledgeId: z.string(), body: retryPaymentSchema, key: z.string() }),
  z.object({ do: z.literal("capture"), paymentId: z.string() }),
  z.object({ do: z.literal("settle"), paymentId: z.string() }),
  z.object({ do: z.literal("webhook"), event: z.looseObject({}) }),
  z.object({
    do: z.literal("ask_refund"),
    actorId: z.string(),
    paymentId: z.string(),
    body: refundRequestSchema,
    key: z.string(),
  }),
  z.object({ do: z.literal("send_refunds") }),
  z.object({ do: z.literal("send_answers") }),
  z.object({ do: z.literal("end_campaign"), campaignId: z.string() }),
  z.object({ do: z.literal("reconcile") }),
  z.object({ do: z.literal("drain") }),
  z.object({ do: z.literal("project"), ids: z.array(z.string()), paymentId: z.string() }),
]);
const lineSchema = z.object({ dieAfter: z.number().int(), work: workSchema });

const sender = (key: string): Sender => ({
  userId: null,
  address: `198.51.${key.charCodeAt(0)}.${key.charCodeAt(1)}`,
  keyHeader: key,
  traceparent: `00-${"1".repeat(32)}-${"2".repeat(16)}-01`,
  traceId: "1".repeat(32),
});

async function perform(work: z.output<typeof workSchema>): Promise<unknown> {
  switch (work.do) {
    case "give":
      return makePledge(work.body, sender(work.key));
    case "retry": {
      const view = await readPledge(work.pledgeId);
      if (!view) throw new Error("There is no such pledge.");
      return retryPayment(view, work.body, sender(work.key));
    }
    case "capture":
      return (await assessPayment(work.paymentId)) === "capture" ? capturePayment(work.paymentId, "workflow") : null;
    case "settle":
      return settlePaymentById(work.paymentId, "request");
    case "webhook":
      return receiveEvent(work.event as unknown as Stripe.Event);
    case "ask_refund":
      return askRefund(work.actorId, work.paymentId, work.body, work.key);
    case "send_refunds":
      return sendRefunds();
    case "send_answers":
      return sendDisputeAnswers();
    case "end_campaign":
      return endCancelledCampaigns(work.campaignId);
    case "reconcile":
      return reconcileOn(null);
    case "drain":
      return drainOutbox();
    case "project":
      return projectTotals(work.ids, work);
  }
}

process.stdout.write("ready\n");
for await (const line of createInterface({ input: process.stdin })) {
  const { dieAfter, work } = lineSchema.parse(JSON.parse(line));
  process.env["DEVMENTOR_FAILPOINT"] = String(dieAfter);
  const answer = await perform(work).then(
    (value) => ({ ok: value }),
    (error: unknown) => ({ error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) }),
  );
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
