import "server-only";
import { appLink } from "@/lib/platform/mail/app-link";
import { decodeCursor, encodeCursor, momentPosition } from "../campaign/cursor";
import { checkedEvidence, proposeEvidence } from "./rules";
import type {
  AnswerRequest,
  DISPUTE_LISTS,
  DisputeDesk,
  DisputeRow,
  DraftRequest,
  SavedDraft,
  TakenAnswer,
} from "./schemas";
import { insertAnswer, listDisputes, readDispute, writeDraft } from "./store";

/** Disputes of what the actor runs, oldest first: what is due first. @throws AppError `forbidden`, `invalid_request` */
export async function pageOfDisputes(
  actorId: string,
  state: (typeof DISPUTE_LISTS)[number],
  limit: number,
  cursor?: string,
): Promise<{ readonly items: readonly DisputeRow[]; readonly nextCursor: string | null }> {
  const { items, next } = await listDisputes(actorId, state, decodeCursor(momentPosition, cursor), limit);
  return { items, nextCursor: encodeCursor(next) };
}

/** A dispute with all that is known of its gift, the draft, and what was answered. @throws AppError `not_found` */
export async function disputeDeskOf(actorId: string, disputeId: string): Promise<DisputeDesk> {
  const desk = await readDispute(actorId, disputeId);
  const links = { campaign: appLink(`/campaigns/${desk.facts.campaignSlug}`) };
  return { ...desk, proposal: proposeEvidence(desk.facts, desk.dispute.reason, links) };
}

/**
 * Keeps evidence to go on with later; nothing is sent.
 * @throws AppError `not_found`, `conflict` when somebody saved meanwhile or the time is over, `rule_broken` with the path
 */
export async function saveDraft(actorId: string, disputeId: string, draft: DraftRequest): Promise<SavedDraft> {
  return writeDraft(actorId, disputeId, draft.version, checkedEvidence(draft.evidence));
}

/**
 * Decides what the bank is told, once for each time that it asks; {@link sendDisputeAnswers} sends it.
 * @throws AppError `not_found`, `conflict` when it was answered or the time is over, `rule_broken` with the path
 */
export async function answerDispute(actorId: string, disputeId: string, request: AnswerRequest): Promise<TakenAnswer> {
  const evidence = request.decision === "submit" ? checkedEvidence(request.evidence) : {};
  return insertAnswer(actorId, disputeId, request.decision, evidence);
}
