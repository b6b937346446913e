import "server-only";
import { AppError } from "@/lib/kernel/errors";
import { metrics } from "@/lib/platform/telemetry/metrics";
import { testNames } from "../content/check-answer";
import type { Answer } from "../content/schemas";
import { insertAppeal } from "../mastery/store";
import { runCode } from "../runner/run-code";
import { sessionOf } from "./content";
import { noSuchSession, sessionEnded, sessionWentOn } from "./errors";
import { changeLive, readLive } from "./live";
import { activityFor } from "./activity";
import type { DraftRun, Hint, SessionView } from "./schemas";
import { endSession, readTurn, takeHint, touchSession } from "./store";

/**
 * Runs what stands in the editor without grading it: with the first half of the tests (rounded down), so that it can be
 * tried against them as often as one likes, while what counts is found out once.
 * @throws AppError `not_found`, `learning_session_ended`, `conflict` (another task is shown), `rule_broken` (nothing to run)
 */
export async function runDraft(
  userId: string,
  sessionId: string,
  activityId: string,
  answer: Answer,
  now = new Date(),
): Promise<DraftRun> {
  const turn = await readTurn(userId, sessionId, null);
  if (!turn) throw noSuchSession();
  if (turn.session.over) throw sessionEnded();
  if (turn.session.pending?.activityId !== activityId) throw sessionWentOn();
  const { exercise } = await activityFor(userId, turn.session.pending);
  const text = answer.kind === "text" ? answer.text : answer.kind === "lines" ? answer.lines.join("\n") : null;
  const code = ["fix", "write", "refactor"].includes(exercise.kind) && answer.kind === "text";
  if (text === null || !("language" in exercise) || !(code || (exercise.kind === "order" && answer.kind === "lines")))
    throw new AppError("rule_broken", "This task asks for no code of yours, so there is nothing to run.");
  const ran = await runWithTests(text, exercise.language, "tests" in exercise ? (exercise.tests ?? "") : "");
  const failed = ran.status !== "finished";
  metrics().studied(failed ? "run_failed" : "run");
  await changeLive(sessionId, (live) => ({
    draft: { activityId, answer, at: now.toISOString() },
    runs: live.runs + 1,
    runErrors: live.runErrors + (failed ? 1 : 0),
  }));
  return ran;
}

async function runWithTests(text: string, language: "javascript" | "typescript", tests: string): Promise<DraftRun> {
  const ending = language === "typescript" ? "ts" : "js";
  const [name, testsName] = [`solution.${ending}`, `tests.${ending}`];
  const names = testNames(tests);
  const shown = names.slice(0, Math.floor(names.length / 2));
  const alone = { files: [{ name, text }], entry: name, tests: null, constructsOf: null };
  const tested = shown.length > 0;
  const first = await runCode(
    tested
      ? {
          ...alone,
          files: [...alone.files, { name: testsName, text: tests }],
          tests: testsName,
          firstTests: shown.length,
        }
      : alone,
  );
  // Tests that could not begin, because what they import is not there yet, are no reason not to run what is.
  const unbegun = tested && first.tests.length === 0 && (first.status === "failed" || first.status === "syntax");
  const { status, output, error, ms } = unbegun ? await runCode(alone) : first;
  const why = first.error ? `${first.error.name}: ${first.error.message}` : "It was not reached.";
  return {
    status,
    output,
    error,
    ms: Math.round(ms),
    tests: shown.map(
      (test) => first.tests.find((one) => one.name === test) ?? { name: test, passed: false, message: why },
    ),
    hiddenTests: names.length - shown.length,
  };
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
