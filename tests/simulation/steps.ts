import { z } from "zod";

/**
 * What can happen in a simulation. Each step says all of itself: which gift it is about is a number that is taken modulo the
 * gifts there are when it comes to it, so that any part of a schedule, in the same order, is a schedule too. That is what lets
 * a failing one be shortened.
 */
const which = z.number().int().min(0).max(0xff_ff_ff_ff);

/** Cards of the emulator's table (devstack/stripe/cards.ts), by what they do. */
export const CARDS = {
  good: "pm_card_visa",
  declined: "pm_card_visa_chargeDeclined",
  poor: "pm_card_visa_chargeDeclinedInsufficientFunds",
  challenged: "pm_card_threeDSecure2Required",
  challengedAndDeclined: "pm_card_threeDSecureRequiredChargeDeclined",
  disputed: "pm_card_createDispute",
  inquired: "pm_card_createDisputeInquiry",
  elevated: "pm_card_riskLevelElevated",
  slowRefund: "pm_card_pendingRefund",
  failingRefund: "pm_card_refundFail",
} as const;
export type CardName = keyof typeof CARDS;
const card = z.enum(Object.keys(CARDS) as [CardName, ...CardName[]]);

/** The crons of giving and of the outbox, by the ids of their functions. */
export const CRONS = {
  sweep: ["sweep-payments", "drive-webhook-inbox", "send-refunds", "answer-disputes"],
  relay: ["drain-outbox"],
  project: ["project-lost-events"],
  endCampaigns: ["end-cancelled-campaigns"],
  reconcile: ["reconcile-nightly", "resume-reconciliation"],
} as const;
export type CronName = keyof typeof CRONS;
const cron = z.enum(Object.keys(CRONS) as [CronName, ...CronName[]]);

export const operationSchema = z.discriminatedUnion("do", [
  /** A donor gives. `times` > 1: a double click, under one key, at once. */
  z.strictObject({
    do: z.literal("pledge"),
    donor: which,
    campaign: which,
    amountMinor: z.number().int(),
    card,
    coverFees: z.boolean(),
    times: z.number().int().min(1).max(5),
  }),
  /** The donor's browser sends a gift again, with its key. */
  z.strictObject({ do: z.literal("again"), gift: which }),
  z.strictObject({ do: z.literal("another_card"), gift: which, card }),
  /** The donor passes or fails 3-D Secure; their page then asks anew. */
  z.strictObject({ do: z.literal("authenticate"), gift: which, passed: z.boolean(), refresh: z.boolean() }),
  /** A donor looks at their gift and at the campaign's total. */
  z.strictObject({ do: z.literal("look"), gift: which }),
  /** By hand in the provider's dashboard. */
  z.strictObject({ do: z.literal("capture_by_hand"), gift: which }),
  z.strictObject({ do: z.literal("void_by_hand"), gift: which }),
  z.strictObject({ do: z.literal("refund_by_hand"), gift: which, share: z.number().gt(0).max(1) }),
  /** Over our API. `times` > 1: under one key, at once. */
  z.strictObject({
    do: z.literal("refund"),
    gift: which,
    share: z.number().gt(0).max(1),
    times: z.number().int().min(1).max(3),
  }),
  z.strictObject({ do: z.literal("decide_refund"), refund: which, approved: z.boolean() }),
  /** A refund that had succeeded, or was under way, fails at the donor's bank. */
  z.strictObject({ do: z.literal("fail_refund"), refund: which }),
  z.strictObject({
    do: z.literal("dispute"),
    gift: which,
    kind: z.enum(["fraudulent", "inquiry", "product_not_received", "prevented"]),
  }),
  z.strictObject({
    do: z.literal("decide_dispute"),
    dispute: which,
    action: z.enum(["win", "lose", "appeal", "concede"]),
  }),
  z.strictObject({
    do: z.literal("move_campaign"),
    campaign: which,
    status: z.enum(["active", "paused", "completed", "cancelled"]),
  }),
  /** An operator's button. */
  z.strictObject({ do: z.literal("reconcile") }),
  /** A cron comes due; with `twice` two of it run at once. */
  z.strictObject({ do: z.literal("cron"), cron, twice: z.boolean() }),
  /** Workflow runs that wait go on, so many requests of them, `abreast` at once. */
  z.strictObject({
    do: z.literal("work"),
    requests: z.number().int().min(1).max(40),
    abreast: z.number().int().min(1).max(8),
    order: which,
  }),
  /** Webhooks that are due are delivered: so many, in this order. */
  z.strictObject({
    do: z.literal("deliver"),
    most: z.number().int().min(1).max(50),
    abreast: z.number().int().min(1).max(5),
    order: z.enum(["as they came", "newest first", "mixed"]),
    mix: which,
  }),
  /** Time goes by for everybody: holds expire, leases end, webhooks fall due. */
  z.strictObject({ do: z.literal("wait"), ms: z.number().int().min(0) }),
]);
export type Operation = z.output<typeof operationSchema>;

