import "server-only";
import { z } from "zod";
import type { Json } from "@/lib/platform/supabase/database.types";
import { unwrap } from "@/lib/platform/supabase/failure";
import type { Db } from "@/lib/platform/supabase/server";
import { callTrusted } from "@/lib/platform/supabase/trusted";
import { STANDINGS } from "../bloom/rules";
import { answerSchema, type Answer } from "../content/schemas";
import { chanceAtReference } from "./gate";
import { attemptSchema, learnerStateSchema, type Attempt, type LearnerState, type MasteryChange } from "./schemas";

const version = z.coerce.number().int();

export const modelSchema = z.object({ version, state: learnerStateSchema });
/** What is believed of a learner, and the version under which a change of it is written. */
export type LearnerModel = z.infer<typeof modelSchema>;

export async function readModel(userId: string): Promise<LearnerModel> {
  return modelSchema.parse(await callTrusted("read_learner_model", { p_user: userId }));
}

export const shiftSchema = z.object({ item: z.uuid(), shift: z.number(), answers: z.number().int() });
/** How far an item is from its author's difficulty, by everybody's answers. */
export type ItemShift = z.infer<typeof shiftSchema>;

/** @returns those alone of the items that somebody has answered */
export async function readItemShifts(items: readonly string[]): Promise<ItemShift[]> {
  return z.array(shiftSchema).parse(await callTrusted("read_item_shifts", { p_items: [...items] }));
}

/**
 * All answers that say something of skill, in their order.
 * @param also one that awaits a review and is to be counted with them
 */
export async function readAttempts(userId: string, also: string | null = null): Promise<Attempt[]> {
  return (
    z
      .array(attemptSchema)
      // SQL takes null where there is none; the generated type does not know.
      .parse(await callTrusted("read_attempts", { p_user: userId, p_with: also as string }))
  );
}

/** What was answered at which concept, as far as the caller may see it; no answer where it is of a form that is not read any more. */
export async function readGiven(
  db: Db,
  responseId: string,
): Promise<{ readonly answer: Answer | null; readonly concept: string } | null> {
  const row = unwrap(await db.from("learning_responses").select("answer,concept").eq("id", responseId).maybeSingle());
  return row && { answer: answerSchema.nullable().catch(null).parse(row.answer), concept: row.concept };
}

/** Marks an answer for review. SQL refuses with not_found, rule_broken or conflict. */
export async function insertAppeal(userId: string, responseId: string, words: string): Promise<void> {
  await callTrusted("appeal_response", { p_user: userId, p_response: responseId, p_words: words });
}

const waitingSchema = z.object({
  id: z.uuid(),
  userId: z.uuid(),
  activityId: z.uuid(),
  concept: z.string(),
  answer: z.unknown(),
  validation: z.unknown(),
  standing: z.enum(STANDINGS),
  /** To the microsecond, as the database compares it. */
  answeredAt: z.string(),
  words: z.string().nullable(),
});
/** An answer that somebody has to look at. */
export type WaitingResponse = z.infer<typeof waitingSchema>;

export interface WaitingPosition {
  readonly answeredAt: string;
  readonly id: string;
}

/** The oldest first. Answers of everybody: SQL refuses with forbidden who is no operator. */
export async function listWaiting(
  reviewerId: string,
  limit: number,
  after: WaitingPosition | null = null,
): Promise<WaitingResponse[]> {
  return z.array(waitingSchema).parse(
    await callTrusted("list_responses_for_review", {
      p_reviewer: reviewerId,
      // SQL takes null where there is none; the generated type does not know.
      p_after_at: (after?.answeredAt ?? null) as string,
      p_after_id: (after?.id ?? null) as string,
      p_limit: limit,
    }),
  );
}

/** One of them, however it stands by now. SQL refuses with forbidden. @returns null when there is no such answer */
export async function readWaiting(reviewerId: string, responseId: string): Promise<WaitingResponse | null> {
  return waitingSchema
    .nullable()
    .parse(await callTrusted("read_response_for_review", { p_reviewer: reviewerId, p_response: responseId }));
}

export interface Settlement {
  readonly responseId: string;
  readonly passed: boolean;
  /** Why; the learner reads it. */
  readonly words: string;
  /** The verdict as it reads from now on. */
  readonly validation: Json;
  /** The model that was read, and what counting anew made of it. */
  readonly model: { readonly version: number; readonly state: LearnerState };
  readonly changes: readonly MasteryChange[];
}

/** @returns the items whose answers wait for somebody to look, the newest twenty */
export async function readWaitingItems(userId: string): Promise<string[]> {
  return z.array(z.uuid()).parse(await callTrusted("read_waiting_items", { p_user: userId }));
}

const gradableSchema = waitingSchema.pick({
  id: true,
  userId: true,
  activityId: true,
  answer: true,
  validation: true,
  standing: true,
});
/** An answer as a model is asked about it. */
export type GradableResponse = z.infer<typeof gradableSchema>;

/** @returns null when there is no such answer (any more) */
export async function readGradable(responseId: string): Promise<GradableResponse | null> {
  return gradableSchema.nullable().parse(await callTrusted("read_response_for_grading", { p_response: responseId }));
}

/** Writes how the verdict on an answer reads while it waits; one that is decided stays. @throws AppError `database_unavailable` */
export async function noteWaitingResponse(responseId: string, validation: Json): Promise<void> {
  await callTrusted("note_waiting_response", { p_response: responseId, p_validation: validation });
}

/** Writes a reviewer's word and the model that follows. SQL refuses with forbidden, not_found, conflict or rule_broken. */
export async function settleResponse(reviewerId: string, settlement: Settlement): Promise<void> {
  await callTrusted("settle_response", {
    p_reviewer: reviewerId,
    p_overturned: settlement.passed,
    ...settled(settlement),
  });
}

/**
 * Writes what a model said and the model of the learner that follows. SQL refuses with not_found, conflict (somebody has decided, or an
 * answer came in between), forbidden (the learner does not allow it any more) or rule_broken.
 * @param grader `provider/model`
 */
export async function settleGraded(grader: string, settlement: Settlement): Promise<void> {
  await callTrusted("settle_graded_response", {
    p_grader: grader,
    p_passed: settlement.passed,
    ...settled(settlement),
  });
}

function settled({ responseId, words, validation, model: { version: read, state }, changes }: Settlement) {
  return {
    p_response: responseId,
    p_settlement: words,
    p_validation: validation,
    p_model: written(read, state, Object.keys(state.concepts)),
    p_changes: changes as unknown as Json,
  };
}

/** The model as SQL takes it, with the concepts that may have changed. */
export function written(read: number, state: LearnerState, slugs: readonly string[]): Json {
  return {
    version: read,
    ability: state.ability,
    attempts: state.attempts,
    concepts: Object.fromEntries(
      slugs.flatMap((slug) => {
        const concept = state.concepts[slug];
        if (!concept) return [];
        return [[slug, { state: concept, chance: chanceAtReference(state.ability, concept.offset, concept.aim) }]];
      }),
    ),
  };
}
