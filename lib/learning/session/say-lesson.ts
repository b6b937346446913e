import "server-only";
import { lessonVariant, type LessonFor, type LessonPart, type SaidPart } from "@/lib/platform/ai/lesson-variant";
import { providers } from "@/lib/platform/ai/providers";
import { readModelUses, type ModelUses } from "@/lib/platform/ai/store";
import type { AnsweredBy, AskOptions } from "@/lib/platform/ai/task";
import type { ConceptState } from "../mastery/schemas";
import { readModel } from "../mastery/store";
import { activityFor } from "./activity";
import { noSuchSession, sessionEnded, sessionWentOn } from "./errors";
import { activityOf, type Activity } from "./path";
import { readTurn } from "./store";

/** A lesson in a learner's format and for their level, with who said it so. */
export interface SaidLesson {
  readonly parts: readonly LessonPart[];
  readonly by: AnsweredBy;
}

/**
 * Makes ready to say the lesson of the task that a session shows; the function that it answers with does so. The lesson alone goes
 * to a model if its reader allows it; in every other case it is the author's, in the order that their format asks for.
 * @throws AppError `not_found`, `learning_session_ended`, `conflict` (another task is shown)
 */
export async function lessonToSay(
  userId: string,
  sessionId: string,
  activityId: string,
): Promise<(options?: AskOptions<SaidPart>) => Promise<SaidLesson>> {
  const [turn, uses] = await Promise.all([readTurn(userId, sessionId, null), readModelUses(userId)]);
  if (!turn) throw noSuchSession();
  const { session, model } = turn;
  if (session.over) throw sessionEnded();
  if (session.pending?.activityId !== activityId) throw sessionWentOn();
  const { concept } = await activityFor(userId, session.pending);
  const of = lessonFor(concept, uses, model.state.concepts[concept.slug]);
  return async (options) => {
    const { value, by } = await lessonVariant(userId, of, options);
    return { parts: value, by };
  };
}

/**
 * Asks for the lesson of an item that most likely comes next, so that it is there when it does. Where the learner does not allow
 * it, where there is no model, or where the item is of the lesson that they read already, nothing is asked.
 * @param shown the concept of the task that is shown
 */
export async function prefetchLesson(userId: string, shown: string, foreseen: string): Promise<void> {
  if (providers().length === 0) return;
  const { concept } = activityOf(foreseen);
  if (concept.slug === shown) return;
  const uses = await readModelUses(userId);
  if (!uses.lessons) return;
  const { state } = await readModel(userId);
  await lessonVariant(userId, lessonFor(concept, uses, state.concepts[concept.slug]));
}

function lessonFor({ about }: Activity["concept"], uses: ModelUses, state: ConceptState | undefined): LessonFor {
  return { about, format: uses.contentFormat, level: state && isPractised(state) ? "practised" : "new" };
}

/** Who has passed a task of it has used it. */
function isPractised({ items }: ConceptState): boolean {
  return Object.values(items).some(({ passed }) => passed);
}
