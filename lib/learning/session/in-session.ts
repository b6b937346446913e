import "server-only";
import { AppError } from "@/lib/kernel/errors";
import { metrics } from "@/lib/platform/telemetry/metrics";
import type { Answer, CheckedAnswer } from "../content/schemas";
import { insertAppeal } from "../mastery/store";
import { runCode } from "../runner/run-code";
import { sessionOf } from "./content";
import { noSuchSession, sessionEnded, sessionWentOn } from "./errors";
import { changeLive, readLive } from "./live";
import { activityFor } from "./activity";
import type { Hint, SessionView } from "./schemas";
import { endSession, readTurn, takeHint, touchSession } from "./store";

/**
 * Runs what stands in the editor, without grading it and without the hidden tests.
 * @throws AppError `not_found`, `learning_session_ended`, `conflict` (another task is shown), `rule_broken` (nothing to run)
 */
export async function runDraft(
  userId: string,
  sessionId: string,
  activityId: string,
  answer: Answer,
  now = new Date(),
): Promise<NonNullable<CheckedAnswer["run"]>> {
  const turn = await readTurn(userId, sessionId, null);
  if (!turn) throw noSuchSession();
  if (turn.session.over) throw sessionEnded();
  if (turn.session.pending?.activityId !== activityId) throw sessionWentOn();
  const { exercise } = await activityFor(userId, turn.session.pending);
  const text = answer.kind === "text" ? answer.text : answer.kind === "lines" ? answer.lines.join("\n") : null;
  const code = ["fix", "write", "refactor"].includes(exercise.kind) && answer.kind === "text";
  if (text === null || !("language" in exercise) || !(code || (exercise.kind === "order" && answer.kind === "lines")))
    throw new AppError("rule_broken", "This task asks for no code of yours, so there is nothing to run.");
  const name = exercise.language === "typescript" ? "solution.ts" : "solution.js";
  const { status, output, error, ms } = await runCode({
    files: [{ name, text }],
    entry: name,
    tests: null,
    constructsOf: null,
  });
  const failed = status !== "finished";
  metrics().studied(failed ? "run_failed" : "run");
  await changeLive(sessionId, (live) => ({
    draft: { activityId, answer, at: now.toISOString() },
    runs: live.runs + 1,
    runErrors: live.runErrors + (failed ? 1 : 0),
  }));
  return { status, output, error, ms: Math.round(ms) };
}

/**
 * The hint after those that the device shows; none is the solution. It counts for the answer, once for all devices.
 * @throws AppError `not_found`, `learning_session_ended`, `conflict`, `rule_broken` (there are no more)
 */
export async function giveHint(userId: string, sessionId: string, activityId: string, seen: number): Promise<Hint> {
  const turn = await readTurn(userId, sessionId, null);
  if (!turn) throw noSuchSession();
  if (turn.session.over) throw sessionEnded();
  if (turn.session.pending?.activityId !== activityId) throw sessionWentOn();
  const { exercise } = await activityFor(userId, turn.session.pending);
  const most = exercise.hints.length;
  const { hints, version } = await takeHint(userId, sessionId, { activityId, seen, most });
  const number = Math.min(seen + 1, hints);
  metrics().studied("hint");
  return { number, text: exercise.hints[number - 1] ?? "", left: most - hints, version };
}

/**
 * Notes that a device is there, and keeps what stands in its editor for the other ones.
 * @throws AppError `not_found`, `learning_session_ended`
 */
export async function beat(
  userId: string,
  sessionId: string,
  draft: { readonly activityId: string; readonly answer: Answer } | undefined,
  now = new Date(),
): Promise<void> {
  await touchSession(userId, sessionId);
  if (draft) await changeLive(sessionId, (live) => ({ ...live, draft: { ...draft, at: now.toISOString() } }));
}

/**
 * The learner goes: the session ends with its summary. Leaving one that is over changes nothing.
 * @throws AppError `not_found`
 */
export async function leaveSession(
  userId: string,
  sessionId: string,
  traceparent: string | null,
): Promise<SessionView> {
  const { runs, runErrors } = await readLive(sessionId);
  const summary = { because: "You ended it.", runs, runErrors };
  await endSession(userId, sessionId, { completed: false, summary, traceparent });
  const turn = await readTurn(userId, sessionId, null);
  if (!turn) throw noSuchSession();
  metrics().studied("session_left");
  return sessionOf(turn.session);
}

/**
 * Marks an answer of a session for review, because its learner says that the verdict is wrong.
 * @throws AppError `not_found`, `rule_broken` (no words), `conflict` (it passed, or somebody looks at it already)
 */
export async function appealAnswer(
  userId: string,
  sessionId: string,
  responseId: string,
  words: string,
): Promise<void> {
  const turn = await readTurn(userId, sessionId, responseId);
  if (!turn?.known) throw new AppError("not_found", "There is no such answer.");
  await insertAppeal(userId, responseId, words);
  metrics().studied("appeal");
}
