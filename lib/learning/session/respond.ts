import "server-only";
import { createHash } from "node:crypto";
import { AppError } from "@/lib/kernel/errors";
import type { Json } from "@/lib/platform/supabase/database.types";
import { metrics } from "@/lib/platform/telemetry/metrics";
import { awaitsReview, validateAnswer } from "../bloom/validate-answer";
import type { Validation } from "../bloom/schemas";
import { checkAnswer, type Checked } from "../content/check-answer";
import { openCriteria } from "../content/rules";
import type { Answer } from "../content/schemas";
import { applyAttempt } from "../mastery/apply-attempt";
import type { NoChoice, PathConcept, Pull } from "../mastery/choose-item";
import { authoredDifficulty } from "../mastery/predictor";
import type { Attempt, ItemFacts, LearnerState } from "../mastery/schemas";
import { idiomsOfTask, pullsFor, recallPatterns, type Recalled } from "../patterns/recall";
import { remarksOn } from "../patterns/remarks";
import { errorPattern } from "../patterns/rules";
import { chooseNext } from "./choose-next";
import { contentOf, contentOfOwn, sessionOf } from "./content";
import { noSuchSession, sessionEnded, sessionWentOn } from "./errors";
import { foresee } from "./foresee";
import { readLive } from "./live";
import { answeredActivity, explanationOf, ownActivityAt, type AnyActivity } from "./activity";
import { askAboutAnswer, withOwnCode } from "./own-step";
import { activityOf, aimAtTrack, around, guessOf, pathOf, type Aimed } from "./path";
import { failuresInARow, progressAfter } from "./rules";
import type { Pending, Progress, Responded, ResponseRequest, Told } from "./schemas";
import { readAnsweringTurn, takeAnswer, type AnsweringTurn, type RecordedResponse, type Turn } from "./store";

/** Another session of the same learner may be counted between reading the model and writing it. */
const ATTEMPTS = 3;
/** As much of what code printed is kept with an answer. */
const KEPT_OUTPUT = 4_000;

/** What is told of an answer, and the item that is worth preparing meanwhile. */
interface Turned {
  readonly responded: Responded;
  readonly foreseen: string | null;
}

/**
 * Judges an answer and takes it into what is believed: the answer, the model with its reason, the review and what the session
 * shows next are one transaction. The same answer sent again to the same version is told the same and counted once.
 * @throws AppError `not_found`, `learning_session_ended`, `conflict` (the session went on elsewhere), `rule_broken` (an answer
 *   of another kind than the question), `service_unavailable` (code cannot be run now; nothing was counted)
 */
export async function respond(
  userId: string,
  sessionId: string,
  request: ResponseRequest,
  traceparent: string | null,
  now = new Date(),
): Promise<Turned> {
  const began = performance.now();
  const responseId = idOf(sessionId, request);
  let turn = await turnOf(userId, sessionId, responseId, request);
  if (turn.known) return repeated(userId, turn, turn.known);
  const pending = expect(turn, request);
  const activity = activityIn(turn, pending);
  const aimed = aimAtTrack(turn.session.trackSlug ?? "", turn.session.lessonSlug);
  const [checked, recalled] = await Promise.all([checkedNow(activity, request.answer), recallPatterns(userId)]);
  for (let attempt = 1; ; attempt += 1) {
    try {
      const told = await take({
        userId,
        turn,
        pending,
        activity,
        aimed,
        checked,
        recalled,
        request,
        responseId,
        traceparent,
        now,
      });
      metrics().gradedAnswer(checked.run !== null, (performance.now() - began) / 1000);
      return told;
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "conflict" || attempt === ATTEMPTS) throw error;
      // The session stands where it stood: it was the model that went on. If not, the new look says so.
      turn = await turnOf(userId, sessionId, responseId, request);
      if (turn.known) return repeated(userId, turn, turn.known);
      expect(turn, request);
    }
  }
}

async function turnOf(
  userId: string,
  sessionId: string,
  responseId: string,
  { activityId }: ResponseRequest,
): Promise<AnsweringTurn> {
  const turn = await readAnsweringTurn(userId, sessionId, responseId, around(activityId));
  if (!turn) throw noSuchSession();
  return turn;
}

/** @throws as `activityFor` */
function activityIn({ activity }: AnsweringTurn, { activityId, concept, own }: Pending): AnyActivity {
  return own.is === null ? { ...activityOf(activityId), origin: null } : ownActivityAt(concept, activity);
}

/** @throws AppError unless the session shows what is answered, in the version that the device knows */
function expect({ session }: Turn, request: ResponseRequest): Pending {
  if (session.over) throw sessionEnded();
  if (session.pending?.activityId !== request.activityId || session.version !== request.version) {
    metrics().studied("conflict");
    throw sessionWentOn();
  }
  return session.pending;
}

async function checkedNow({ exercise }: AnyActivity, answer: Answer): Promise<Checked> {
  const checked = await checkAnswer(exercise, answer);
  if (checked.run?.status === "crashed")
    throw new AppError(
      "service_unavailable",
      "The machine that runs code fell over while it ran yours. Nothing was counted; try again.",
      { retryAfterSeconds: 5 },
    );
  return checked;
}

