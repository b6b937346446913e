import type { Answer } from "@/lib/learning/content/schemas";
import type { DraftRun, Hint } from "@/lib/learning/session/schemas";

/** The session API as the page calls it. A problem is told in the API's own words. */
export class SessionProblem extends Error {
  override readonly name = "SessionProblem";
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Whatever went wrong, as something to tell. */
export function problemOf(error: unknown): SessionProblem {
  return error instanceof SessionProblem
    ? error
    : new SessionProblem("unknown", "That did not work. What you wrote is still here; try again in a minute.");
}

async function ask(address: string, init: RequestInit): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(address, init);
  } catch (error) {
    throw Object.assign(
      new SessionProblem("offline", "We could not reach DevMentor. Nothing was sent; what you wrote is still here."),
      { cause: error },
    );
  }
  const answer: unknown = response.status === 204 ? null : await response.json().catch(() => null);
  if (response.ok) return answer;
  const told = (typeof answer === "object" && answer !== null ? answer : {}) as Record<string, unknown>;
  throw new SessionProblem(
    typeof told["code"] === "string" ? told["code"] : "unknown",
    typeof told["detail"] === "string" ? told["detail"] : "That did not work. Try again in a minute.",
  );
}

function post(address: string, body: unknown, keepalive = false): Promise<unknown> {
  return ask(address, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify(body),
    keepalive,
  });
}

const at = (sessionId: string): string => `/api/v1/learning-sessions/${sessionId}`;

/** Where a session stands, as far as a page has to know. */
export interface Known {
  readonly version: number;
  readonly activityId: string | null;
  readonly answered: number;
  readonly goal: number;
  readonly over: boolean;
}

export async function readKnown(sessionId: string, signal?: AbortSignal): Promise<Known> {
  const { session, content } = (await ask(at(sessionId), {
    headers: { accept: "application/json" },
    ...(signal ? { signal } : {}),
  })) as {
    readonly session: {
      readonly version: number;
      readonly status: string;
      readonly progress: { readonly answered: number; readonly goal: number };
    };
    readonly content: { readonly activityId: string } | null;
  };
  return {
    version: session.version,
    activityId: content?.activityId ?? null,
    answered: session.progress.answered,
    goal: session.progress.goal,
    over: session.status !== "active",
  };
}

/** How the verdict on an answer stands now; null when the session does not know the answer. */
export async function readStanding(
  sessionId: string,
  responseId: string,
  signal?: AbortSignal,
): Promise<{ readonly version: number; readonly standing: string | null }> {
  const { session, answers } = (await ask(at(sessionId), {
    headers: { accept: "application/json" },
    ...(signal ? { signal } : {}),
  })) as {
    readonly session: { readonly version: number };
    readonly answers: readonly { readonly id: string; readonly standing: string }[];
  };
  return { version: session.version, standing: answers.find(({ id }) => id === responseId)?.standing ?? null };
}

interface Given {
  readonly activityId: string;
  readonly answer: Answer;
}

/**
 * Sends an answer. Where the version is stale though nothing was answered meanwhile (a hint was taken on another device),
 * it is sent again to the version of now.
 * @returns the id of the answer, whose page tells what came of it
 */
export async function sendAnswer(sessionId: string, given: Given, known: Pick<Known, "version" | "answered">) {
  const send = async (version: number): Promise<string> => {
    const reply = await post(`${at(sessionId)}/responses`, { ...given, version });
    return (reply as { readonly responseId: string }).responseId;
  };
  try {
    return await send(known.version);
  } catch (error) {
    if (!(error instanceof SessionProblem) || error.code !== "conflict") throw error;
    const now = await readKnown(sessionId);
    const same = now.activityId === given.activityId && now.answered === known.answered && !now.over;
    if (!same || now.version === known.version) throw error;
    return send(now.version);
  }
}

/** Runs code without grading it. */
export async function runDraft(sessionId: string, given: Given): Promise<DraftRun> {
  return (await post(`${at(sessionId)}/run`, given)) as DraftRun;
}

/** The hint after those that are shown. */
export async function takeHint(sessionId: string, shown: { readonly activityId: string; readonly seen: number }) {
  return (await post(`${at(sessionId)}/hints`, shown)) as Hint;
}

/**
 * A sign of life, with what stands in the form if something does. One that is lost costs nothing.
 * @returns whether it arrived
 */
export function beat(sessionId: string, draft: Given | null, leaving = false): Promise<boolean> {
  return post(`${at(sessionId)}/heartbeat`, draft ? { draft } : {}, leaving).then(
    () => true,
    () => false,
  );
}
