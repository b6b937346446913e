import { z } from "zod";
import { CallFailed, type Caller } from "./call.ts";
import { retryAfterMs } from "./durations.ts";
import {
  asRunError,
  DISCOVERY_STEP,
  operationSchema,
  type EventPayload,
  type ExecutionRequest,
  type MemoisedStep,
  type Operation,
  type RunError,
} from "./protocol.ts";
import type { RegisteredFunction } from "./registration.ts";
import type { Sql } from "./database.ts";
import { canonicalJson, sign, verifySignature, type Json } from "./signing.ts";

/** A claimed job: this process, and only it, makes the request. */
export interface LeasedJob {
  readonly id: string;
  readonly runId: string;
  /** The planned step to run, or '' to ask what is next. */
  readonly stepId: string;
  readonly functionId: string;
  readonly buckets: readonly string[];
  readonly attempt: number;
  readonly lease: string;
}

/** What came of a request. */
export type Outcome =
  | {
      readonly kind: "operations";
      readonly operations: readonly Operation[];
      readonly retryAfterMs: number | null;
      readonly eager: boolean;
    }
  | { readonly kind: "returned"; readonly data: Json }
  | {
      readonly kind: "threw";
      readonly error: RunError;
      readonly retriable: boolean;
      readonly retryAfterMs: number | null;
    }
  /** Nobody was there: the function's code never began, so the attempt does not count. */
  | { readonly kind: "absent"; readonly message: string };

/** Above this many characters of events and steps the SDK fetches them from /v0/runs instead. */
const LARGEST_REQUEST = 4 * 1024 * 1024;

interface RunState {
  readonly events: EventPayload[] | null;
  readonly steps: { id: string; status: "completed" | "failed"; data: Json; error: RunError | null }[] | null;
  readonly open: boolean;
}

/** Steps as the SDK reads them, in the order in which they ended. */
export function memoise(steps: RunState["steps"]): Record<string, MemoisedStep> {
  return Object.fromEntries(
    (steps ?? []).map((step): [string, MemoisedStep] => [
      step.id,
      step.status === "failed"
        ? { type: "error", error: step.error ?? { name: "Error", message: "The step failed." } }
        : { type: "data", data: step.data },
    ]),
  );
}

/** Reads what a request about a run has to carry. @returns undefined when the run is gone */
export async function readRunState(sql: Sql, runId: string): Promise<RunState | undefined> {
  const [state] = await sql<RunState[]>`
    select
      (select json_agg(e.payload order by u.at) from unnest(r.event_ids) with ordinality u (id, at) join events e on e.id = u.id) as events,
      (select json_agg(json_build_object('id', s.id, 'status', s.status, 'data', s.data, 'error', s.error) order by s.completion)
         from steps s where s.run_id = r.id and s.status in ('completed', 'failed')) as steps,
      (exists (select 1 from steps s where s.run_id = r.id and s.status = 'pending')
        or exists (select 1 from jobs j where j.run_id = r.id and j.step_id <> '')) as open
    from runs r where r.id = ${runId}`;
  return state;
}

/** The request for a job, exactly as the SDK's types expect it. */
function buildRequest(job: LeasedJob, fn: RegisteredFunction, state: RunState): ExecutionRequest | null {
  const events = state.events ?? [];
  const event = events[0];
  if (!event) return null;
  const steps = memoise(state.steps);
  const stack = (state.steps ?? []).map((step) => step.id);
  const ctx = {
    run_id: job.runId,
    fn_id: job.functionId,
    attempt: job.attempt,
    max_attempts: fn.maxAttempts,
    disable_immediate_execution: job.stepId === "" && state.open,
    qi_id: job.lease,
    stack: { stack, current: Math.max(0, stack.length - 1) },
  };
  const whole: ExecutionRequest = { version: 2, event, events, steps, ctx: { ...ctx, use_api: false } };
  if (JSON.stringify({ events, steps }).length <= LARGEST_REQUEST) return whole;
  return { ...whole, events: [], steps: {}, ctx: { ...ctx, use_api: true } };
}

/**
 * Makes a job's request and says what came of it. Never throws for what an app does.
 * @throws Error from PostgreSQL alone, before anything was sent
 */
