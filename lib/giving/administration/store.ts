import "server-only";
import { z } from "zod";
import type { Json } from "@/lib/platform/supabase/database.types";
import { unwrap } from "@/lib/platform/supabase/failure";
import type { Db } from "@/lib/platform/supabase/server";
import { callTrusted } from "@/lib/platform/supabase/trusted";
import { campaignViewRow, moment, positionRow } from "../campaign/store";
import {
  activitySchema,
  blockSchema,
  cardOfPledgeSchema,
  overviewSchema,
  pledgeRowSchema,
  pledgeStorySchema,
  type CardOfPledge,
  type PledgeNeed,
} from "./schemas";

export const pledgeRow = pledgeRowSchema.extend({ createdAt: moment, updatedAt: moment });

const campaignsRow = z.object({
  items: z.array(campaignViewRow.extend({ mine: z.boolean(), recentPledges: z.array(pledgeRow) })),
  next: positionRow.nullable(),
});

/** All campaigns for a campaign admin or operator, each with its last pledges. */
export async function readAdminCampaigns(
  actorId: string,
  after: Json,
  limit: number,
): Promise<z.output<typeof campaignsRow>> {
  return campaignsRow.parse(await callTrusted("admin_campaigns", { p_actor: actorId, p_after: after, p_limit: limit }));
}

/** Which pledges a list is of; what is absent does not narrow it. */
export interface PledgeFilter {
  readonly campaignId?: string | undefined;
  readonly status?: string | undefined;
  readonly query?: string | undefined;
  readonly needs?: PledgeNeed | undefined;
  /** ISO 8601, inclusive. */
  readonly from?: string | undefined;
  /** ISO 8601, exclusive. */
  readonly to?: string | undefined;
}

const pledgesRow = z.object({ items: z.array(pledgeRow), next: positionRow.nullable() });

/** Pledges to what the actor runs, newest first. */
export async function readAdminPledges(
  actorId: string,
  filter: PledgeFilter,
  after: Json,
  limit: number,
): Promise<z.output<typeof pledgesRow>> {
  return pledgesRow.parse(
    await callTrusted("admin_pledges", {
      p_actor: actorId,
      p_filter: { ...filter } as Json,
      p_after: after,
      p_limit: limit,
    }),
  );
}

const activityRow = z.object({
  items: z.array(activitySchema.extend({ at: moment })),
  next: z.object({ at: z.string(), id: z.uuid() }).nullable(),
});

/** What happened with money of late, newest first. */
export async function readActivity(actorId: string, after: Json, limit: number): Promise<z.output<typeof activityRow>> {
  return activityRow.parse(await callTrusted("admin_activity", { p_actor: actorId, p_after: after, p_limit: limit }));
}

/** What needs a hand, sums, and the money taken by day since `from`. */
export async function readOverview(actorId: string, from: Date): Promise<z.output<typeof overviewSchema>> {
  return overviewSchema.parse(await callTrusted("admin_overview", { p_actor: actorId, p_from: from.toISOString() }));
}

const { payments, transitions, attempts, rejections, refunds, disputes, ledger, events, mails } =
  pledgeStorySchema.shape;
const storyRow = pledgeStorySchema.extend({
  pledge: pledgeRow,
  payments: z.array(payments.element.extend({ createdAt: moment, unknownSince: moment.nullable() })),
  transitions: z.array(transitions.element.extend({ at: moment })),
  attempts: z.array(attempts.element.extend({ at: moment })),
  rejections: z.array(rejections.element.extend({ at: moment })),
  refunds: z.array(refunds.element.extend({ at: moment })),
  disputes: z.array(disputes.element.extend({ at: moment, evidenceDueBy: moment.nullable() })),
  ledger: z.array(ledger.element.extend({ at: moment })),
  events: z.array(events.element.extend({ at: moment })),
  mails: z.array(mails.element.extend({ sentAt: moment.nullable() })),
});

/** Everything that is known of one pledge, for whoever runs its campaign. */
export async function readPledgeStory(actorId: string, pledgeId: string): Promise<z.output<typeof storyRow>> {
  return storyRow.parse(await callTrusted("admin_pledge_story", { p_actor: actorId, p_pledge: pledgeId }));
}

/**
 * Decides about a held payment; what follows is told by its event.
 * @throws AppError `forbidden`, `not_found`, `conflict` when there is nothing to decide any more
 */
export async function decideHeldPayment(
  actorId: string,
  paymentId: string,
  decision: "release" | "refuse",
  note: string,
): Promise<void> {
  await callTrusted("review_payment", { p_actor: actorId, p_payment: paymentId, p_decision: decision, p_note: note });
}

/** @throws AppError `forbidden`, `not_found`, `conflict` when it stands already, `rule_broken` with the path */
export async function writeCardBlock(
  actorId: string,
  paymentId: string,
  reason: string,
  expiresAt: Date,
): Promise<void> {
  await callTrusted("block_card", {
    p_actor: actorId,
    p_payment: paymentId,
    p_reason: reason,
    p_expires_at: expiresAt.toISOString(),
  });
}

/** Ends a block in the name of whose `db` it is. @returns whether it stood @throws AppError `forbidden` */
export async function endBlock(db: Db, blockId: string): Promise<boolean> {
  return unwrap(await db.rpc("lift_block", { p_id: blockId }));
}

const standingBlock = cardOfPledgeSchema.shape.block.unwrap().extend({ createdAt: moment, expiresAt: moment });
const cardsRow = z.array(cardOfPledgeSchema.extend({ block: standingBlock.nullable() }));

/** The cards of a pledge; none for who is no operator. */
export async function readCardBlocks(actorId: string, pledgeId: string): Promise<CardOfPledge[]> {
  return cardsRow.parse(await callTrusted("admin_card_blocks", { p_actor: actorId, p_pledge: pledgeId }));
}

const blocksRow = z.object({
  items: z.array(blockSchema.extend({ createdAt: moment, expiresAt: moment, liftedAt: moment.nullable() })),
  next: positionRow.nullable(),
});

/** Whom operators have shut out, newest first. @throws AppError `forbidden` */
export async function readBlocksPage(actorId: string, after: Json, limit: number): Promise<z.output<typeof blocksRow>> {
  return blocksRow.parse(await callTrusted("admin_blocks", { p_actor: actorId, p_after: after, p_limit: limit }));
}
