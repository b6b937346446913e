import type { Mutant } from "./mutant.ts";

const RUNS = "entry.state = 'running' and entry.lease_until >";
/** The lease of a key counts for nothing: whoever comes gets it, and the fence alone holds. That alone is no bug. */
const NO_LEASE = {
  routine: "private.idempotency_standing",
  from: `when ${RUNS}`,
  to: `when entry.fence < 0 and ${RUNS}`,
} as const;
const HELD = "where k.id = p_id and k.fence = p_fence and k.state = 'running'";
const NO_FENCE_AT_THE_END = [
  { routine: "public.settle_idempotency", from: HELD, to: "where k.id = p_id" },
  {
    routine: "public.apply_and_settle",
    from: "where k.id = p_lease and k.fence = p_fence and k.state = 'running' for update",
    to: "where k.id = p_lease for update",
  },
] as const;

/** Leases and fences: who may go on with what somebody else has begun. */
export const OF_LEASES: readonly Mutant[] = [
  {
    name: "an answer is kept by whoever lost the lease",
    why: "both are told that they were the first",
    changes: [NO_LEASE, ...NO_FENCE_AT_THE_END],
  },
  {
    name: "a lost lease may still write",
    why: "two processes make a pledge under one key; its one pledge holds as well",
    changes: [
      NO_LEASE,
      ...NO_FENCE_AT_THE_END,
      {
        routine: "public.make_pledge",
        from: "where k.id = p_lease and k.fence = p_fence and k.state = 'running'",
        to: "where k.id = p_lease",
      },
      { routine: "public.advance_idempotency", from: HELD, to: "where k.id = p_id" },
      { drop: "constraint", of: "public.pledges", name: "pledges_idempotency_id_key" },
      { routine: "public.make_pledge", from: "on conflict (idempotency_id) do nothing", to: "on conflict do nothing" },
    ],
  },
  {
    name: "a key that has its answer is claimed",
    why: "what was done is done again, and told as new",
    changes: [
      {
        routine: "private.idempotency_standing",
        from: "when entry.state = 'answered'",
        to: "when entry.state = 'answered' and entry.fence < 0",
      },
      {
        file: "lib/platform/idempotency/with-idempotency.ts",
        from: "if (remembered) {",
        to: "if (remembered && remembered.fingerprint !== slot.fingerprint) {",
      },
    ],
  },
  {
    name: "a change of what somebody else has changed is taken",
    why: "the version that If-Match names is not looked at",
    changes: [{ routine: "public.update_campaign", from: "if v_old.version <> p_version then", to: "if false then" }],
  },
  {
    name: "a refund that was taken and not sent is never taken again",
    why: "its lease has no end",
    changes: [
      {
        routine: "public.claim_due_refunds",
        from: "make_interval(secs => least(greatest(p_lease_seconds, 1), 3600))",
        to: "null::interval",
      },
    ],
  },
  {
    name: "a payment is looked at once",
    why: "a look that came to nothing is not made again",
    changes: [
      {
        routine: "public.claim_payment_checks",
        from: "greatest(make_interval(secs => p_lease_seconds),",
        to: "coalesce(null::interval, null::interval +",
      },
    ],
  },
  {
    name: "an event counts as published once it is taken",
    why: "what a relay that died had taken is lost",
    changes: [
      {
        routine: "public.claim_outbox",
        from: "set attempts = o.attempts + 1,",
        to: "set published_at = o.created_at, attempts = o.attempts + 1,",
      },
    ],
  },
  {
    name: "an event that was not published counts as published",
    why: "what nobody took is lost",
    changes: [
      {
        routine: "public.settle_outbox",
        from: "where said.outcome = 'published' and o.id = said.id",
        to: "where o.id = said.id",
      },
    ],
  },
  {
    name: "what waits in the inbox waits for ever",
    why: "an event that was ahead of our commit, or whose process died, is never applied",
    changes: [
      {
        file: "lib/giving/webhook/drive-inbox.ts",
        from: "for (const { payload, reading } of events)",
        to: "for (const { payload, reading } of events.slice(events.length))",
      },
    ],
  },
];
