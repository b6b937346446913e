import "server-only";
import { z } from "zod";
import type { Json } from "@/lib/platform/supabase/database.types";
import { callTrusted } from "@/lib/platform/supabase/trusted";
import { decodeCursor, encodeCursor } from "../campaign/cursor";
import { moment } from "../campaign/store";
import {
  campaignCheckedSchema,
  discrepancySchema,
  giftInTotalSchema,
  ourMoneyBackSchema,
  ourPaymentSchema,
  runSchema,
  type CampaignChecked,
  type Decision,
  type Discrepancy,
  type GiftInTotal,
  type ListedDiscrepancy,
  type OurMoneyBack,
  type OurPayment,
  type Run,
  type Stage,
  type Sum,
} from "./schemas";

const runRow = runSchema.extend({ from: moment, to: moment, startedAt: moment, finishedAt: moment.nullable() });
const startedRow = runRow.extend({ joined: z.boolean() });
const discrepancyRow = discrepancySchema.extend({ objectAt: moment, foundAt: moment, decidedAt: moment.nullable() });

/** Where a page of runs ended, and one of differences. */
const runPosition = z.strictObject({ startedAt: z.string(), id: z.uuid() });
const discrepancyPosition = z.strictObject({ foundAt: z.string(), id: z.uuid() });

/**
 * Begins a run, or answers the one that is going.
 * @param from null: since a week before the end of the last one
 * @throws AppError `forbidden`, `rule_broken`
 */
export async function startRun(
  cause: Run["cause"],
  actorId: string | null,
  from: string | null,
): Promise<z.output<typeof startedRow>> {
  return startedRow.parse(
    await callTrusted("start_reconciliation", {
      p_cause: cause,
      p_actor: actorId as string,
      p_from: from as string,
    }),
  );
}

/** A run; without an id the one that is going. */
export async function readRun(runId: string | null): Promise<Run | null> {
  return runRow.nullable().parse(await callTrusted("read_reconciliation", { p_run: runId as string }));
}

/** Our payments of these intents, charges and ids. */
export async function readPayments(of: {
  readonly intents?: readonly string[];
  readonly charges?: readonly string[];
  readonly payments?: readonly string[];
}): Promise<OurPayment[]> {
  return z.array(ourPaymentSchema).parse(
    await callTrusted("read_reconciled_payments", {
      p_intents: [...(of.intents ?? [])],
      p_charges: [...(of.charges ?? [])],
      p_payments: [...(of.payments ?? [])],
    }),
  );
}

/** Our refunds and disputes of these ids of the provider's. */
export async function readMoneyBack(of: {
  readonly refunds?: readonly string[];
  readonly disputes?: readonly string[];
}): Promise<OurMoneyBack[]> {
  return z.array(ourMoneyBackSchema).parse(
    await callTrusted("read_reconciled_money_back", {
      p_refunds: [...(of.refunds ?? [])],
      p_disputes: [...(of.disputes ?? [])],
    }),
  );
}

/**
 * Books what the provider keeps of payments, in minor units, where we have it otherwise; in one transaction.
 * @returns how many it booked
 */
export async function bookFees(
  fees: readonly { readonly paymentId: string; readonly feeMinor: number }[],
): Promise<number> {
  if (fees.length === 0) return 0;
  return z.number().parse(await callTrusted("book_provider_fees", { p_fees: [...fees] }));
}

/** What we have of the run's window and the provider has not listed, by the provider's id. */
export async function listUnseen(
  runId: string,
  after: string | null,
  limit: number,
): Promise<{ readonly id: string; readonly at: string }[]> {
  return z
    .array(z.object({ id: z.string(), at: z.string() }))
    .parse(await callTrusted("list_unseen_objects", { p_run: runId, p_after: after as string, p_limit: limit }));
}

/** What a page showed. */
export interface PageFindings {
  readonly seen: readonly string[];
  readonly counts: Readonly<Record<string, number>>;
  readonly sums: readonly Sum[];
  readonly discrepancies: readonly (Discrepancy & { readonly proposal: string })[];
  readonly nextStage: Stage;
  readonly nextLastId: string | null;
}

/** Writes it and moves the run on; a page that was written before is not counted again. @returns the run as it is now */
export async function recordPage(run: Run, page: PageFindings): Promise<Run> {
  return runRow.parse(
    await callTrusted("record_reconciliation_page", {
      p_run: run.id,
      p_stage: run.stage,
      p_last_id: run.lastId as string,
      p_page: page as unknown as Json,
    }),
  );
}

/** @param error null: it is at its end */
export async function finishRun(runId: string, error: string | null): Promise<Run> {
  return runRow.parse(await callTrusted("finish_reconciliation", { p_run: runId, p_error: error as string }));
}

const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), next: z.record(z.string(), z.string()).nullable() });

/** @throws AppError `forbidden`, `invalid_request` for a cursor that is none */
export async function listRuns(
  actorId: string,
  limit: number,
  cursor?: string,
): Promise<{ readonly items: Run[]; readonly nextCursor: string | null }> {
  const { items, next } = pageOf(runRow).parse(
    await callTrusted("admin_reconciliations", {
      p_actor: actorId,
      p_after: decodeCursor(runPosition, cursor),
      p_limit: limit,
    }),
  );
  return { items, nextCursor: encodeCursor(next) };
}

/** @throws AppError `forbidden`, `invalid_request` for a cursor that is none */
export async function listDiscrepancies(
  actorId: string,
  state: ListedDiscrepancy["state"],
  limit: number,
  cursor?: string,
): Promise<{ readonly items: ListedDiscrepancy[]; readonly nextCursor: string | null }> {
  const { items, next } = pageOf(discrepancyRow).parse(
    await callTrusted("admin_discrepancies", {
      p_actor: actorId,
      p_state: state,
      p_after: decodeCursor(discrepancyPosition, cursor),
      p_limit: limit,
    }),
  );
  return { items, nextCursor: encodeCursor(next) };
}

/** @throws AppError `forbidden`, `not_found`, `conflict` when it is no longer open, `rule_broken` without a note */
export async function settleDiscrepancy(
  actorId: string,
  id: string,
  { decision, note }: Decision,
): Promise<{ readonly id: string; readonly state: string }> {
  return z.object({ id: z.uuid(), state: z.string() }).parse(
    await callTrusted("decide_discrepancy", {
      p_actor: actorId,
      p_discrepancy: id,
      p_decision: decision,
      p_note: note,
    }),
  );
}

/** Null: it never was. */
export async function readCampaignChecked(campaignId: string): Promise<CampaignChecked | null> {
  return campaignCheckedSchema
    .extend({ checkedAt: moment })
    .nullable()
    .parse(await callTrusted("campaign_checked", { p_campaign: campaignId }));
}

/** Null: there is no such pledge. */
export async function readGiftInTotal(pledgeId: string): Promise<GiftInTotal | null> {
  return giftInTotalSchema
    .extend({ countedAt: moment.nullable() })
    .nullable()
    .parse(await callTrusted("gift_in_total", { p_pledge: pledgeId }));
}
