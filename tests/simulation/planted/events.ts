import type { Mutant } from "./mutant.ts";

/** What is made of what the provider tells. */
export const OF_EVENTS: readonly Mutant[] = [
  {
    name: "a failed webhook counts as applied",
    why: "what it said is lost, though it was acknowledged",
    changes: [{ file: "lib/giving/webhook/receive-event.ts", from: '"stored",', to: '"processed",' }],
  },
  {
    name: "an event ahead of our commit counts as applied",
    why: "what it said is lost, though it was acknowledged",
    changes: [
      {
        routine: "public.apply_payment_event",
        from: "perform private.settle_inbox(v_event, 'parked', 'unknown_payment');",
        to: "perform private.settle_inbox(v_event, 'processed', 'unknown_payment');",
      },
    ],
  },
  {
    name: "disputes are not heard of",
    why: "what the provider took back counts as raised",
    changes: [
      {
        file: "lib/giving/webhook/apply-event.ts",
        from: "return applyDispute(event, event.data.object.id, reading);",
        to: 'return settled(event, "noted");',
      },
    ],
  },
  {
    name: "refunds by hand are not heard of",
    why: "what went back counts as raised",
    changes: [
      {
        file: "lib/giving/webhook/apply-event.ts",
        from: "return applyRefund(event, event.data.object.id, reading);",
        to: 'return settled(event, "noted");',
      },
      {
        file: "lib/giving/webhook/apply-event.ts",
        from: "return applyRefundsOf(event, event.data.object, reading);",
        to: 'return settled(event, "noted");',
      },
    ],
  },
];
