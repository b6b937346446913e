import type { Answer, ExerciseView } from "@/lib/learning/content/schemas";

/**
 * The answer that a task's form holds, in the browser as on the server.
 * @param kind of the question, which says what its form asks for
 */
export function answerOf(kind: ExerciseView["kind"], form: FormData): Answer {
  const texts = (name: string): string[] => form.getAll(name).filter((value) => typeof value === "string");
  const text = (texts("text")[0] ?? "").replaceAll("\r\n", "\n");
  switch (kind) {
    case "choice":
      return { kind: "choice", ids: texts("ids") };
    case "justify":
      return { kind: "justified", choice: texts("choice")[0] ?? "", because: texts("because") };
    case "explain":
      return {
        kind: "argued",
        choice: texts("choice")[0] ?? null,
        words: (texts("words")[0] ?? "").replaceAll("\r\n", "\n"),
      };
    case "locate":
      return { kind: "line", line: Number(texts("line")[0] ?? 0) };
    case "order": {
      const lines = texts("lines");
      const places = texts("places");
      const placed = lines.flatMap((line, at) => {
        const place = Number(places[at] ?? 0);
        return place > 0 ? [{ line, place }] : [];
      });
      return { kind: "lines", lines: placed.toSorted((one, other) => one.place - other.place).map(({ line }) => line) };
    }
    default:
      return { kind: "text", text };
  }
}

/**
 * What is missing of an answer before it can be sent; nothing when it is whole.
 * @param choices how many options there are to choose from, where words are asked for
 */
export function missingIn(answer: Answer, choices = 0): { readonly field: string; readonly message: string } | null {
  switch (answer.kind) {
    case "argued":
      if (choices > 0 && answer.choice === null) return { field: "choice", message: "Choose one of the options." };
      return answer.words.trim() === "" ? { field: "words", message: "Say it in your own words first." } : null;
    case "choice":
      return answer.ids.length === 0 ? { field: "ids", message: "Choose at least one option." } : null;
    case "justified":
      if (answer.choice === "") return { field: "choice", message: "Choose one of the options." };
      return answer.because.length === 0 ? { field: "because", message: "Choose the reasons that decide it." } : null;
    case "line":
      return answer.line < 1 ? { field: "line", message: "Choose the line." } : null;
    case "lines":
      return answer.lines.length === 0 ? { field: "places", message: "Give at least one line its place." } : null;
    case "text":
      return answer.text.trim() === "" ? { field: "text", message: "Write your answer first." } : null;
  }
}
