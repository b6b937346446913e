import "server-only";
import { AppError } from "@/lib/kernel/errors";
import { checkAnswer, type Checked } from "./check-answer";
import { findExercise, readContent } from "./read-content";
import { outlineOf, viewOf } from "./rules";
import type { Answer, CheckedAnswer, Exercise, ExerciseView, TrackList } from "./schemas";

export function listTracks(): TrackList {
  return outlineOf(readContent());
}

/** @throws AppError `not_found` */
export function readExercise(id: string): ExerciseView {
  return viewOf(exerciseOf(id));
}

/**
 * What the checks say of an answer. Nothing is kept of it: it is for trying, not for mastery.
 * @throws AppError `not_found`, `rule_broken`, `service_unavailable`
 */
export async function practise(id: string, answer: Answer): Promise<CheckedAnswer> {
  const exercise = exerciseOf(id);
  return toldOf(exercise, await checkAnswer(exercise, answer));
}

function toldOf(exercise: Exercise, checked: Checked): CheckedAnswer {
  return {
    passed: checked.passed,
    criteria: exercise.rubric.map(({ id, text }) => {
      const own = checked.checks.filter(({ criterion }) => criterion === id);
      const open = checked.open.filter(({ criterion }) => criterion === id).map(({ shows }) => shows);
      const passed = open.length === 0 && own.every((check) => check.passed);
      return { id, text, passed, shows: [...own.map(({ evidence }) => evidence.shows), ...new Set(open)] };
    }),
    feedback: checked.misconception?.feedback ?? null,
    run: checked.run && {
      status: checked.run.status,
      output: checked.run.output,
      error: checked.run.error,
      ms: Math.round(checked.run.ms),
    },
    explanation: checked.passed ? exercise.explanation : null,
  };
}

function exerciseOf(id: string): Exercise {
  const exercise = findExercise(id);
  if (exercise) return exercise;
  throw new AppError(
    "not_found",
    "There is no such exercise. It may have been replaced; look it up in its track again.",
  );
}