interface Taking {
  readonly userId: string;
  readonly turn: AnsweringTurn;
  readonly pending: Pending;
  readonly activity: AnyActivity;
  readonly aimed: Aimed;
  readonly checked: Checked;
  readonly recalled: Recalled;
  readonly request: ResponseRequest;
  readonly responseId: string;
  readonly traceparent: string | null;
  readonly now: Date;
}

async function take(taking: Taking): Promise<Turned> {
  const { userId, turn, pending, activity, aimed, checked, recalled, request } = taking;
  const { responseId, traceparent, now } = taking;
  const { concept, exercise } = activity;
  const { session, model, shifts } = turn;
  const hintsUsed = Math.max(pending.hints, request.hintsUsed ?? 0);
  const validation = validateAnswer({
    level: exercise.bloom,
    rubric: exercise.rubric,
    answer: textOf(request.answer),
    checks: checked.checks,
    undecided: checked.open,
    graded: [],
    hintsUsed,
    asked: concept.blooms,
    shown: model.state.concepts[concept.slug]?.levels ?? [],
    failuresBefore: failuresInARow(turn.recent, exercise.bloom),
  });
  const standing: "needs_review" | "final" = awaitsReview(validation) ? "needs_review" : "final";
  const [own] = pathOf([concept], shifts);
  const facts = activity.origin ? ownFacts(activity) : own?.items.find(({ item }) => item === exercise.uuid);
  if (!own || !facts) throw new TypeError(`${exercise.slug} is not among the exercises of ${concept.slug}`);
  const attempt: Attempt = {
    id: responseId,
    at: now.toISOString(),
    aim: own.aim,
    facts: settled(facts),
    passed: validation.passed,
    hintsUsed,
    review: pending.review,
  };
  const applied = standing === "final" ? applyAttempt(model.state, attempt) : null;
  const learner = applied?.state ?? model.state;
  const { passed } = validation;
  const counted = progressAfter(session.progress, { passed, hintsUsed, waits: standing === "needs_review" });
  const path = pathOf(aimed.concepts, shifts);
  const pulls = pullsFor(recalled);
  const next: Pending | NoChoice =
    counted.answered >= counted.goal
      ? {
          item: null,
          reason: { code: "all_mastered", sentence: `That makes ${counted.goal} answers: the session is whole.` },
        }
      : chooseNext({
          learner,
          path,
          now,
          seed: [session.id, counted.answered],
          waiting: standing === "final" ? pending.waiting : [...pending.waiting, exercise.uuid].slice(-20),
          told: validation.nextLevel === null ? undefined : { concept: concept.slug, level: validation.nextLevel },
          pulls,
          testOut: counted.testOut,
        });
  const given = { passed: validation.passed, standing, level: exercise.bloom };
  const ahead = { learner, path, progress: counted, given, pulls };
  // Testing out keeps to the hardest tasks of the lesson.
  const practice = counted.testOut === null;
  const question =
    practice && passed && !("item" in next) ? askAboutAnswer({ ...taking, ...asked(taking), learner }) : null;
  const shown =
    "item" in next
      ? null
      : (question?.shown ??
        lookAhead(practice ? withOwnCode(next, pending, learner, turn.choices) : next, taking, ahead));
  const progress: Progress = {
    ...counted,
    activityId: shown?.activityId ?? null,
    concept: shown?.concept ?? null,
  };
  const told = toldOf(activity, checked, recalled);
  const writing = takeAnswer({
    userId,
    sessionId: session.id,
    version: request.version,
    attempt,
    answer: request.answer as unknown as Json,
    standing,
    validation: { ...validation, told } as unknown as Json,
    model: { version: model.version, state: learner },
    changes: applied ? [applied.change] : [],
    // An exercise of one learner's own says nothing of how hard it is for others.
    itemShift: activity.origin ? null : (applied?.itemShift ?? null),
    pending: shown as unknown as Json,
    progress,
    question: question?.question ?? null,
    ...("item" in next ? { summary: await ending(session.id, next) } : {}),
    traceparent,
  });
  const [recorded, prepared] = await Promise.all([writing, shown?.own.is === null ? contentOf(userId, shown) : null]);
  if (!recorded.repeated) count(validation, standing, pending, shown);
  // Another device sent the same at the same moment, or the session has its summary now.
  const after = recorded.turn;
  if (after?.known) return repeated(userId, after, after.known);
  const nextContent =
    prepared ?? (shown && contentOfOwn(shown, ownActivityAt(shown.concept, recorded.activity ?? null)));
  const responded: Responded = {
    ...verdict(validation, told, activity, recorded),
    standing,
    change: applied?.change ? changeOf(applied.change) : null,
    nextContent,
    progress,
    session: sessionOf({ ...session, version: recorded.version, pending: shown, progress }),
  };
  return { responded, foreseen: shown?.foreseen?.activityId ?? null };
}

interface Ahead {
  readonly learner: LearnerState;
  readonly path: readonly PathConcept[];
  readonly progress: Progress;
  readonly given: Turn["recent"][number];
  readonly pulls: ReadonlyMap<string, Pull>;
}

