import { fsrs, Rating, State, type Grade } from "ts-fsrs";
import type { Review } from "./schemas";

/** FSRS-6 with its published weights; no steps within a day, and no chance in the dates: a replay gives the same ones. */
const scheduler = fsrs({ request_retention: 0.9, maximum_interval: 365, enable_short_term: false, enable_fuzz: false });

export type Recall = "failed" | "with_hints" | "unaided";

const GRADES: Readonly<Record<Recall, Grade>> = {
  failed: Rating.Again,
  with_hints: Rating.Hard,
  unaided: Rating.Good,
};

/** @returns when the concept should be looked at again, after it was recalled (or not) at `at`. */
export function nextReview(before: Review | null, at: string, recall: Recall): Review {
  // Two servers' clocks differ, and FSRS knows no review before the last one.
  const now = before && Date.parse(at) < Date.parse(before.last) ? before.last : at;
  const { card } = scheduler.next(
    before
      ? {
          due: before.due,
          last_review: before.last,
          stability: before.stability,
          difficulty: before.difficulty,
          reps: before.reps,
          lapses: before.lapses,
          state: State.Review,
          elapsed_days: 0,
          scheduled_days: 0,
          learning_steps: 0,
        }
      : {
          due: at,
          stability: 0,
          difficulty: 0,
          reps: 0,
          lapses: 0,
          state: State.New,
          elapsed_days: 0,
          scheduled_days: 0,
          learning_steps: 0,
        },
    now,
    GRADES[recall],
  );
  return {
    due: card.due.toISOString(),
    last: new Date(now).toISOString(),
    stability: card.stability,
    difficulty: card.difficulty,
    reps: card.reps,
    lapses: card.lapses,
  };
}
