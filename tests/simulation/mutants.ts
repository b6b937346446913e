import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Plugin } from "esbuild";
import postgres from "postgres";

const ROOT = path.resolve(import.meta.dirname, "../..");

/** A bug that is planted, alone, to see that the simulation finds it. */
export type Mutant = { readonly name: string; readonly why: string } & (
  | {
      /** A file of the product, and what is written there once. */
      readonly file: string;
      readonly from: string;
      readonly to: string;
    }
  | {
      /** A function of the database, as `schema.name`, and what is written in it once. */
      readonly routine: string;
      readonly from: string;
      readonly to: string;
    }
);

/**
 * Only what changes something by itself belongs here. A constraint behind a guard that holds as well is not seen by taking the
 * constraint away; then both go in one.
 */
export const MUTANTS: readonly Mutant[] = [
  {
    name: "key of a payment changes",
    why: "each try at Stripe is another one",
    file: "lib/platform/stripe/keys.ts",
    from: "return `payment_${paymentId}_${operation}_${n}`;",
    to: "return `payment_${paymentId}_${operation}_${n}_${Math.random()}`;",
  },
  {
    name: "key of a refund changes",
    why: "a refund whose answer was lost is made twice",
    file: "lib/platform/stripe/keys.ts",
    from: "return `refund_${refundId}_${n}`;",
    to: "return `refund_${refundId}_${n}_${Math.random()}`;",
  },
  {
    name: "a forgotten key is trusted",
    why: "after a day Stripe makes a second object under the same key",
    file: "lib/platform/stripe/keys.ts",
    from: "< KEY_HOURS * 3_600_000",
    to: "< Number.POSITIVE_INFINITY",
  },
  {
    name: "an unknown outcome counts as none",
    why: "the number in the key grows although the effect may still come",
    file: "lib/giving/payment/provider-call.ts",
    from: 'if (error.outcome === "unknown") throw error;',
    to: "",
  },
  {
    name: "an effect behind a 500 is not looked for",
    why: "what was done before the error is done again",
    file: "lib/giving/payment/provider-call.ts",
    from: "if (seen && o.done(seen)) return seen;",
    to: "",
  },
  {
    name: "a cancelled pledge is captured",
    why: "money of a gift that was let go is taken",
    file: "lib/giving/payment/capture-payment.ts",
    from: "|| view.payment.voidDue) return view;",
    to: ") return view;",
  },
  {
    name: "a late capture stays",
    why: "money that was taken too late is never returned",
    file: "lib/giving/payment/settle-payment.ts",
    from: "if (payment.refundDue) return {",
    to: "if (payment.refundDue && process.pid < 0) return {",
  },
  {
    name: "a lost intent is not looked for",
    why: "an intent whose create was not answered is never found again",
    file: "lib/giving/payment/settle-payment.ts",
    from: "if (!payment.unknownSince) return null;",
    to: "return null;",
  },
  {
    name: "a refused refund counts as not made",
    why: "an earlier try had made it, and its answer was lost",
    file: "lib/giving/refund/send-refunds.ts",
    from: "made = await look();",
    to: "made = null;",
  },
  {
    name: "a failed webhook counts as applied",
    why: "what it said is lost, though it was acknowledged",
    file: "lib/giving/webhook/receive-event.ts",
    from: '"stored",',
    to: '"processed",',
  },
  {
    name: "gifts of a cancelled campaign are not returned",
    why: "captured ones are cancelled, which does nothing",
    file: "lib/giving/refund/end-cancelled-campaigns.ts",
    from: 'if (what === "cancel")',
    to: "if (what !== undefined)",
  },
  {
    name: "a lost lease may still write",
    why: "two processes go on under one key",
    routine: "public.make_pledge",
    from: "where k.id = p_lease and k.fence = p_fence and k.state = 'running'",
    to: "where k.id = p_lease",
  },
  {
    name: "a key that is held is claimed",
    why: "a double click gives twice",
    routine: "public.claim_idempotency",
    from: "if v_standing ->> 'outcome' <> 'open' then",
    to: "if false then",
  },
  {
    name: "an older reading of a refund wins",
    why: "a refund that failed is said to have succeeded",
    routine: "public.record_refund",
    from: "elsif v_refund.refund_id is not null and v_read < v_refund.read_at then",
    to: "elsif false then",
  },
  {
    name: "an older reading of a dispute wins",
    why: "a dispute that was lost is open again",
    routine: "public.record_dispute",
    from: "elsif v_read < v_old.read_at then",
    to: "elsif false then",
  },
  {
    name: "a lease counts for nothing",
    why: "two processes go on with one gift",
    routine: "private.idempotency_standing",
    from: "when entry.state = 'running' and entry.lease_until >",
    to: "when entry.state = 'running' and entry.fence < 0 and entry.lease_until >",
  },
  {
    name: "a pledge is made again under its key",
    why: "a try that was cut short makes another one",
    routine: "public.make_pledge",
    from: "v_cover, v_currency, v_anonymous, p_lease, v_event)",
    to: "v_cover, v_currency, v_anonymous, v_id, v_event)",
  },
  {
    name: "an answer is kept by whoever lost the lease",
    why: "the answer of a process that was overtaken replaces the other",
    routine: "public.settle_idempotency",
    from: "where k.id = p_id and k.fence = p_fence and k.state = 'running'",
    to: "where k.id = p_id",
  },
  {
    name: "the key's number grows with each try",
    why: "a try after an unknown outcome is another operation at Stripe",
    routine: "public.begin_provider_call",
    from: "jsonb_build_object('n', c.n, 'firstTriedAt'",
    to: "jsonb_build_object('n', c.tries, 'firstTriedAt'",
  },
  {
    name: "an event is folded each time that it comes",
    why: "two projectors count one gift twice",
    routine: "public.project_totals",
    from: "where f.event_id = any (v_new)",
    to: "where f.event_id = any (p_event_ids)",
  },
  {
    name: "an event that was not published counts as published",
    why: "what nobody took is lost",
    routine: "public.settle_outbox",
    from: "where said.outcome = 'published' and o.id = said.id",
    to: "where o.id = said.id",
  },
  {
    name: "a refused capture is not read again",
    why: "a payment that somebody else captured or let go never comes to rest",
    file: "lib/giving/payment/capture-payment.ts",
    from: 'if (error instanceof StripeOutcomeError && error.outcome === "refused") return retrieveIntent(intentId);',
    to: "",
  },
  {
    name: "a refused cancel is not read again",
    why: "a payment that somebody else captured or let go never comes to rest",
    file: "lib/giving/payment/end-payment.ts",
    from: 'if (error instanceof StripeOutcomeError && error.outcome === "refused") return retrieveIntent(intentId);',
    to: "",
  },
  {
    name: "the ledger forgets what it has posted",
    why: "each change of a payment posts all of it again",
    routine: "private.settle_ledger",
    from: "where t.payment_id = payment.id",
    to: "where false",
  },
  {
    name: "a refund's change is not booked",
    why: "a refund that fails after it succeeded stays in the sums",
    routine: "public.record_refund",
    from: "if v_from is distinct from v_to::text then",
    to: "if v_from is null then",
  },
  {
    name: "a dispute's end is not booked",
    why: "what was lost counts as disputed for ever",
    routine: "public.record_dispute",
    from: "if v_outcome = 'applied' then",
    to: "if v_old.id is null then",
  },
  {
    name: "an event ahead of our commit counts as applied",
    why: "what it said is lost, though it was acknowledged",
    routine: "public.apply_payment_event",
    from: "perform private.settle_inbox(v_event, 'parked', 'unknown_payment');",
    to: "perform private.settle_inbox(v_event, 'processed', 'unknown_payment');",
  },
  {
    name: "disputes are not heard of",
    why: "what the provider took back counts as raised",
    file: "lib/giving/webhook/apply-event.ts",
    from: "return applyDispute(event, event.data.object.id);",
    to: 'return settled(event, "noted");',
  },
  {
    name: "a refund that was made is not known for ours",
    why: "what was asked for stays open beside what was done",
    file: "lib/giving/refund/send-refunds.ts",
    from: "factOfRefund(made, cause, readAt), id });",
    to: "factOfRefund(made, cause, readAt) });",
  },
  {
    name: "a repeated create has another trace",
    why: "Stripe refuses a key that comes with other words, so a gift that was cut short never goes on",
    file: "lib/giving/pledge/make-pledge.ts",
    from: 'return typeof traceId === "string" ? traceId : sender.traceId;',
    to: "return sender.traceId;",
  },
];