/** The item that is shown next, with the one that most likely follows it. */
function lookAhead(next: Pending, { turn, pending, now }: Taking, { given, ...ahead }: Ahead): Pending {
  if (next.own.is !== null) return next;
  const activity = activityOf(next.activityId);
  // What somebody has to read is neither a pass nor a failure when the next item is chosen.
  if (openCriteria(activity.exercise).length > 0) return next;
  const recent = next.concept === pending.concept ? [given, ...turn.recent] : [];
  const failures = failuresInARow(recent, activity.exercise.bloom);
  return {
    ...next,
    foreseen: foresee({ ...ahead, activity, pending: next, failures, sessionId: turn.session.id, now }),
  };
}

/** What the engine takes for an exercise of own code: its difficulty is the one that a rule gave it, and stays so. */
function ownFacts({ exercise }: AnyActivity): ItemFacts {
  const { uuid: item, bloom, difficulty } = exercise;
  return { item, bloom, difficulty: authoredDifficulty(difficulty), guess: guessOf(exercise), answers: 0 };
}

/** What a question about this answer would be made of. */
function asked({ pending, checked, request }: Taking) {
  return { shown: pending, questions: checked.run?.questions ?? [], answer: request.answer };
}

function settled(facts: ItemFacts): ItemFacts {
  return { ...facts, difficulty: Math.min(12, Math.max(-12, facts.difficulty)) };
}

async function ending(sessionId: string, { reason }: NoChoice): Promise<Json> {
  const { runs, runErrors } = await readLive(sessionId);
  return { because: reason.sentence, runs, runErrors };
}

function count({ passed }: Validation, standing: string, { foreseen }: Pending, next: Pending | null): void {
  metrics().studied(passed ? "response_passed" : standing === "needs_review" ? "response_waits" : "response_failed");
  if (foreseen) metrics().studied(foreseen.activityId === next?.activityId ? "prefetch_hit" : "prefetch_miss");
  if (next?.foreseen) metrics().studied("prefetch");
  if (next === null) metrics().studied("session_completed");
}

/** The answer was taken before: it is told as it was then, and the session as it is now. */
async function repeated(userId: string, { session }: Turn, known: NonNullable<Turn["known"]>): Promise<Turned> {
  const { told, ...validation } = known.validation;
  const pending = session.over ? null : session.pending;
  const responded: Responded = {
    ...verdict(
      validation as Validation,
      told ?? { misconception: null, run: null, remarks: [] },
      await answeredActivity(userId, known.activityId),
      { responseId: known.id },
    ),
    standing: known.standing,
    change: known.change,
    nextContent: pending && (await contentOf(userId, pending)),
    progress: session.progress,
    session: sessionOf(session),
  };
  return { responded, foreseen: null };
}

function verdict(
  validation: Validation,
  { misconception, run, remarks }: Told,
  activity: Pick<AnyActivity, "exercise" | "origin"> | null,
  { responseId }: Pick<RecordedResponse, "responseId">,
): Pick<Responded, "responseId" | "validation" | "misconception" | "run" | "remarks" | "explanation"> {
  const { passed, score, level, nextLevel, criteria, feedback, step } = validation;
  return {
    responseId,
    validation: { passed, score, level, nextLevel, criteria, feedback, step },
    misconception,
    run,
    remarks,
    explanation: explanationOf(activity, passed),
  };
}

function changeOf(change: NonNullable<Responded["change"]>): Responded["change"] {
  const { concept, before, after, statusBefore, statusAfter, reason, gate } = change;
  return { concept, before, after, statusBefore, statusAfter, reason, gate };
}

function toldOf({ exercise }: AnyActivity, { misconception, run }: Checked, { patterns }: Recalled): Told {
  return {
    remarks: remarksOn({
      idioms: idiomsOfTask(exercise.uuid),
      misconception: misconception && {
        pattern: errorPattern(exercise.slug, misconception.id),
        belief: misconception.belief,
      },
      known: patterns,
    }),
    misconception: misconception && { belief: misconception.belief, feedback: misconception.feedback },
    run: run && {
      status: run.status,
      output: run.output.slice(0, KEPT_OUTPUT),
      error: run.error,
      ms: Math.round(run.ms),
    },
  };
}

/** What a rubric's evidence may be quoted from. */
function textOf(answer: Answer): string {
  switch (answer.kind) {
    case "text":
      return answer.text;
    case "lines":
      return answer.lines.join("\n");
    case "choice":
      return answer.ids.join("\n");
    case "line":
      return String(answer.line);
    case "justified":
      return [answer.choice, ...answer.because].join("\n");
    case "argued":
      return answer.words;
  }
}

/** The same answer to the same version of the same session has the same id, whoever sends it how often. */
function idOf(sessionId: string, { activityId, answer, version }: ResponseRequest): string {
  const digest = createHash("sha256")
    .update(JSON.stringify([sessionId, activityId, version, answer]))
    .digest("hex");
  // A UUID of version 8 (RFC 9562), made of the digest.
  return `${digest.slice(0, 8)}-${digest.slice(8, 12)}-8${digest.slice(13, 16)}-a${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
}
