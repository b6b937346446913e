import "server-only";
import { AppError } from "@/lib/kernel/errors";
import type { PledgeView } from "@/lib/giving/payment/schemas";
import type { CampaignChecked, Decision, GiftInTotal, ListedDiscrepancy, Run } from "./schemas";
import {
  listDiscrepancies,
  listRuns,
  readCampaignChecked,
  readGiftInTotal,
  settleDiscrepancy,
  startRun,
} from "./store";

/**
 * Begins a comparison with the payment provider, or joins the one that is going; its event starts the workflow.
 * @param from ISO 8601; null: since a week before the end of the last one
 * @throws AppError `forbidden` for who is no operator, `rule_broken` for a start that is not in the past
 */
export async function requestReconciliation(
  actorId: string,
  from: string | null,
): Promise<{ readonly run: Run; readonly joined: boolean }> {
  const { joined, ...run } = await startRun("operator", actorId, from);
  return { run, joined };
}

/** Begins one of its own accord. @returns its id */
export async function beginReconciliation(cause: "schedule" | "payout"): Promise<string> {
  return (await startRun(cause, null, null)).id;
}

/** Runs, newest first. @throws AppError `forbidden`, `invalid_request` */
export const pageOfRuns = listRuns;

/** Differences in a state, newest first. @throws AppError `forbidden`, `invalid_request` */
export async function pageOfDiscrepancies(
  actorId: string,
  state: ListedDiscrepancy["state"],
  limit: number,
  cursor?: string,
): Promise<Awaited<ReturnType<typeof listDiscrepancies>>> {
  return listDiscrepancies(actorId, state, limit, cursor);
}

/**
 * Says that a difference was dealt with, or may stay.
 * @throws AppError `forbidden`, `not_found`, `conflict` when it is no longer open, `rule_broken` without a note
 */
export async function decideDiscrepancy(
  actorId: string,
  id: string,
  decision: Decision,
): Promise<{ readonly id: string; readonly state: string }> {
  return settleDiscrepancy(actorId, id, decision);
}

/** When a campaign's gifts were last compared with the provider's, and whether they match; null: not yet. */
export async function campaignChecked(campaignId: string): Promise<CampaignChecked | null> {
  return readCampaignChecked(campaignId);
}

/** Whether a gift is in its campaign's total. @param view the pledge, which its donor has opened */
export async function giftInTotal(view: PledgeView): Promise<GiftInTotal> {
  const found = await readGiftInTotal(view.pledge.id);
  if (!found) throw new AppError("not_found", "There is no such gift.");
  return found;
}
