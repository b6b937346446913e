import { type Random, seeded } from "./random.ts";
import type { CardName, CronName, Fault, Operation, Schedule, Step } from "./steps.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WHICH = 0xff_ff_ff_ff;

/** How often each operation comes. Gifts are few beside what happens to them, so that stories get long. */
const OPERATIONS: Readonly<Record<Operation["do"], number>> = {
  pledge: 18,
  again: 5,
  another_card: 3,
  authenticate: 5,
  look: 4,
  capture_by_hand: 2,
  void_by_hand: 2,
  refund_by_hand: 3,
  refund: 6,
  decide_refund: 2,
  fail_refund: 3,
  dispute: 4,
  decide_dispute: 4,
  move_campaign: 2,
  reconcile: 1,
  cron: 12,
  work: 12,
  deliver: 14,
  wait: 8,
};

const FAULTS: Readonly<Record<Fault["fault"], number>> = {
  kill_after_call: 12,
  kill_after_ms: 4,
  postgres_restart: 2,
  redis_kill: 3,
  redis_flush: 3,
  redis_slow: 1,
  stripe_latency: 2,
  stripe_error: 5,
  stripe_timeout: 5,
  stripe_reset: 4,
  inngest_error: 3,
  webhook_duplicate: 5,
  webhook_twin: 4,
  webhook_delay: 4,
  webhook_drop: 2,
  clock_skew: 3,
};

const CARD_WEIGHTS: Readonly<Record<CardName, number>> = {
  good: 40,
  declined: 4,
  poor: 4,
  challenged: 12,
  challengedAndDeclined: 3,
  disputed: 5,
  inquired: 3,
  elevated: 3,
  slowRefund: 6,
  failingRefund: 6,
};
const CRON_WEIGHTS: Readonly<Record<CronName, number>> = {
  sweep: 8,
  relay: 6,
  project: 3,
  endCampaigns: 1,
  reconcile: 1,
};
/** A schedule begins with some gifts, because without one there is nothing for the rest to be about. */
const GIFTS_FIRST = 3;

const which = (random: Random): number => random.integer(0, WHICH);
/** The whole as often as a part. */
const share = (random: Random): number => (random.happens(0.5) ? 1 : random.integer(5, 95) / 100);

function pledge(random: Random): Extract<Operation, { do: "pledge" }> {
  return {
    do: "pledge",
    donor: which(random),
    campaign: which(random),
    // Amounts that cover and fees round differently, and now and then one that needs four eyes when it is returned.
    amountMinor: random.happens(0.1) ? random.integer(60_000, 250_000) : random.integer(100, 20_000),
    card: random.weighted(CARD_WEIGHTS),
    coverFees: random.happens(0.3),
    times: random.happens(0.2) ? random.integer(2, 5) : 1,
  };
}

function wait(random: Random): Operation {
  const ms = random.weighted({ moment: 4, minutes: 5, hours: 3, day: 2, expiry: 1 });
  const [low, high] = {
    moment: [1_000, MINUTE],
    minutes: [MINUTE, 40 * MINUTE],
    hours: [HOUR, 12 * HOUR],
    day: [DAY, 3 * DAY],
    // Holds end after seven days.
    expiry: [6 * DAY, 8 * DAY],
  }[ms] as [number, number];
  return { do: "wait", ms: random.integer(low, high) };
}

