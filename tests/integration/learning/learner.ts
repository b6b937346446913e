import { randomUUID } from "node:crypto";
import { AppError } from "@/lib/kernel/errors";
import { applyAttempt } from "@/lib/learning/mastery/apply-attempt";
import type { Attempt, LearnerState, MasteryChange } from "@/lib/learning/mastery/schemas";
import { readModel } from "@/lib/learning/mastery/store";
import { insertSession, takeAnswer, type RecordedResponse, type StartedSession } from "@/lib/learning/session/store";

export const AIM: Attempt["aim"] = { concept: "promises", reference: 0, levels: ["understand", "apply"] };

const TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

export interface Plan {
  readonly session: string;
  readonly version: number;
  readonly activity: string;
  readonly passed: boolean;
  readonly level?: "understand" | "apply";
  readonly review?: boolean;
  readonly standing?: "final" | "needs_review";
  readonly responseId?: string;
  /** Taken instead of the newest. */
  readonly model?: { readonly version: number; readonly state: LearnerState };
  readonly next?: string;
  readonly answer?: string;
  readonly at?: string;
}

export function startSession(userId: string, first: string): Promise<StartedSession> {
  return insertSession({
    userId,
    topic: "Promises",
    track: "asynchronous",
    lesson: null,
    pending: { activityId: first },
    progress: { answered: 0 },
    traceparent: null,
  });
}

/** Answers as the session service does: reads the model, works out what the answer makes of it, writes both. */
export async function answer(
  userId: string,
  plan: Plan,
): Promise<RecordedResponse & { readonly change: MasteryChange | null }> {
  const before = plan.model ?? (await readModel(userId));
  const attempt: Attempt = {
    id: plan.responseId ?? randomUUID(),
    at: plan.at ?? new Date().toISOString(),
    aim: AIM,
    facts: { item: plan.activity, bloom: plan.level ?? "apply", difficulty: 0.5, guess: 0, answers: 0 },
    passed: plan.passed,
    hintsUsed: 0,
    review: plan.review ?? false,
  };
  const standing = plan.standing ?? "final";
  const applied = standing === "final" ? applyAttempt(before.state, attempt) : null;
  const recorded = await takeAnswer({
    userId,
    sessionId: plan.session,
    version: plan.version,
    attempt,
    answer: { code: plan.answer ?? "return 1;" },
    standing,
    validation: {
      passed: plan.passed,
      score: plan.passed ? 1 : 0,
      level: attempt.facts.bloom,
      nextLevel: null,
      criteria: [],
      feedback: "",
      step: {
        code: plan.passed ? "advanced" : "not_demonstrated",
        advanced: plan.passed,
        sentence: "As the test says.",
      },
    },
    model: { version: before.version, state: applied?.state ?? before.state },
    changes: applied ? [applied.change] : [],
    itemShift: applied?.itemShift ?? null,
    pending: { activityId: plan.next ?? randomUUID() },
    progress: { answered: 1 },
    traceparent: TRACE,
  });
  return { ...recorded, change: applied?.change ?? null };
}

/** @returns the code with which a call was refused; `done` when it was not */
export function refusal(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => "done",
    (error: unknown) => {
      if (error instanceof AppError) return error.code;
      throw error;
    },
  );
}
