import "server-only";
import { z } from "zod";
import { BLOOM_LEVELS } from "../bloom/schemas";
import { exerciseSchema, type Exercise } from "../content/schemas";
import type { Json } from "@/lib/platform/supabase/database.types";
import { callTrusted } from "@/lib/platform/supabase/trusted";
import { originSchema } from "./schemas";

const activitySchema = z.object({ exercise: exerciseSchema, origin: originSchema });
type OwnActivity = z.infer<typeof activitySchema>;

/** @returns null when there is no such exercise, or it is another learner's */
export async function readOwnActivity(userId: string, id: string): Promise<OwnActivity | null> {
  return activitySchema.nullable().parse(await callTrusted("read_own_code_activity", { p_user: userId, p_id: id }));
}

const choiceSchema = z.object({
  id: z.uuid(),
  about: z.string(),
  concepts: z.array(z.string()),
  bloom: z.enum(BLOOM_LEVELS),
  difficulty: z.number().int(),
  path: z.string(),
  line: z.number().int(),
});
export type OwnChoice = z.infer<typeof choiceSchema>;

/** What could be put to a learner of their own code at these concepts and was not passed yet. */
export async function listChoices(userId: string, concepts: readonly string[]): Promise<OwnChoice[]> {
  return z
    .array(choiceSchema)
    .parse(await callTrusted("list_own_code_choices", { p_user: userId, p_concepts: [...concepts] }));
}

/** Keeps a question for the session that shows it next. */
export async function keepQuestion(userId: string, sessionId: string, exercise: Exercise): Promise<void> {
  await callTrusted("keep_own_code_question", {
    p_user: userId,
    p_session: sessionId,
    p_id: exercise.uuid,
    p_exercise: exercise as unknown as Json,
  });
}
