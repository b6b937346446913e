import "server-only";
import { AppError } from "@/lib/kernel/errors";
import { appCache } from "@/lib/platform/cache/app-cache";
import type { Json } from "@/lib/platform/supabase/database.types";
import { campaignTag } from "./read-campaigns";
import type { CampaignChange, CampaignWithTotals, NewCampaign } from "./schemas";
import { insertCampaign, updateCampaign, type CampaignView } from "./store";

interface By {
  /** Whom the route has authorised; the database looks the role up again. */
  readonly actorId: string;
  readonly traceparent: string | null;
}

/**
 * Makes a draft.
 * @throws AppError `forbidden`, `slug_taken`, `rule_broken` with the field
 */
export async function createCampaign(campaign: NewCampaign, by: By): Promise<CampaignWithTotals> {
  const made = await insertCampaign(by.actorId, campaign as Json, by.traceparent);
  await forgetCampaign(made);
  return made;
}

/**
 * Changes a campaign as it was read.
 * @param version what `If-Match` named
 * @throws AppError `not_found`, `forbidden`, `precondition_failed`, `illegal_status_step`, `slug_taken`, `rule_broken`
 */
export async function changeCampaign(
  campaignId: string,
  version: number,
  change: CampaignChange,
  by: By,
): Promise<CampaignWithTotals> {
  const changed = await updateCampaign(by.actorId, campaignId, version, change as Json, by.traceparent);
  await forgetCampaign(changed, change.slug !== undefined);
  return changed;
}

/** Memory, Redis, CDN and the prerendered pages are told together; the outbox tells the other processes. */
async function forgetCampaign({ campaign }: CampaignView, moved = false): Promise<void> {
  await appCache().invalidate({
    keys: [
      { cache: "campaign", key: campaign.id },
      { cache: "campaign", key: campaign.slug },
      { cache: "campaign-totals", key: campaign.id },
    ],
    tags: [campaignTag(campaign.id), "campaigns"],
    // The address it had before is not known here.
    patterns: moved ? [{ cache: "campaign", pattern: "*" }] : [],
  });
}

/** A campaign's version as an entity tag. */
export function entityTag(campaign: { readonly version: number }): string {
  return `"${campaign.version}"`;
}

/**
 * The version that `If-Match` names.
 * @throws AppError `precondition_required` without the header, `precondition_failed` for one that is not of ours
 */
export function versionFrom(header: string | null): number {
  if (header === null || header.trim() === "") {
    throw new AppError(
      "precondition_required",
      "Say which version you are changing: send If-Match with the ETag that the campaign was read with.",
    );
  }
  // Weak tags never match a change (RFC 9110), and `*` would overwrite what nobody has read.
  const version = /^\s*"(\d{1,15})"\s*$/u.exec(header)?.[1];
  if (version === undefined) {
    throw new AppError(
      "precondition_failed",
      "This is not the version of a campaign. Read it again and send its ETag.",
    );
  }
  return Number(version);
}
