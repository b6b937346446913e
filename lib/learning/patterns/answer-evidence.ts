import { knownMisconception } from "../content/check-answer";
import type { Answer, Exercise } from "../content/schemas";
import { errorPattern } from "./rules";
import type { PatternShown } from "./store";

/** An occurrence in code, as the pattern matcher of the analysis finds it. */
interface Seen {
  readonly pattern: string;
  readonly kind: "habit" | "risk";
  readonly concept: string;
  readonly line: number;
  readonly endLine: number;
  readonly fingerprint: string;
}

const PLACES = 5;
const STRUCTURES = 20;
const FILES: Readonly<Record<string, string>> = {
  TypeScript: "solution.ts",
  JavaScript: "solution.js",
  Python: "solution.py",
};

/** The code that an answer is, and what the task had given of it; null where it is no code. */
export function codeOf(
  exercise: Exercise,
  answer: Answer,
): { readonly language: string; readonly text: string; readonly given: string } | null {
  const language = "language" in exercise ? LANGUAGES[exercise.language] : undefined;
  if (language === undefined) return null;
  if (exercise.kind === "order" && answer.kind === "lines")
    return { language, text: answer.lines.join("\n"), given: "" };
  if (exercise.kind !== "fix" && exercise.kind !== "write" && exercise.kind !== "refactor") return null;
  return answer.kind === "text" ? { language, text: answer.text, given: exercise.stub } : null;
}

/** As Linguist names them. */
const LANGUAGES: Readonly<Record<string, string>> = {
  javascript: "JavaScript",
  typescript: "TypeScript",
  python: "Python",
};

interface Shown {
  readonly exercise: Exercise;
  readonly answer: Answer;
  readonly passed: boolean;
  readonly language: string;
  /** What the learner wrote, without what was given. */
  readonly written: readonly Seen[];
  /** Patterns that the task asks for. */
  readonly asked: ReadonlySet<string>;
}

/**
 * What an answer shows of its learner. Passed: each habit in it was done well. Failed: it says something of those alone that
 * the task asked for, and those did not go well; what else stands in it may be right. A risk is one either way. A wrong idea
 * that the answer is known to come from is an error pattern.
 */
export function evidenceOfAnswer({ exercise, answer, passed, language, written, asked }: Shown): PatternShown[] {
  const shown = [...Map.groupBy(written, ({ pattern }) => pattern).values()].flatMap((same): PatternShown[] => {
    const [first] = same;
    if (!first || (first.kind === "habit" && !passed && !asked.has(first.pattern))) return [];
    const { pattern, kind, concept } = first;
    return [
      {
        pattern,
        kind,
        concept,
        count: same.length,
        good: kind === "habit" && passed ? same.length : 0,
        places: same
          .slice(0, PLACES)
          .map(({ line, endLine }) => ({ path: FILES[language] ?? "solution", line, endLine, language })),
        fingerprints: [...new Set(same.map(({ fingerprint }) => fingerprint))].slice(0, STRUCTURES),
      },
    ];
  });
  const misconception = passed ? null : knownMisconception(exercise, answer);
  if (misconception)
    shown.push({
      pattern: errorPattern(exercise.slug, misconception.id),
      kind: "misconception",
      concept: exercise.concepts[0] ?? "",
      count: 1,
      good: 0,
      places: [],
      fingerprints: [],
    });
  return shown;
}