export async function dispatch(
  context: { readonly sql: Sql; readonly caller: Caller; readonly signingKey: string; readonly signal: AbortSignal },
  job: LeasedJob,
  fn: RegisteredFunction | undefined,
): Promise<Outcome> {
  const { sql, caller, signingKey, signal } = context;
  if (!fn) {
    const error = {
      name: "FunctionGone",
      message: `The function "${job.functionId}" is no longer registered, so its run cannot go on. Serve it again, then replay the run.`,
    };
    return { kind: "threw", error, retriable: false, retryAfterMs: null };
  }
  const state = await readRunState(sql, job.runId);
  const request = state && buildRequest(job, fn, state);
  if (!request) {
    return {
      kind: "threw",
      error: { name: "EventGone", message: "The event that started this run has been pruned." },
      retriable: false,
      retryAfterMs: null,
    };
  }
  const url = new URL(fn.url);
  url.searchParams.set("fnId", fn.id);
  url.searchParams.set("stepId", job.stepId === "" ? DISCOVERY_STEP : job.stepId);
  const body = canonicalJson(request);
  const headers = {
    "x-inngest-signature": sign(body, signingKey),
    "x-run-id": job.runId,
    "x-inngest-job-id": job.lease,
    "x-inngest-server-kind": "cloud",
    ...traceHeaders(request.event),
  };
  try {
    const answer = await caller.send("POST", url.href, headers, body, { signal });
    return readAnswer(answer, fn, signingKey);
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error;
    if (!error.began || signal.aborted) return { kind: "absent", message: error.message };
    const message = `${error.message} The app may have stopped while it worked; whatever it had not reported happens again.`;
    return { kind: "threw", error: { name: "AppUnreachable", message }, retriable: true, retryAfterMs: null };
  }
}

/** An event may carry a W3C trace context in its payload; the SDK hands headers on to what the function sends. */
function traceHeaders(event: EventPayload): Record<string, string> {
  const parent = event["traceparent"] ?? event.data["traceparent"];
  return typeof parent === "string" && /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/.test(parent)
    ? { traceparent: parent }
    : {};
}

/** What an app's answer to a run's request says. */
export function readAnswer(
  answer: { status: number; headers: Readonly<Record<string, string | undefined>>; body: string },
  fn: RegisteredFunction,
  signingKey: string,
): Outcome {
  const wait = retryAfterMs(answer.headers["retry-after"], new Date());
  const retriable = answer.headers["x-inngest-no-retry"] !== "true";
  if (answer.status === 401) {
    const error = {
      name: "SignatureRefused",
      message: `${fn.url} refused our signature (401). The app's INNGEST_SIGNING_KEY and the executor's differ.`,
    };
    return { kind: "threw", error, retriable: true, retryAfterMs: wait };
  }
  if (answer.headers["x-inngest-sdk"] === undefined) {
    // A proxy, or a framework still starting, answered in the app's place.
    if (answer.status >= 502 && answer.status <= 504)
      return { kind: "absent", message: `${fn.url} answered ${answer.status}.` };
    const error = {
      name: "NotInngest",
      message: `${fn.url} answered ${answer.status}, but not as an Inngest serve endpoint: ${answer.body.slice(0, 200)}`,
    };
    return { kind: "threw", error, retriable: true, retryAfterMs: wait };
  }
  const answered = answer.status === 200 || answer.status === 206;
  if (answered && !verifySignature(answer.headers["x-inngest-signature"], answer.body, signingKey)) {
    const error = {
      name: "AnswerNotSigned",
      message: `${fn.url} answered ${answer.status} without a valid signature, so the answer was not believed.`,
    };
    return { kind: "threw", error, retriable: true, retryAfterMs: wait };
  }
  const body = parseJson(answer.body);
  if (body === undefined) {
    return {
      kind: "threw",
      error: { name: "Error", message: `${fn.url} answered ${answer.status} with something that is no JSON.` },
      retriable,
      retryAfterMs: wait,
    };
  }
  if (answer.status === 200) return { kind: "returned", data: body };
  if (answer.status === 206) {
    const operations = z.array(operationSchema).safeParse(Array.isArray(body) ? body : [body]);
    if (operations.success) {
      return {
        kind: "operations",
        operations: operations.data,
        retryAfterMs: wait,
        eager: answer.headers["x-inngest-req-version"] === "1",
      };
    }
    return {
      kind: "threw",
      error: { name: "Error", message: `The SDK's operations cannot be read: ${operations.error.message}` },
      retriable,
      retryAfterMs: wait,
    };
  }
  return {
    kind: "threw",
    error: asRunError(body, `${fn.url} answered ${answer.status}.`),
    retriable,
    retryAfterMs: wait,
  };
}

function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
