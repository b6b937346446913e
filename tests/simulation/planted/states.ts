import type { Mutant } from "./mutant.ts";

/** Each guard of a state: what may follow what, and what must be so before. */
export const OF_STATES: readonly Mutant[] = [
  {
    name: "a further card is tried while a payment is open",
    why: "both take the money; the pledge's steps hold as well",
    changes: [
      {
        routine: "public.add_payment",
        from: "if v_last.state not in ('failed', 'canceled') then",
        to: "if false then",
      },
      { drop: "trigger", of: "private.pledge_transitions", name: "pledge_transitions_guard" },
    ],
  },
  {
    name: "a payment moves without a step",
    why: "how it came to be captured is written nowhere",
    changes: [
      { drop: "trigger", of: "public.payments", name: "payments_guard" },
      {
        routine: "private.step_payment",
        from: "from private.payment_transitions t where t.payment_id = p_payment;",
        to: "from private.payment_transitions t where t.payment_id = p_payment having p_to <> 'captured';",
      },
    ],
  },
  {
    name: "a pledge moves without a step",
    why: "what totals fold is not there",
    changes: [
      { drop: "trigger", of: "public.pledges", name: "pledges_guard" },
      {
        routine: "private.step_pledge",
        from: "from public.pledges p where p.id = p_pledge;",
        to: "from public.pledges p where p.id = p_pledge and p_to <> 'captured';",
      },
    ],
  },
  {
    name: "more is captured than was held",
    why: "the amounts of a payment are not looked at",
    changes: [
      { drop: "trigger", of: "public.payments", name: "payments_guard" },
      {
        routine: "private.step_payment",
        from: "coalesce(p_captured, p.gift_minor + p.cover_minor) else",
        to: "coalesce(p_captured, p.gift_minor + p.cover_minor) + 1 else",
      },
    ],
  },
  {
    name: "an entry of the ledger is left out",
    why: "what is posted does not balance",
    changes: [
      { drop: "trigger", of: "private.ledger_entries", name: "ledger_entries_balance" },
      {
        routine: "private.settle_ledger",
        from: "having sum(k.amount) <> 0",
        to: "having sum(k.amount) <> 0 and k.kind <> 'processing_fees'",
      },
    ],
  },
  {
    name: "a payment ends before its intent",
    why: "the donor's money stays held",
    changes: [
      {
        file: "lib/giving/payment/end-payment.ts",
        from: "if (intentId === null) {",
        to: "if (intentId !== undefined) {",
      },
      {
        routine: "public.apply_payment_event",
        from: "if v_payment.intent_id is not null and p_fact ->> 'status' is distinct from 'canceled' and v_kind <> 'charge.expired' then",
        to: "if false then",
      },
    ],
  },
  {
    name: "a gift that is held for a person is captured",
    why: "what looks like fraud is taken",
    changes: [
      {
        file: "lib/giving/payment/capture-payment.ts",
        from: 'return verdict.decision === "hold" ? "held" : "void";',
        to: 'return verdict.decision === "hold" ? "capture" : "void";',
      },
    ],
  },
  {
    name: "a gift that was let go is captured",
    why: "its money is taken and stays; before the capture it is looked at twice, and what was taken too late goes back",
    changes: [
      {
        file: "lib/giving/payment/capture-payment.ts",
        from: 'if (payment.voidDue || payment.review === "refused") return "void";',
        to: 'if (payment.review === "refused") return "void";',
      },
      {
        file: "lib/giving/payment/capture-payment.ts",
        from: '|| view.payment.state !== "authorized" || view.payment.voidDue) return view;',
        to: '|| view.payment.state !== "authorized") return view;',
      },
      {
        file: "lib/giving/payment/settle-payment.ts",
        from: "if (payment.refundDue) return {",
        to: 'if (payment.refundDue && before.payment.state === "failed") return {',
      },
    ],
  },
  {
    name: "gifts of a cancelled campaign are not returned",
    why: "captured ones are cancelled, which does nothing",
    changes: [
      {
        file: "lib/giving/refund/end-cancelled-campaigns.ts",
        from: 'if (what === "cancel")',
        to: "if (what !== undefined)",
      },
    ],
  },
  {
    name: "a campaign that is closed takes gifts",
    why: "it is asked before the claim and when the pledge is made",
    changes: [
      { routine: "private.open_campaign", from: "if v.status <> 'active' then", to: "if v.status = 'draft' then" },
      { routine: "public.make_pledge", from: "and c.status = 'active' and", to: "and" },
    ],
  },
  {
    name: "a campaign that has ended goes on",
    why: "the steps are asked by the function and by the table",
    changes: [
      {
        routine: "public.update_campaign",
        from: "if v_new.status <> v_old.status and not exists (",
        to: "if false and not exists (",
      },
      { drop: "trigger", of: "public.campaigns", name: "campaigns_guard" },
    ],
  },
  {
    name: "a large refund waits for nobody",
    why: "it goes out before a second person has looked",
    changes: [
      {
        routine: "public.request_refund",
        from: "case when p_actor is null or v_amount > p_four_eyes_above is not true then",
        to: "case when true then",
      },
    ],
  },
  {
    name: "more is asked back than is left",
    why: "what is on its way back does not count",
    changes: [
      { routine: "public.request_refund", from: "if v_left < 1 then", to: "if false then" },
      { routine: "public.request_refund", from: "if v_amount not between 1 and v_left then", to: "if false then" },
    ],
  },
  {
    name: "an older reading of a refund wins",
    why: "a refund that failed has succeeded; readings say when they were made, and the table of steps holds as well",
    changes: [
      {
        file: "lib/giving/webhook/apply-event.ts",
        from: "const refund = await retrieveRefund(refundId);",
        to: "const refund = { ...(await retrieveRefund(refundId)), status: (event.data.object as Stripe.Refund).status };",
      },
      {
        routine: "public.record_refund",
        from: "elsif v_refund.refund_id is not null and v_reading < v_refund.reading then",
        to: "elsif false then",
      },
      {
        routine: "public.record_refund",
        from: "elsif v_refund.id is not null and v_refund.status <> v_to and not exists (",
        to: "elsif false and not exists (",
      },
      { drop: "trigger", of: "public.refunds", name: "refunds_guard" },
    ],
  },
  {
    name: "an older reading of a dispute wins",
    why: "a dispute that was lost is open again; readings say when they were made",
    changes: [
      {
        file: "lib/giving/webhook/apply-event.ts",
        from: "const dispute = await retrieveDispute(disputeId);",
        to: "const dispute = { ...(await retrieveDispute(disputeId)), status: (event.data.object as Stripe.Dispute).status };",
      },
      { routine: "public.record_dispute", from: "elsif v_reading < v_old.reading then", to: "elsif false then" },
    ],
  },
  {
    name: "a refund's change is not booked",
    why: "a refund that fails after it succeeded stays in the sums",
    changes: [
      {
        routine: "public.record_refund",
        from: "if v_from is distinct from v_to::text then",
        to: "if v_from is null then",
      },
    ],
  },
  {
    name: "a dispute's end is not booked",
    why: "what was lost counts as disputed for ever",
    changes: [
      { routine: "public.record_dispute", from: "if v_outcome = 'applied' then", to: "if v_old.id is null then" },
    ],
  },
  {
    name: "the ledger forgets what it has posted",
    why: "each change of a payment posts all of it again",
    changes: [{ routine: "private.settle_ledger", from: "where t.payment_id = payment.id", to: "where false" }],
  },
];
