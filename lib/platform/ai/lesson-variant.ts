import "server-only";
import { z } from "zod";
import { figuresHold, isPlain, quotesHold, samePolarity, wordsShared } from "./checks";
import { ask } from "./gateway";
import type { Answered, AskOptions, Task } from "./task";

export interface LessonFor {
  /** The author's lesson, in Markdown. */
  readonly about: string;
  readonly format: "mixed" | "text" | "diagrams" | "examples";
  readonly level: "new" | "practised";
}

/** A piece of a lesson: words, or code of the lesson as it stands there. */
export interface LessonPart {
  readonly kind: "words" | "code";
  readonly text: string;
}

const elementSchema = z.strictObject({ part: z.number().int(), text: z.string(), quotes: z.array(z.string()) });
/** A part of a lesson as it comes. */
export type SaidPart = z.infer<typeof elementSchema>;

const LEVELS = {
  new: "who meets this for the first time: short sentences, each term explained by the lesson's own words",
  practised: "who has used it before: say less about what it is and keep what goes wrong",
} as const;

const FENCE = /^```[^\n]*\n([\s\S]*?)^```[^\n]*$/m;

/** The lesson's paragraphs and blocks of code, in the author's order. */
export function lessonParts(about: string): LessonPart[] {
  const block = FENCE.exec(about);
  if (!block) return paragraphs(about);
  const [whole, code = ""] = block;
  return [
    ...paragraphs(about.slice(0, block.index)),
    ...(code.trim() === "" ? [] : [{ kind: "code" as const, text: code.trimEnd() }]),
    ...lessonParts(about.slice(block.index + whole.length)),
  ];
}

const paragraphs = (text: string): LessonPart[] =>
  text
    .split(/\n\s*\n/)
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .map((part) => ({ kind: "words", text: part }));

/**
 * The lesson in a reader's format without a model: the same parts, ordered. Who learns from examples sees each block of
 * code before the words that lead to it; every other format is the author's order.
 */
export function arrangeLesson({ about, format }: Pick<LessonFor, "about" | "format">): LessonPart[] {
  const parts = lessonParts(about);
  if (format !== "examples") return parts;
  const arranged: LessonPart[] = [];
  let words: LessonPart[] = [];
  for (const part of parts) {
    if (part.kind === "words") words.push(part);
    else {
      arranged.push(part, ...words);
      words = [];
    }
  }
  return [...arranged, ...words];
}

function task(of: LessonFor): Task<SaidPart, readonly LessonPart[]> {
  const parts = arrangeLesson(of);
  const own = (number: number) => (parts[number]?.kind === "words" ? parts[number] : undefined);
  return {
    name: "lesson-variant",
    version: 1,
    instructions: `The data is a lesson in numbered parts. Say each part of kind "words" for somebody ${LEVELS[of.level]}. Add no fact and no code. For each give
"part" (its number), "text" (yours, plain sentences) and "quotes" (one or two spans of that part that yours rests on).`,
    materials: [{ name: "lesson", text: JSON.stringify(parts.map((part, number) => ({ number, ...part }))) }],
    element: elementSchema,
    maxElements: parts.length,
    maxOutputTokens: 300 + Math.ceil(of.about.length / 2),
    doubt({ part: number, text, quotes }) {
      const part = own(number);
      if (!part) return "a part that there is not";
      if (!quotesHold(quotes, [part.text])) return "a quote that does not stand in the lesson";
      if (!isPlain(text, part.text.length * 2 + 80)) return "not plain words";
      if (!figuresHold(text, [part.text])) return "other figures";
      if (!samePolarity(text, part.text)) return "turned round";
      if (wordsShared(text, [part.text]) < 0.5) return "about something else";
      return null;
    },
    gather: (believed) =>
      believed.length === 0
        ? null
        : parts.map((part, number) => {
            const said = believed.find((each) => each.part === number);
            return said ? { kind: "words", text: said.text.trim() } : part;
          }),
  };
}

/**
 * A lesson in the reader's format and for their level: every word of it rests on the author's. Code is never written, only
 * moved. Without a model the author's parts in the order of the format.
 * @throws as {@link ask}
 */
export async function lessonVariant(
  userId: string,
  of: LessonFor,
  options?: AskOptions<SaidPart>,
): Promise<Answered<readonly LessonPart[]>> {
  return ask(userId, task(of), () => arrangeLesson(of), options);
}
