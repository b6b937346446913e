import "server-only";
import { AppError } from "@/lib/kernel/errors";
import { readContent } from "../content/read-content";
import type { Origin } from "../own-code/schemas";
import { readOwnActivity, type OwnActivity } from "../own-code/store";
import { activityOf, type Activity } from "./path";
import type { Pending } from "./schemas";

/** An exercise of the content, or of the learner's own code. */
export interface AnyActivity extends Activity {
  /** Null for one of the content. */
  readonly origin: Origin | null;
}

/** The exercise of the learner's own that was shown is not kept any more. */
export const ownCodeGone = (): AppError =>
  new AppError(
    "conflict",
    "This exercise was made of code of yours that is not kept any more. Load the session again: it goes on with another one.",
    { extra: { gone: "own_code" } },
  );

/** @returns whether an error is {@link ownCodeGone} */
export function isOwnCodeGone(error: unknown): boolean {
  return error instanceof AppError && error.extra["gone"] === "own_code";
}

/**
 * What a session shows, wherever it comes from.
 * @throws AppError `not_found` for an exercise that content does not have any more, `conflict` for one of own code that is gone
 */
export async function activityFor(
  userId: string,
  { activityId, concept, own }: Pick<Pending, "activityId" | "concept" | "own">,
): Promise<AnyActivity> {
  if (own.is === null) return { ...activityOf(activityId), origin: null };
  return ownActivityAt(concept, await readOwnActivity(userId, activityId));
}

/**
 * An exercise of the learner's own code, with the concept at which a session shows it.
 * @throws as {@link activityFor}
 */
export function ownActivityAt(concept: string, found: OwnActivity | null): AnyActivity {
  if (!found) throw ownCodeGone();
  const of = readContent()
    .flatMap(({ concepts }) => concepts)
    .find(({ slug }) => slug === concept);
  if (!of) throw new AppError("not_found", "This lesson is not there any more. Start another session.");
  return { concept: of, exercise: found.exercise, origin: found.origin };
}

/**
 * An exercise that was answered before, for what is told of it.
 * @returns null when it is gone meanwhile
 */
export async function answeredActivity(
  userId: string,
  activityId: string,
): Promise<Pick<AnyActivity, "exercise" | "origin"> | null> {
  for (const { concepts } of readContent())
    for (const { exercises } of concepts)
      for (const exercise of exercises) if (exercise.uuid === activityId) return { exercise, origin: null };
  return readOwnActivity(userId, activityId);
}

/** Why the right answer is right: once it was given, or where the question does not come again, so that nothing is given away. */
export function explanationOf(
  activity: Pick<AnyActivity, "exercise" | "origin"> | null,
  passed: boolean,
): string | null {
  return activity && (passed || activity.origin?.kind === "answer") ? activity.exercise.explanation : null;
}
