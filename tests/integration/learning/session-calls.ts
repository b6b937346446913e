import { GET as readSession } from "@/app/api/v1/learning-sessions/[id]/route";
import { POST as postEnd } from "@/app/api/v1/learning-sessions/[id]/end/route";
import { POST as postHeartbeat } from "@/app/api/v1/learning-sessions/[id]/heartbeat/route";
import { POST as postHint } from "@/app/api/v1/learning-sessions/[id]/hints/route";
import { POST as postAppeal } from "@/app/api/v1/learning-sessions/[id]/responses/[responseId]/appeal/route";
import { POST as postResponse } from "@/app/api/v1/learning-sessions/[id]/responses/route";
import { POST as postRun } from "@/app/api/v1/learning-sessions/[id]/run/route";
import { POST as postSession } from "@/app/api/v1/learning-sessions/route";
import {
  hintSchema,
  respondedSchema,
  resumedSessionSchema,
  startedSessionSchema,
  type Hint,
  type Responded,
  type ResumedSession,
  type StartedSession,
} from "@/lib/learning/session/schemas";
import { readContent } from "@/lib/learning/content/read-content";
import type { Sql } from "postgres";
import { call, type Reply } from "../accounts/calls.ts";

interface Person {
  readonly accessToken: string;
}

const ROOT = "/api/v1/learning-sessions";
const token = (user: Person | null) => (user ? { token: user.accessToken } : {});

/** The session API as a person calls it; each answer that went well is read by the schema that describes it. */
export const sessions = {
  start: (user: Person | null, json: unknown): Promise<Reply> =>
    call(postSession, { method: "POST", path: ROOT, json, ...token(user) }),
  read: (user: Person | null, id: string): Promise<Reply> =>
    call(readSession, { path: `${ROOT}/${id}`, params: { id }, ...token(user) }),
  respond: (user: Person | null, id: string, json: unknown): Promise<Reply> =>
    call(postResponse, { method: "POST", path: `${ROOT}/${id}/responses`, params: { id }, json, ...token(user) }),
  run: (user: Person | null, id: string, json: unknown): Promise<Reply> =>
    call(postRun, { method: "POST", path: `${ROOT}/${id}/run`, params: { id }, json, ...token(user) }),
  hint: (user: Person | null, id: string, json: unknown): Promise<Reply> =>
    call(postHint, { method: "POST", path: `${ROOT}/${id}/hints`, params: { id }, json, ...token(user) }),
  beat: (user: Person | null, id: string, json?: unknown): Promise<Reply> =>
    call(postHeartbeat, { method: "POST", path: `${ROOT}/${id}/heartbeat`, params: { id }, json, ...token(user) }),
  end: (user: Person | null, id: string): Promise<Reply> =>
    call(postEnd, { method: "POST", path: `${ROOT}/${id}/end`, params: { id }, ...token(user) }),
  appeal: (user: Person | null, id: string, responseId: string, json: unknown): Promise<Reply> =>
    call(postAppeal, {
      method: "POST",
      path: `${ROOT}/${id}/responses/${responseId}/appeal`,
      params: { id, responseId },
      json,
      ...token(user),
    }),
};

export const started = ({ status, body }: Reply): StartedSession => read(201, status, startedSessionSchema.parse, body);
export const resumed = ({ status, body }: Reply): ResumedSession => read(200, status, resumedSessionSchema.parse, body);
export const responded = ({ status, body }: Reply): Responded => read(200, status, respondedSchema.parse, body);
export const hinted = ({ status, body }: Reply): Hint => read(200, status, hintSchema.parse, body);

function read<T>(wanted: number, status: number, parse: (value: unknown) => T, body: unknown): T {
  if (status !== wanted) throw new Error(`answered ${status}: ${JSON.stringify(body)}`);
  return parse(body);
}

/** Puts a task that asks for code before a session, as the engine might have. */
export async function codeTask(sql: Sql, user: Person, id: string): Promise<string> {
  const { content } = resumed(await sessions.read(user, id));
  const task = readContent()
    .flatMap(({ concepts }) => concepts)
    .find(({ slug }) => slug === content?.concept.slug)
    ?.exercises.find(({ kind }) => kind === "fix" || kind === "write");
  if (!task) throw new Error("this lesson has no task with code");
  await sql`
    update public.learning_sessions set pending = pending || ${sql.json({ activityId: task.uuid })}
    where id = ${id}`;
  return task.uuid;
}