/** @throws Error when there is none of that name */
export function mutantNamed(name: string): Mutant {
  const found = MUTANTS.find((mutant) => mutant.name === name);
  if (!found)
    throw new Error(`There is no planted bug "${name}". There are: ${MUTANTS.map((each) => each.name).join(", ")}.`);
  return found;
}

/** Replaces what is written exactly once. @throws Error when the code has changed and the bug has to be planted anew */
function plant(text: string, { name, from, to }: Mutant): string {
  if (text.split(from).length !== 2)
    throw new Error(
      `"${name}" cannot be planted: what it changes is not written exactly once any more. See tests/simulation/mutants.ts.`,
    );
  return text.replace(from, () => to);
}

/** Plants a bug of a file while the application is bundled; of another mutant it changes nothing. */
export function planting(mutant: Mutant | null): Plugin {
  return {
    name: "planted bug",
    setup(build) {
      if (!mutant || !("file" in mutant)) return;
      const file = path.join(ROOT, mutant.file);
      build.onLoad({ filter: /\.tsx?$/ }, async ({ path: loaded }) =>
        loaded === file ? { contents: plant(await readFile(file, "utf8"), mutant), loader: "ts" } : undefined,
      );
    },
  };
}

/** Plants a bug of a function in a database; of another mutant it changes nothing. */
export async function plantInDatabase(databaseUrl: string, mutant: Mutant | null): Promise<void> {
  if (!mutant || !("routine" in mutant)) return;
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
  try {
    const [row] = await sql<{ definition: string }[]>`
      select pg_get_functiondef(p.oid) as definition from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where n.nspname || '.' || p.proname = ${mutant.routine}`;
    if (!row) throw new Error(`"${mutant.name}" cannot be planted: there is no ${mutant.routine}.`);
    await sql.unsafe(plant(row.definition, mutant));
  } finally {
    await sql.end({ timeout: 5 });
  }
}
