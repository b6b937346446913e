import type { Answer, CheckedAnswer } from "@/lib/learning/content/schemas";

/** The session API as the page calls it. A problem is told in the API's own words. */
export class SessionProblem extends Error {
  override readonly name = "SessionProblem";
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

async function post(address: string, body: unknown, keepalive = false): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(address, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify(body),
      keepalive,
    });
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

const at = (sessionId: string): string => `/api/v1/learning-sessions/${sessionId}`;

interface Given {
  readonly activityId: string;
  readonly answer: Answer;
}

/** @returns the id of the answer, whose page tells what came of it */
export async function sendAnswer(sessionId: string, given: Given & { readonly version: number }): Promise<string> {
  const { responseId } = (await post(`${at(sessionId)}/responses`, given)) as { readonly responseId: string };
  return responseId;
}

/** Runs code without grading it. */
export async function runDraft(sessionId: string, given: Given): Promise<NonNullable<CheckedAnswer["run"]>> {
  return (await post(`${at(sessionId)}/run`, given)) as NonNullable<CheckedAnswer["run"]>;
}

/** A sign of life, with what stands in the form if something does. One that is lost costs nothing. */
export async function beat(sessionId: string, draft: Given | null, leaving = false): Promise<void> {
  await post(`${at(sessionId)}/heartbeat`, draft ? { draft } : {}, leaving).catch(() => undefined);
}
