import type { Mutant } from "./mutant.ts";

/** What keys are made of, at Stripe and with us, and what is done where a key says nothing any more. */
export const OF_KEYS: readonly Mutant[] = [
  {
    name: "key of a payment changes",
    why: "each try at Stripe is another one",
    changes: [
      {
        file: "lib/platform/stripe/keys.ts",
        from: "return `payment_${paymentId}_${operation}_${n}`;",
        to: "return `payment_${paymentId}_${operation}_${n}_${Math.random()}`;",
      },
    ],
  },
  {
    name: "key of a refund changes",
    why: "a refund whose answer was lost is made twice",
    changes: [
      {
        file: "lib/platform/stripe/keys.ts",
        from: "return `refund_${refundId}_${n}`;",
        to: "return `refund_${refundId}_${n}_${Math.random()}`;",
      },
    ],
  },
  {
    name: "the key's number grows with each try",
    why: "a try after an unknown outcome is another operation at Stripe",
    changes: [
      {
        routine: "public.begin_provider_call",
        from: "jsonb_build_object('n', c.n, 'firstTriedAt'",
        to: "jsonb_build_object('n', c.tries, 'firstTriedAt'",
      },
    ],
  },
  {
    name: "a forgotten key is trusted",
    why: "after a day Stripe makes a second object under the same key",
    changes: [
      {
        file: "lib/platform/stripe/keys.ts",
        from: "< KEY_HOURS * 3_600_000",
        to: "< Number.POSITIVE_INFINITY",
      },
    ],
  },
  {
    name: "an unknown outcome counts as none",
    why: "the number in the key grows although the effect may still come",
    changes: [
      {
        file: "lib/giving/payment/provider-call.ts",
        from: 'if (error.outcome === "unknown") throw error;',
        to: "",
      },
    ],
  },
  {
    name: "an effect behind a 500 is not looked for",
    why: "what was done before the error is done again",
    changes: [{ file: "lib/giving/payment/provider-call.ts", from: "if (seen && o.done(seen)) return seen;", to: "" }],
  },
  {
    name: "a repeated create has another trace",
    why: "Stripe refuses a key that comes with other words, so a gift that was cut short never goes on",
    changes: [
      {
        file: "lib/giving/pledge/make-pledge.ts",
        from: 'return typeof traceId === "string" ? traceId : sender.traceId;',
        to: "return sender.traceId;",
      },
    ],
  },
  {
    name: "a key stands for any request",
    why: "another gift under a key that was used gets the first one's answer; Redis and the database both compare",
    changes: [
      {
        file: "lib/platform/idempotency/with-idempotency.ts",
        from: "if (remembered.fingerprint !== slot.fingerprint) throw reused(request);",
        to: "",
      },
      {
        routine: "private.idempotency_standing",
        from: "when entry.fingerprint <> $2 then",
        to: "when false then",
      },
    ],
  },
  {
    name: "a lost intent is not looked for",
    why: "an intent whose create was not answered is never found again; it is looked for when it goes on and when it ends",
    changes: [
      {
        file: "lib/giving/payment/settle-payment.ts",
        from: "if (!payment.unknownSince) return null;",
        to: "return null;",
      },
      {
        file: "lib/giving/payment/end-payment.ts",
        from: "?? (await lostIntent(intended));",
        to: "?? (process.pid < 0 ? await lostIntent(intended) : null);",
      },
    ],
  },
  {
    name: "a refund that was made is not known for ours",
    why: "what was asked for stays open beside what was done",
    changes: [
      {
        file: "lib/giving/refund/send-refunds.ts",
        from: "factOfRefund(made, cause, AS_MADE), id });",
        to: "factOfRefund(made, cause, AS_MADE), id: undefined });",
      },
      {
        file: "lib/giving/refund/refund-fact.ts",
        from: 'id: refund.metadata?.["refund"],',
        to: "id: undefined,",
      },
    ],
  },
];
