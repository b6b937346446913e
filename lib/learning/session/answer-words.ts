import { openCriteria } from "../content/rules";
import type { Answer, Exercise } from "../content/schemas";

/** An answer in words, for whoever reads it: options by what they say, not by their ids. */
export function wordsOf(exercise: Exercise, answer: Answer): string {
  const said = (ids: readonly string[]): string[] => {
    const known = [
      ...("options" in exercise ? exercise.options : []),
      ...("reasons" in exercise ? exercise.reasons : []),
    ];
    return ids.flatMap((id) => known.find((option) => option.id === id)?.text ?? []);
  };
  switch (answer.kind) {
    case "text":
      return answer.text;
    case "lines":
      return answer.lines.join("\n");
    case "choice":
      return said(answer.ids).join("\n");
    case "line":
      return `Line ${answer.line}`;
    case "justified":
      return said([answer.choice, ...answer.because]).join("\n");
    case "argued":
      return [...said(answer.choice === null ? [] : [answer.choice]), answer.words].join("\n");
  }
}

/** What must not be told of an exercise: code that solves it, and right answers that are words. */
export function solutionOf(exercise: Exercise): { readonly code: string; readonly answers: readonly string[] } {
  const texts = (options: readonly { readonly id: string; readonly text: string }[], ids: readonly string[]) =>
    options.filter(({ id }) => ids.includes(id)).map(({ text }) => text);
  switch (exercise.kind) {
    case "fix":
    case "write":
    case "refactor":
      return { code: exercise.exemplar, answers: [] };
    case "order":
      return { code: exercise.lines.join("\n"), answers: [] };
    case "choice":
      return { code: "", answers: texts(exercise.options, exercise.answer) };
    case "justify":
      return {
        code: "",
        answers: [...texts(exercise.options, [exercise.answer]), ...texts(exercise.reasons, exercise.because)],
      };
    case "explain":
      return {
        code: "",
        answers: [
          ...texts(exercise.options, exercise.answer === null ? [] : [exercise.answer]),
          ...openCriteria(exercise).map(({ by }) => by.open.shown),
        ],
      };
    case "short":
      return { code: "", answers: exercise.accepted };
    case "predict":
      return { code: "", answers: [exercise.output, ...exercise.output.split("\n").filter((line) => line.length > 3)] };
    case "locate":
      return { code: exercise.repair?.text ?? "", answers: exercise.lines.map((line) => `line ${line}`) };
  }
}