const ms = z.number().int().min(0).max(5_000);
const when = z.enum(["before", "after"]);
/** Calls of Stripe's API that a fault can strike. */
const target = z.enum([
  "/v1/*",
  "/v1/payment_intents",
  "/v1/payment_intents/*/confirm",
  "/v1/payment_intents/*/capture",
  "/v1/payment_intents/*/cancel",
  "/v1/refunds",
]);
const count = z.number().int().min(1).max(6);

export const faultSchema = z.discriminatedUnion("fault", [
  /** SIGKILL of the application when it has the answer to its n-th call to the outside from now on (lib/env/failpoint.ts). */
  z.strictObject({ fault: z.literal("kill_after_call"), nth: z.number().int().min(1).max(40) }),
  /** SIGKILL of the application so many ms into the next operation, whatever it waits for then. */
  z.strictObject({ fault: z.literal("kill_after_ms"), ms }),
  /** `pg_ctl restart -m immediate`, so many ms into the next operation. */
  z.strictObject({ fault: z.literal("postgres_restart"), afterMs: ms }),
  /** SIGKILL of Redis; it is back so many ms later. */
  z.strictObject({ fault: z.literal("redis_kill"), downMs: ms }),
  z.strictObject({ fault: z.literal("redis_flush") }),
  z.strictObject({ fault: z.literal("redis_slow"), ms }),
  z.strictObject({ fault: z.literal("stripe_latency"), path: target, count, ms }),
  z.strictObject({ fault: z.literal("stripe_error"), path: target, count, when, saved: z.boolean() }),
  z.strictObject({ fault: z.literal("stripe_timeout"), path: target, count, when, ms }),
  z.strictObject({ fault: z.literal("stripe_reset"), path: target, count, when }),
  /** Inngest answers the next events with 500, before it has taken them or after. */
  z.strictObject({ fault: z.literal("inngest_error"), count, when }),
  z.strictObject({ fault: z.literal("webhook_duplicate"), count, times: z.number().int().min(1).max(5) }),
  z.strictObject({ fault: z.literal("webhook_twin"), count }),
  /** Up to 72 hours of virtual time. */
  z.strictObject({
    fault: z.literal("webhook_delay"),
    count,
    ms: z
      .number()
      .int()
      .min(0)
      .max(72 * 3_600_000),
  }),
  z.strictObject({ fault: z.literal("webhook_drop"), count }),
  /** The application's clock is wrong from now on, by up to ten minutes; 0 sets it right. */
  z.strictObject({ fault: z.literal("clock_skew"), ms: z.number().int().min(-600_000).max(600_000) }),
]);
export type Fault = z.output<typeof faultSchema>;

export const stepSchema = z.union([operationSchema, faultSchema]);
export type Step = z.output<typeof stepSchema>;

export const isFault = (step: Step): step is Fault => "fault" in step;

/** All that a run is made of: the same schedule does the same things in the same order. */
export const scheduleSchema = z.strictObject({ seed: z.number().int(), steps: z.array(stepSchema) });
export type Schedule = z.output<typeof scheduleSchema>;

/** What a worker is sent: a schedule, the application that it runs on, and the name of a bug that is planted. */
export const orderSchema = z.strictObject({
  schedule: scheduleSchema,
  script: z.string(),
  planted: z.string().nullable(),
});
export type Order = z.output<typeof orderSchema>;
