import "server-only";
import { AppError } from "@/lib/kernel/errors";
import { validationSchema } from "../bloom/schemas";
import { readContent } from "../content/read-content";
import { openCriteria, viewOf } from "../content/rules";
import { answerSchema, type Answer, type Exercise } from "../content/schemas";
import { listWaiting, type WaitingPosition, type WaitingResponse } from "../mastery/store";
import type { Appeal, AppealPage } from "./schemas";

/**
 * Answers that somebody has to look at, the oldest first.
 * @throws AppError `forbidden` for who is no operator, `invalid_request` for a cursor that is not one
 */
export async function pageOfAppeals(reviewerId: string, limit: number, cursor?: string): Promise<AppealPage> {
  const found = await listWaiting(reviewerId, limit + 1, cursor === undefined ? null : decodeCursor(cursor));
  const page = found.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map((waiting) => appealOf(waiting, reviewerId)),
    nextCursor: found.length > limit && last ? encodeCursor(last) : null,
  };
}

function appealOf(waiting: WaitingResponse, reviewerId: string): Appeal {
  const exercise = exerciseOf(waiting.activityId);
  const open = new Map(exercise ? openCriteria(exercise).map(({ id, by }) => [id, by.open.evidence]) : []);
  const answer = answerSchema.safeParse(waiting.answer);
  const verdict = validationSchema.pick({ criteria: true, feedback: true }).strip().safeParse(waiting.validation);
  return {
    id: waiting.id,
    standing: waiting.standing,
    answeredAt: new Date(waiting.answeredAt).toISOString(),
    concept: waiting.concept,
    task: exercise ? taskOf(exercise) : null,
    answer: answer.success ? inWords(answer.data, exercise) : JSON.stringify(waiting.answer),
    criteria: (verdict.data?.criteria ?? []).map((line) => ({ ...line, asks: open.get(line.criterion) ?? null })),
    feedback: verdict.data?.feedback ?? "",
    words: waiting.words,
    own: waiting.userId === reviewerId,
  };
}

function exerciseOf(id: string): Exercise | undefined {
  return readContent()
    .flatMap(({ concepts }) => concepts.flatMap(({ exercises }) => exercises))
    .find(({ uuid }) => uuid === id);
}

function taskOf(exercise: Exercise): NonNullable<Appeal["task"]> {
  const { title, kind, bloom, prompt, language, code } = viewOf(exercise);
  return { title, kind, level: bloom, prompt, language, code, explanation: exercise.explanation };
}

/** Options by what they say, not by their names. */
function inWords(answer: Answer, exercise: Exercise | undefined): string {
  const options = exercise && "options" in exercise ? exercise.options : [];
  const reasons = exercise?.kind === "justify" ? exercise.reasons : [];
  const said = (id: string): string => [...options, ...reasons].find((one) => one.id === id)?.text ?? id;
  switch (answer.kind) {
    case "text":
      return answer.text;
    case "lines":
      return answer.lines.join("\n");
    case "line":
      return `Line ${answer.line}`;
    case "choice":
      return answer.ids.map(said).join("\n");
    case "justified":
      return [said(answer.choice), ...answer.because.map((id) => `because: ${said(id)}`)].join("\n");
    case "argued":
      return [...(answer.choice === null ? [] : [said(answer.choice)]), answer.words].join("\n");
  }
}

function encodeCursor({ answeredAt, id }: WaitingPosition): string {
  return Buffer.from(`${answeredAt}|${id}`).toString("base64url");
}

const POSITION =
  /^(\d{4}-\d{2}-\d{2}[T ][\d:.]{8,15}(?:Z|[+-][\d:]{2,5}))\|([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

function decodeCursor(cursor: string): WaitingPosition {
  const match = POSITION.exec(Buffer.from(cursor, "base64url").toString("latin1"));
  if (match?.[1] && match[2] && !Number.isNaN(Date.parse(match[1]))) return { answeredAt: match[1], id: match[2] };
  throw new AppError("invalid_request", "This page cursor cannot be read. Start from the first page.", {
    issues: [{ path: "cursor", message: "This is not a cursor of ours." }],
  });
}
