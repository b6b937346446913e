import type { Mutant } from "./mutant.ts";

/** Each UNIQUE constraint and index of the tables of money, taken away together with what else keeps a second row out. */
export const OF_ROWS: readonly Mutant[] = [
  {
    name: "a key has a row for each request",
    why: "a double click gives twice",
    changes: [
      { drop: "constraint", of: "private.idempotency_keys", name: "idempotency_keys_route_caller_key_key" },
      {
        routine: "public.claim_idempotency",
        from: "on conflict (route, caller, key) do nothing",
        to: "on conflict do nothing",
      },
    ],
  },
  {
    name: "a pledge is made again under its key",
    why: "a try that was cut short makes another one",
    changes: [
      { drop: "constraint", of: "public.pledges", name: "pledges_idempotency_id_key" },
      {
        routine: "public.make_pledge",
        from: "on conflict (idempotency_id) do nothing",
        to: "on conflict do nothing",
      },
    ],
  },
  {
    name: "pledges share an event",
    why: "the second one of a campaign is never counted; the outbox' key holds as well",
    changes: [
      { drop: "constraint", of: "public.pledges", name: "pledges_event_id_key" },
      { drop: "constraint", of: "private.outbox", name: "outbox_pkey" },
      {
        routine: "public.make_pledge",
        from: "v_event := (left(v_id::text, 15) || right(v_payment::text, 21))::uuid;",
        to: "v_event := v_campaign;",
      },
    ],
  },
  {
    name: "two payments of a pledge have one number",
    why: "which of them is the newest is chance",
    changes: [
      { drop: "constraint", of: "public.payments", name: "payments_pledge_id_number_key" },
      {
        routine: "public.add_payment",
        from: "v_last.number + 1, v_pledge.gift_minor",
        to: "v_last.number, v_pledge.gift_minor",
      },
    ],
  },
  {
    name: "two payments share an intent",
    why: "the key and the metadata of a create name the pledge, so the second card gets the first one's intent",
    changes: [
      { drop: "index", name: "public.payments_intent" },
      { drop: "index", name: "public.payments_charge" },
      {
        file: "lib/giving/payment/authorise-payment.ts",
        from: 'paymentId: payment.id,\n    operation: "create",',
        to: 'paymentId: pledge.id,\n    operation: "create",',
      },
      {
        file: "lib/giving/payment/authorise-payment.ts",
        from: "payment: payment.id, trace: how.traceId",
        to: "payment: pledge.id, trace: how.traceId",
      },
    ],
  },
  {
    name: "a further card makes a payment for each try",
    why: "a try that was cut short makes another one; the state of the last payment and the pledge's steps hold as well",
    changes: [
      { drop: "index", name: "public.payments_idempotency" },
      {
        routine: "public.add_payment",
        from: "where p.idempotency_id = p_lease and p.pledge_id = p_pledge",
        to: "where p.idempotency_id = p_lease and false",
      },
      {
        routine: "public.add_payment",
        from: "if v_last.state not in ('failed', 'canceled') then",
        to: "if false then",
      },
      { drop: "trigger", of: "private.pledge_transitions", name: "pledge_transitions_guard" },
    ],
  },
  {
    name: "two who read one payment both move it",
    why: "the pledge's lock, the guards of both tables of steps and their keys hold one after the other",
    changes: [
      { routine: "private.lock_payment", from: "where p.id = p_payment) for update;", to: "where p.id = p_payment);" },
      { drop: "trigger", of: "private.payment_transitions", name: "payment_transitions_guard" },
      { drop: "trigger", of: "private.pledge_transitions", name: "pledge_transitions_guard" },
      { drop: "constraint", of: "private.payment_transitions", name: "payment_transitions_pkey" },
      { drop: "constraint", of: "private.payment_transitions", name: "payment_transitions_payment_id_to_state_key" },
      { drop: "constraint", of: "private.pledge_transitions", name: "pledge_transitions_pkey" },
    ],
  },
  {
    name: "a try of a card counts each time that it is told",
    why: "the answer, a reading and the webhook tell of one decline",
    changes: [
      { drop: "index", name: "private.payment_attempts_charge" },
      { drop: "index", name: "private.payment_attempts_event" },
    ],
  },
  {
    name: "a refund has a row for each time that it is told",
    why: "each webhook takes the money off again",
    changes: [
      { drop: "constraint", of: "public.refunds", name: "refunds_refund_id_key" },
      {
        routine: "public.record_refund",
        from: "from public.refunds r where r.refund_id = p_fact ->> 'refundId';",
        to: "from public.refunds r where false;",
      },
    ],
  },
  {
    name: "a refund is asked for again under its key",
    why: "a try that was cut short asks for another one",
    changes: [
      { drop: "constraint", of: "public.refunds", name: "refunds_idempotency_id_key" },
      {
        routine: "public.ask_refund",
        from: "from public.refunds r where r.idempotency_id = p_lease;",
        to: "from public.refunds r where false;",
      },
    ],
  },
  {
    name: "a dispute has a row for each time that it is told",
    why: "what the bank took once is lost twice",
    changes: [
      { drop: "constraint", of: "public.disputes", name: "disputes_dispute_id_key" },
      {
        routine: "public.record_dispute",
        from: "on conflict (dispute_id) do update",
        to: "on conflict (id) do update",
      },
    ],
  },
  {
    name: "an event is stored each time that it comes",
    why: "the inbox cannot tell any more what was applied",
    changes: [
      { drop: "constraint", of: "private.webhook_events", name: "webhook_events_pkey" },
      { routine: "public.store_webhook_event", from: "on conflict (id) do nothing", to: "on conflict do nothing" },
    ],
  },
  {
    name: "an event is folded each time that it comes",
    why: "two projectors count one gift twice",
    changes: [{ drop: "constraint", of: "private.processed_events", name: "processed_events_pkey" }],
  },
  {
    name: "a donor counts with each gift",
    why: "somebody who gives twice is two",
    changes: [{ drop: "constraint", of: "private.campaign_donors", name: "campaign_donors_pkey" }],
  },
  {
    name: "one event posts twice",
    why: "the ledger looks at what other events have posted, so it posts all of a capture again",
    changes: [
      { drop: "constraint", of: "private.ledger_transactions", name: "ledger_transactions_event_id_key" },
      {
        routine: "private.settle_ledger",
        from: "where t.payment_id = payment.id",
        to: "where t.payment_id = payment.id and t.event_id is distinct from settle_ledger.event_id",
      },
      {
        routine: "private.step_payment",
        from: "perform private.settle_ledger(v_payment, 'capture', v_event);",
        to: "perform private.settle_ledger(v_payment, 'capture', v_event); perform private.settle_ledger(v_payment, 'capture', v_event);",
      },
    ],
  },
  {
    name: "an account is opened with each change of its campaign",
    why: "each sum is posted to all accounts of its kind",
    changes: [
      { drop: "constraint", of: "private.ledger_accounts", name: "ledger_accounts_campaign_id_kind_currency_key" },
      { routine: "public.update_campaign", from: "if v_new.currency <> v_old.currency then", to: "if true then" },
    ],
  },
  {
    name: "two comparisons run at once",
    why: "each counts half of what the other wrote",
    changes: [{ drop: "index", name: "private.reconciliation_runs_running" }],
  },
];
