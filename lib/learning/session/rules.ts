import type { Progress } from "./schemas";

/** So many answers make a session whole: about half an hour. */
export const SESSION_GOAL = 10;
/** A session ends after this long, as `private.hold_session` has it. */
export const SESSION_MINUTES = 60;

/** Where a session begins. */
export const NEW_PROGRESS: Progress = {
  answered: 0,
  passed: 0,
  hintsUsed: 0,
  goal: SESSION_GOAL,
  activityId: null,
  concept: null,
};

/** How far a session is after one more answer. */
export function progressAfter(before: Progress, passed: boolean): Progress {
  return { ...before, answered: before.answered + 1, passed: before.passed + (passed ? 1 : 0) };
}

/** How many failures in a row there were at a level, the latest answers first; what awaits a review is passed over. */
export function failuresInARow(
  recent: readonly { readonly passed: boolean; readonly standing: string; readonly level: string | null }[],
  level: string,
): number {
  const counted = recent.filter((one) => one.level === level && one.standing !== "needs_review");
  const until = counted.findIndex(({ passed }) => passed);
  return until === -1 ? counted.length : until;
}
