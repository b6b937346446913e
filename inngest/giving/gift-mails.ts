import { z } from "zod";
import {
  isThrough,
  sendCorrectionMail,
  sendDisputeMail,
  sendFailedRefundMail,
} from "@/lib/giving/mail/money-back/send-money-back-mail";
import { sendDigests, sendPaymentMail } from "@/lib/giving/mail/send-giving-mail";
import { inngest } from "../client";

const paymentSchema = z.object({ paymentId: z.uuid() });
const refundSchema = z.object({ paymentId: z.uuid(), refundId: z.string(), status: z.string() });

/** A mail provider that is away for an hour must not cost anybody a receipt. */
const RETRIES = 12;

/** `giving/payment.authorized` → thank you, we are checking it. */
export const thankDonorFunction = inngest.createFunction(
  {
    id: "mail-thank-donor",
    name: "Thank a donor",
    triggers: [{ event: "giving/payment.authorized" }],
    retries: RETRIES,
  },
  async ({ event, step }) => {
    const { paymentId } = paymentSchema.parse(event.data);
    return step.run("mail", () => sendPaymentMail("thanks", paymentId));
  },
);

/** `giving/payment.completed` → the receipt, and word to an owner who wants each gift. */
export const mailReceiptFunction = inngest.createFunction(
  { id: "mail-receipt", name: "Mail a receipt", triggers: [{ event: "giving/payment.completed" }], retries: RETRIES },
  async ({ event, step }) => {
    const { paymentId } = paymentSchema.parse(event.data);
    const receipt = await step.run("receipt", () => sendPaymentMail("receipt", paymentId));
    const owner = await step.run("owner", () => sendPaymentMail("owner_gift", paymentId));
    return { receipt, owner };
  },
);

/** How long a donor whose card was refused may stay on the page and try another before a mail says that it failed. */
export const FAILURE_WAITS = "10m";

/**
 * A payment that came to nothing → after some minutes say so, and that nothing was charged; not to a donor who has tried
 * again meanwhile.
 */
export const mailFailureFunction = inngest.createFunction(
  {
    id: "mail-failure",
    name: "Tell a donor that a payment failed",
    triggers: [{ event: "giving/payment.failed" }, { event: "giving/payment.canceled" }],
    retries: RETRIES,
  },
  async ({ event, step }) => {
    const { paymentId } = paymentSchema.parse(event.data);
    await step.sleep("another-card", FAILURE_WAITS);
    return step.run("mail", () => sendPaymentMail("failure", paymentId));
  },
);

/** A refund that succeeded → say so to the donor; one that came to nothing → to who asked for it, and to a donor who had been told. Each once. */
export const mailRefundFunction = inngest.createFunction(
  {
    id: "mail-refund",
    name: "Tell of a refund",
    triggers: [{ event: "giving/refund.updated" }],
    retries: RETRIES,
  },
  async ({ event, step }) => {
    const { paymentId, refundId, status } = refundSchema.parse(event.data);
    if (status === "failed") {
      // The donor first: they may be waiting for money that will not come.
      await step.run("correction", () => sendCorrectionMail(refundId));
      return step.run("failed", () => sendFailedRefundMail(refundId));
    }
    if (status !== "succeeded") return false;
    return step.run("mail", async () => (await isThrough(refundId)) && sendPaymentMail("refund", paymentId, refundId));
  },
);

const disputeSchema = z.object({ disputeId: z.uuid(), status: z.string() });

/** A dispute that is opened or decided → who owns the campaign hears of it, and the donor when money has moved. Each stage once. */
export const mailDisputeFunction = inngest.createFunction(
  {
    id: "mail-dispute",
    name: "Tell of a dispute",
    triggers: [{ event: "giving/dispute.updated" }],
    retries: RETRIES,
  },
  async ({ event, step }) => {
    const { disputeId, status } = disputeSchema.parse(event.data);
    const donor = await step.run("donor", () => sendDisputeMail("dispute", disputeId, status));
    const owner = await step.run("owner", () => sendDisputeMail("dispute_owner", disputeId, status));
    return { donor, owner };
  },
);

const DAY_MS = 86_400_000;

/** Each morning: yesterday's gifts, to owners with a digest. */
export const mailDigestsFunction = inngest.createFunction(
  { id: "mail-owner-digests", name: "Mail owners yesterday's gifts", triggers: [{ cron: "15 6 * * *" }], retries: 4 },
  async ({ step }) => {
    const day = await step.run("day", () => new Date(Date.now() - DAY_MS).toISOString().slice(0, 10));
    return { day, sent: await step.run("mail", () => sendDigests(day)) };
  },
);
