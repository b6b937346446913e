import "server-only";
import { z } from "zod";
import { plainAmount } from "@/lib/kernel/money";
import { toCsv } from "@/lib/kernel/csv";
import { decodeCursor, encodeCursor, momentPosition } from "../campaign/cursor";
import type { Activity, AdminCampaign, Overview, PledgeRow, PledgeStory } from "./schemas";
import {
  readActivity,
  readAdminCampaigns,
  readAdminPledges,
  readOverview,
  readPledgeStory,
  type PledgeFilter,
} from "./store";

const DAY_MS = 86_400_000;

interface PageOf<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

/**
 * All campaigns, drafts too; donors are named on one's own (operators: on all).
 * @throws AppError `forbidden`, `invalid_request` for a cursor that is none
 */
export async function pageOfAdminCampaigns(
  actorId: string,
  limit: number,
  cursor?: string,
): Promise<PageOf<AdminCampaign>> {
  const { items, next } = await readAdminCampaigns(actorId, decodeCursor(momentPosition, cursor), limit);
  return {
    items: items.map(({ campaign: { story: _story, ...campaign }, ...rest }) => ({ campaign, ...rest })),
    nextCursor: encodeCursor(next),
  };
}

/** Pledges to what the actor runs. @throws AppError `forbidden`, `invalid_request` */
export async function pageOfPledges(
  actorId: string,
  filter: PledgeFilter,
  limit: number,
  cursor?: string,
): Promise<PageOf<PledgeRow>> {
  const { items, next } = await readAdminPledges(actorId, filter, decodeCursor(momentPosition, cursor), limit);
  return { items, nextCursor: encodeCursor(next) };
}

const activityPosition = z.strictObject({ at: z.iso.datetime({ offset: true }), id: z.uuid() });

/** What happened with money of late. @throws AppError `forbidden`, `invalid_request` */
export async function pageOfActivity(actorId: string, limit: number, cursor?: string): Promise<PageOf<Activity>> {
  const { items, next } = await readActivity(actorId, decodeCursor(activityPosition, cursor), limit);
  return { items, nextCursor: encodeCursor(next) };
}

/**
 * What needs a hand today, and the last days.
 * @param days how many days back the chart goes, today included
 */
export async function overviewOf(actorId: string, days: number, now = Date.now()): Promise<Overview> {
  const today = Math.floor(now / DAY_MS) * DAY_MS;
  const overview = await readOverview(actorId, new Date(today - (days - 1) * DAY_MS));
  // Sums of different moneys cannot be compared: the currency of most campaigns stands first.
  const sums = overview.sums.toSorted(
    (one, other) =>
      other.campaigns - one.campaigns ||
      other.donorCount - one.donorCount ||
      one.currency.localeCompare(other.currency),
  );
  return { ...overview, sums };
}

/** One pledge's whole story. @throws AppError `not_found`: also for a campaign that is not the actor's */
export async function storyOfPledge(actorId: string, pledgeId: string): Promise<PledgeStory> {
  return readPledgeStory(actorId, pledgeId);
}

/** The most rows of one export. A year of a large campaign fits; more is asked for by dates. */
const EXPORT_ROWS = 50_000;
const EXPORT_PAGE = 1_000;

/** The pledges of a list as CSV, and whether some were left out. */
export async function exportPledges(
  actorId: string,
  filter: PledgeFilter,
): Promise<{ readonly csv: string; readonly truncated: boolean }> {
  const rows: PledgeRow[] = [];
  let cursor: string | undefined;
  do {
    const page = await pageOfPledges(actorId, filter, EXPORT_PAGE, cursor);
    rows.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined && rows.length < EXPORT_ROWS);
  const csv = toCsv(
    [
      "pledge",
      "made_at",
      "campaign",
      "status",
      "gift",
      "covered_fees",
      "refunded",
      "charged_back",
      "currency",
      "anonymous",
      "name",
      "email",
      "message",
    ],
    rows.map((row) => [
      row.id,
      row.createdAt,
      row.campaignTitle,
      row.status,
      plainAmount(row.amountMinor, row.currency),
      plainAmount(row.coverMinor, row.currency),
      plainAmount(row.refundedMinor, row.currency),
      plainAmount(row.lostMinor, row.currency),
      row.currency,
      row.anonymous ? "yes" : "no",
      row.donor?.name ?? null,
      row.donor?.email ?? null,
      row.donor?.message ?? null,
    ]),
  );
  return { csv, truncated: cursor !== undefined };
}
