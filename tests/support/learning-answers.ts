import { readContent } from "@/lib/learning/content/read-content";
import { openCriteria } from "@/lib/learning/content/rules";
import type { Answer, Exercise } from "@/lib/learning/content/schemas";
import type { TestSupabase } from "./supabase.ts";

/** An exercise by its id. */
export function exerciseOf(id: string): Exercise {
  for (const { concepts } of readContent())
    for (const { exercises } of concepts) for (const exercise of exercises) if (exercise.uuid === id) return exercise;
  throw new Error(`content has no exercise ${id}`);
}

/** What a session shows: an exercise of the content, or one of the learner's own code. */
export async function exerciseShown({ sql }: Pick<TestSupabase, "sql">, id: string): Promise<Exercise> {
  const [own] = await sql<{ exercise: Exercise }[]>`
    select exercise from private.own_code_questions where id = ${id}
    union all select exercise from private.own_code_exercises where item_id = ${id}`;
  return own?.exercise ?? exerciseOf(id);
}

/** The answer that its author says is right. */
export function rightAnswer(of: string | Exercise): Answer {
  const exercise = typeof of === "string" ? exerciseOf(of) : of;
  switch (exercise.kind) {
    case "choice":
      return { kind: "choice", ids: exercise.answer };
    case "short":
      return { kind: "text", text: exercise.accepted[0] ?? "" };
    case "predict":
      return { kind: "text", text: exercise.output };
    case "order":
      return { kind: "lines", lines: exercise.lines };
    case "locate":
      return { kind: "line", line: exercise.lines[0] ?? 1 };
    case "justify":
      return { kind: "justified", choice: exercise.answer, because: exercise.because };
    case "explain":
      return {
        kind: "argued",
        choice: exercise.answer,
        words: openCriteria(exercise)
          .map(({ by }) => by.open.shown)
          .join("\n"),
      };
    default:
      return { kind: "text", text: exercise.exemplar };
  }
}

/** An answer that somebody with a known wrong idea gives. */
export function wrongAnswer(of: string | Exercise): Answer {
  const exercise = typeof of === "string" ? exerciseOf(of) : of;
  const wrong = exercise.misconceptions[0]?.answer;
  switch (exercise.kind) {
    case "choice":
      return { kind: "choice", ids: wrong as string[] };
    case "order":
      return { kind: "lines", lines: wrong as string[] };
    case "locate":
      return { kind: "line", line: wrong as number };
    case "justify": {
      const { choice, because } = wrong as { choice: string; because: string[] };
      return { kind: "justified", choice, because };
    }
    case "explain":
      return { kind: "argued", ...(wrong as { choice: string | null; words: string }) };
    default:
      return { kind: "text", text: wrong as string };
  }
}
