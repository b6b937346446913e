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
  testOut: null,
};

/** So many answers that were not passed alone end a test-out: the session goes on as practice, and nothing is lost by it. */
const MISSES = 2;

/** An answer as a session counts it. */
interface Counted {
  readonly passed: boolean;
  readonly hintsUsed: number;
  /** Somebody has to look at it: it says nothing yet. */
  readonly waits: boolean;
}

/** How far a session is after one more answer. */
export function progressAfter(before: Progress, { passed, hintsUsed, waits }: Counted): Progress {
  const { testOut } = before;
  return {
    ...before,
    answered: before.answered + 1,
    passed: before.passed + (passed ? 1 : 0),
    testOut: testOut === null || waits ? testOut : goesOn(testOut.missed + (passed && hintsUsed === 0 ? 0 : 1)),
  };
}

function goesOn(missed: number): Progress["testOut"] {
  return missed >= MISSES ? null : { missed };
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
