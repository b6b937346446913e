import "server-only";
import { z } from "zod";
import type { Json } from "@/lib/platform/supabase/database.types";
import { callTrusted } from "@/lib/platform/supabase/trusted";
import { moment, positionRow } from "../campaign/store";
import {
  disputeDeskSchema,
  disputeRowSchema,
  evidenceSchema,
  savedDraftSchema,
  takenAnswerSchema,
  type DISPUTE_LISTS,
  type Evidence,
  type SavedDraft,
  type TakenAnswer,
} from "./schemas";

const disputeRow = disputeRowSchema.extend({ evidenceDueBy: moment.nullable(), createdAt: moment });
const pageRow = z.object({ items: z.array(disputeRow), next: positionRow.nullable() });

/** Disputes of what the actor runs, oldest first. @throws AppError `forbidden` */
export async function listDisputes(
  actorId: string,
  state: (typeof DISPUTE_LISTS)[number],
  after: Json,
  limit: number,
): Promise<z.output<typeof pageRow>> {
  return pageRow.parse(
    await callTrusted("admin_disputes", { p_actor: actorId, p_state: state, p_after: after, p_limit: limit }),
  );
}

const { draft, answers, facts } = disputeDeskSchema.shape;
const { mails, refunds, otherGifts } = facts.shape;
const deskRow = disputeDeskSchema.omit({ proposal: true }).extend({
  dispute: disputeRow,
  draft: draft.unwrap().extend({ savedAt: moment }).nullable(),
  answers: z.array(answers.element.extend({ decidedAt: moment, sentAt: moment.nullable() })),
  facts: facts.extend({
    pledgedAt: moment,
    authorizedAt: moment.nullable(),
    capturedAt: moment.nullable(),
    mails: z.array(mails.element.extend({ sentAt: moment })),
    refunds: z.array(refunds.element.extend({ at: moment })),
    otherGifts: z.array(otherGifts.element.extend({ at: moment })),
  }),
});

/** @throws AppError `not_found`: also for a campaign that is not the actor's */
export async function readDispute(actorId: string, disputeId: string): Promise<z.output<typeof deskRow>> {
  return deskRow.parse(await callTrusted("admin_dispute", { p_actor: actorId, p_dispute: disputeId }));
}

/** @throws AppError `not_found`, `conflict` when it was saved meanwhile or nobody can answer any more, `rule_broken` */
export async function writeDraft(
  actorId: string,
  disputeId: string,
  version: number,
  evidence: Evidence,
): Promise<SavedDraft> {
  return savedDraftSchema.extend({ savedAt: moment }).parse(
    await callTrusted("save_dispute_draft", {
      p_actor: actorId,
      p_dispute: disputeId,
      p_version: version,
      p_evidence: evidence,
    }),
  );
}

/** Takes an answer down, once a round. @throws AppError `not_found`, `conflict` in words, `rule_broken` with the path */
export async function insertAnswer(
  actorId: string,
  disputeId: string,
  decision: TakenAnswer["decision"],
  evidence: Evidence,
): Promise<TakenAnswer> {
  return takenAnswerSchema.extend({ decidedAt: moment, sentAt: moment.nullable() }).parse(
    await callTrusted("answer_dispute", {
      p_actor: actorId,
      p_dispute: disputeId,
      p_decision: decision,
      p_evidence: evidence,
    }),
  );
}

const dueAnswerSchema = z.object({
  id: z.uuid(),
  /** The provider's. */
  disputeId: z.string(),
  decision: z.enum(["submit", "accept"]),
  evidence: evidenceSchema,
});
export type DueAnswer = z.output<typeof dueAnswerSchema>;

/** Answers that the provider does not have yet, each to one asker for so long. */
export async function claimDueAnswers(limit: number, leaseSeconds: number): Promise<DueAnswer[]> {
  return z
    .array(dueAnswerSchema)
    .parse(await callTrusted("claim_dispute_answers", { p_limit: limit, p_lease_seconds: leaseSeconds }));
}

/** Says what became of sending an answer. @param failure why the provider never will take it; null: it has it */
export async function settleAnswer(answerId: string, failure: string | null): Promise<void> {
  await callTrusted("settle_dispute_answer", { p_answer: answerId, p_failure: failure as string });
}
