import "server-only";
import type { Db } from "@/lib/platform/supabase/server";
import { decodeCursor, encodeCursor, momentPosition } from "../campaign/cursor";
import type { Block, CardOfPledge } from "./schemas";
import { endBlock, readBlocksPage, readCardBlocks, writeCardBlock } from "./store";

const DAY_MS = 86_400_000;

/**
 * Shuts out the card of a payment: what it gives from now on is let go instead of taken. The payment itself stays as it is.
 * @throws AppError `forbidden` for who is no operator, `not_found` when no card of it is known, `conflict` when it is shut
 *   out already, `rule_broken` with the path
 */
export async function blockCard(
  actorId: string,
  block: { readonly paymentId: string; readonly reason: string; readonly days: number },
): Promise<void> {
  await writeCardBlock(actorId, block.paymentId, block.reason, new Date(Date.now() + block.days * DAY_MS));
}

/**
 * Ends a block of whichever kind, in the name of the operator whose `db` it is.
 * @returns whether it still stood
 * @throws AppError `forbidden`
 */
export async function liftBlock(db: Db, blockId: string): Promise<boolean> {
  return endBlock(db, blockId);
}

/** The cards of a pledge, each with what stands against it; none for who is no operator. */
export async function cardsOfPledge(actorId: string, pledgeId: string): Promise<CardOfPledge[]> {
  return readCardBlocks(actorId, pledgeId);
}

/** Whom operators have shut out, newest first. @throws AppError `forbidden`, `invalid_request` for a cursor that is none */
export async function pageOfBlocks(
  actorId: string,
  limit: number,
  cursor?: string,
): Promise<{ readonly items: readonly Block[]; readonly nextCursor: string | null }> {
  const { items, next } = await readBlocksPage(actorId, decodeCursor(momentPosition, cursor), limit);
  return { items, nextCursor: encodeCursor(next) };
}
