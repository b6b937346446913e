import { createHash } from "node:crypto";
import type { OwnCodeQuestion } from "../bloom/schemas";
import { exerciseSchema, type Exercise } from "../content/schemas";

/** Code longer than this is not read again in order to answer a question. */
const MAX_CODE = 8_000;
/** A question of the tree is easy for whoever wrote the code: too easy for the gate of any concept. */
const DIFFICULTY = { remember: 1, understand: 2 } as const;

/** What the code does comes before where something stands, and that before what the task itself says already. */
const RANK: Readonly<Record<OwnCodeQuestion["kind"], number>> = {
  reassigned: 0,
  loop_end: 0,
  called: 0,
  declared_at: 1,
  parameter: 2,
};

/**
 * Makes an exercise of one of the questions about an answer that has just passed.
 * @param responseId of that answer: the same one gives the same exercise, with the same id
 * @returns null where nothing can be asked
 */
export function questionFor(
  responseId: string,
  answered: { readonly exercise: Exercise; readonly concept: string; readonly text: string },
  questions: readonly OwnCodeQuestion[],
): Exercise | null {
  if (answered.text.length > MAX_CODE || questions.length === 0) return null;
  const digest = createHash("sha256").update(`own code question ${responseId}`).digest();
  const rank = Math.min(...questions.map(({ kind }) => RANK[kind]));
  const among = questions.filter(({ kind }) => RANK[kind] === rank);
  const question = among[digest.readUInt32BE(0) % among.length];
  if (!question) return null;
  const { exercise } = answered;
  const options = question.choices.map((text, index) => ({ id: `choice-${index + 1}`, text }));
  const idOf = (wanted: (text: string) => boolean): string => options.find(({ text }) => wanted(text))?.id ?? "";
  return exerciseSchema.parse({
    uuid: uuidOf(digest),
    slug: `own-answer-${question.kind.replaceAll("_", "-")}`,
    title: "A question about your answer",
    bloom: question.level,
    difficulty: question.level === "remember" ? DIFFICULTY.remember : DIFFICULTY.understand,
    estimatedMinutes: 1,
    concepts: [answered.concept],
    prompt: `This is the code with which you have just passed “${exercise.title}”. ${question.prompt}`,
    rubric: [{ id: "answer", text: "Knows what the own code does.", by: "answer" }],
    hints: ["Read your code once more from its first line: the answer stands in it."],
    explanation: question.because,
    kind: "choice",
    language: "language" in exercise ? exercise.language : "typescript",
    code: answered.text,
    options,
    answer: [idOf((text) => text === question.answer)],
    misconceptions: [
      {
        id: "not-in-the-code",
        belief: "The code says something else.",
        answer: [idOf((text) => text !== question.answer)],
        fails: ["answer"],
        feedback: "The code does not say that.",
      },
    ],
  });
}

/** A UUID of version 8 (RFC 9562), made of the digest. */
function uuidOf(digest: Buffer): string {
  const hex = digest.toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
