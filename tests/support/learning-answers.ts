import { readContent } from "@/lib/learning/content/read-content";
import type { Answer, Exercise } from "@/lib/learning/content/schemas";

/** An exercise by its id. */
export function exerciseOf(id: string): Exercise {
  for (const { concepts } of readContent())
    for (const { exercises } of concepts) for (const exercise of exercises) if (exercise.uuid === id) return exercise;
  throw new Error(`content has no exercise ${id}`);
}

/** The answer that its author says is right. */
export function rightAnswer(id: string): Answer {
  const exercise = exerciseOf(id);
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
    default:
      return { kind: "text", text: exercise.exemplar };
  }
}

/** An answer that somebody with a known wrong idea gives. */
export function wrongAnswer(id: string): Answer {
  const exercise = exerciseOf(id);
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
    default:
      return { kind: "text", text: wrong as string };
  }
}