function operation(random: Random): Operation {
  const kind = random.weighted(OPERATIONS);
  switch (kind) {
    case "pledge":
      return pledge(random);
    case "again":
    case "look":
    case "capture_by_hand":
    case "void_by_hand":
      return { do: kind, gift: which(random) };
    case "another_card":
      return { do: kind, gift: which(random), card: random.weighted(CARD_WEIGHTS) };
    case "authenticate":
      return { do: kind, gift: which(random), passed: random.happens(0.75), refresh: random.happens(0.7) };
    case "refund_by_hand":
      return { do: kind, gift: which(random), share: share(random) };
    case "refund":
      return {
        do: kind,
        gift: which(random),
        share: share(random),
        times: random.happens(0.3) ? random.integer(2, 3) : 1,
      };
    case "decide_refund":
      return { do: kind, refund: which(random), approved: random.happens(0.8) };
    case "fail_refund":
      return { do: kind, refund: which(random) };
    case "dispute":
      return {
        do: kind,
        gift: which(random),
        kind: random.pick(["fraudulent", "fraudulent", "product_not_received", "inquiry", "prevented"]),
      };
    case "decide_dispute":
      return { do: kind, dispute: which(random), action: random.pick(["win", "lose", "lose", "appeal", "concede"]) };
    case "move_campaign":
      return {
        do: kind,
        campaign: which(random),
        status: random.pick(["paused", "active", "active", "completed", "cancelled"]),
      };
    case "reconcile":
      return { do: kind };
    case "cron":
      return { do: kind, cron: random.weighted(CRON_WEIGHTS), twice: random.happens(0.3) };
    case "work":
      return { do: kind, requests: random.integer(1, 40), abreast: random.integer(1, 8), order: which(random) };
    case "deliver":
      return {
        do: kind,
        most: random.integer(1, 50),
        abreast: random.happens(0.5) ? 1 : random.integer(2, 5),
        order: random.pick(["as they came", "newest first", "mixed"]),
        mix: which(random),
      };
    case "wait":
      return wait(random);
  }
}

function fault(random: Random): Fault {
  const kind = random.weighted(FAULTS);
  const ms = (high: number): number => random.integer(0, high);
  const struck = () => ({
    path: random.pick([
      "/v1/*",
      "/v1/payment_intents",
      "/v1/payment_intents/*/confirm",
      "/v1/payment_intents/*/confirm",
      "/v1/payment_intents/*/capture",
      "/v1/payment_intents/*/cancel",
      "/v1/refunds",
    ] as const),
    count: random.integer(1, 3),
  });
  const when = () => random.pick(["before", "after"] as const);
  switch (kind) {
    case "kill_after_call":
      // Most work makes fewer than fifteen calls.
      return { fault: kind, nth: random.happens(0.8) ? random.integer(1, 14) : random.integer(15, 40) };
    case "kill_after_ms":
      return { fault: kind, ms: ms(300) };
    case "postgres_restart":
      return { fault: kind, afterMs: ms(200) };
    case "redis_kill":
      return { fault: kind, downMs: ms(800) };
    case "redis_flush":
      return { fault: kind };
    case "redis_slow":
      return { fault: kind, ms: ms(700) };
    case "stripe_latency":
      return { fault: kind, ...struck(), ms: ms(400) };
    case "stripe_error":
      return { fault: kind, ...struck(), when: when(), saved: random.happens(0.5) };
    case "stripe_timeout":
      return { fault: kind, ...struck(), when: when(), ms: ms(300) };
    case "stripe_reset":
      return { fault: kind, ...struck(), when: when() };
    case "inngest_error":
      return { fault: kind, count: random.integer(1, 4), when: when() };
    case "webhook_duplicate":
      return { fault: kind, count: random.integer(1, 6), times: random.integer(1, 5) };
    case "webhook_twin":
      return { fault: kind, count: random.integer(1, 6) };
    case "webhook_delay":
      return { fault: kind, count: random.integer(1, 6), ms: ms(72 * HOUR) };
    case "webhook_drop":
      return { fault: kind, count: random.integer(1, 3) };
    case "clock_skew":
      return { fault: kind, ms: random.happens(0.3) ? 0 : random.integer(-10 * MINUTE, 10 * MINUTE) };
  }
}

/** How a schedule is to be; the defaults are what CI runs. */
export interface Wish {
  /** Operations; faults come on top. */
  readonly operations?: number;
  /** Share of operations before which a fault comes. */
  readonly faults?: number;
}

/** The schedule of a seed: always the same one for the same wish. */
export function schedule(seed: number, { operations = 50, faults = 0.35 }: Wish = {}): Schedule {
  const random = seeded(seed);
  const steps: Step[] = [];
  for (let at = 0; at < operations; at += 1) {
    if (at >= GIFTS_FIRST && random.happens(faults)) steps.push(fault(random));
    if (at === 0) steps.push({ ...pledge(random), card: "good" });
    else steps.push(at < GIFTS_FIRST ? pledge(random) : operation(random));
  }
  return { seed, steps };
}
