import "server-only";
import { z } from "zod";
import { figuresHold, givesAway, isPlain, namesAnswer, quotesHold, wordsShared } from "./checks";
import { ask } from "./gateway";
import type { Answered, AskOptions, Task } from "./task";

export interface HintFor {
  /** What the learner was asked. */
  readonly prompt: string;
  /** The code that they were given, if any. */
  readonly stub: string;
  /** The author's hints in their order. */
  readonly hints: readonly string[];
  /** How many of them they have seen: the next one is written, never a later one. */
  readonly given: number;
  /** What they have written so far: data. */
  readonly submission: string;
  /** Never sent; what is written is held against it. */
  readonly solution: string;
  /** Right answers that are words or a line rather than code; never sent either. */
  readonly answers?: readonly string[];
}

const elementSchema = z.strictObject({ hint: z.string(), quotes: z.array(z.string()) });
/** A sentence of a hint as it comes. */
export type HintSentence = z.infer<typeof elementSchema>;

const INSTRUCTIONS = `The data is a task, the hint that its author wrote for this moment, and what the learner has so far. Say the author's hint so that it
fits what the learner wrote: one or two sentences, no code. Give away no more than the author's hint does. Answer with an element for each
sentence: "hint" (the sentence) and "quotes" (one to three spans of the author's hint, the task or the learner's work that it rests on).`;

function task(of: HintFor, authored: string): Task<HintSentence, string> {
  const evidence = [authored, of.prompt, of.stub, of.submission];
  const shown = [of.prompt, of.stub, ...of.hints.slice(0, of.given + 1)];
  const tells = (text: string): boolean =>
    givesAway(text, of.solution, [...shown, of.submission]) || namesAnswer(text, of.answers ?? [], shown);
  return {
    name: "write-hint",
    version: 2,
    instructions: INSTRUCTIONS,
    materials: [
      { name: "task", text: of.prompt },
      { name: "hint", text: authored },
      { name: "work", text: of.submission },
    ],
    element: elementSchema,
    maxElements: 2,
    maxOutputTokens: 400,
    doubt({ hint, quotes }) {
      if (!quotesHold(quotes, evidence)) return "a quote that does not stand in the evidence";
      if (!quotes.some((quote) => quotesHold([quote], [authored, of.prompt]))) return "rests on the submission alone";
      if (!isPlain(hint, 500) || hint.includes("\n")) return "not plain words";
      if (!figuresHold(hint, evidence)) return "other figures";
      // What a submission says is not what a hint is about: its author's words and the task's are.
      if (wordsShared(hint, [authored, of.prompt, of.stub]) < 0.3) return "about something else";
      return tells(hint) ? "gives the solution away" : null;
    },
    // Two sentences may tell together what neither tells alone.
    gather: (believed) => {
      const whole = believed.map(({ hint }) => hint.trim()).join(" ");
      return whole === "" || tells(whole) ? null : whole;
    },
  };
}

/**
 * The next hint: the author's, said so that it fits what the learner wrote; the author's own words without a model.
 * @returns null when there is no further hint
 * @throws as {@link ask}
 */
export async function writeHint(
  userId: string,
  of: HintFor,
  options?: AskOptions<HintSentence>,
): Promise<Answered<string> | null> {
  const authored = of.hints[of.given];
  return authored === undefined ? null : ask(userId, task(of, authored), () => authored, options);
}
