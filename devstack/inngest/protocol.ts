import { z } from "zod";
import type { Json } from "./signing.ts";

/** Shapes that cross the wire between the SDK (inngest 4) and this executor. */

const json: z.ZodType<Json> = z.json();

/** An event as `inngest.send()` posts it. Unknown members (`meta`) are handed on untouched. */
export const incomingEventSchema = z.looseObject({
  id: z.string().min(1).max(512).optional(),
  name: z.string().min(1).max(256),
  data: z.record(z.string(), json).nullish(),
  user: z.record(z.string(), json).nullish(),
  ts: z.number().int().nonnegative().optional(),
  v: z.string().nullish(),
});
export type IncomingEvent = z.output<typeof incomingEventSchema>;

/** An event as a function receives it. */
export interface EventPayload {
  readonly id: string;
  readonly name: string;
  readonly data: Readonly<Record<string, Json>>;
  readonly ts: number;
  readonly [extra: string]: unknown;
}

const concurrencySchema = z.object({
  limit: z.number().int().nonnegative(),
  key: z.string().optional(),
  scope: z.enum(["fn", "env", "account"]).optional(),
});

/** One function's configuration in a sync; what is loose here is judged in registration.ts. */
export const functionConfigSchema = z.looseObject({
  id: z.string().min(1),
  name: z.string().optional(),
  triggers: z.array(
    z.looseObject({ event: z.string().optional(), expression: z.string().nullish(), cron: z.string().optional() }),
  ),
  steps: z.record(
    z.string(),
    z.looseObject({
      runtime: z.looseObject({ type: z.string(), url: z.string() }),
      retries: z.object({ attempts: z.number().int().nonnegative().optional() }).nullish(),
    }),
  ),
  cancel: z.array(z.object({ event: z.string(), if: z.string().optional(), timeout: z.string().optional() })).nullish(),
  concurrency: z.union([z.number().int().nonnegative(), concurrencySchema, z.array(concurrencySchema)]).nullish(),
  batchEvents: z
    .object({
      maxSize: z.number().int().positive(),
      timeout: z.string(),
      key: z.string().optional(),
      if: z.string().optional(),
    })
    .nullish(),
  idempotency: z.string().nullish(),
});
export type FunctionConfig = z.output<typeof functionConfigSchema>;

/** Body of `POST /fn/register`, and of the answer to an in-band sync, as far as both agree. */
export const registrationSchema = z.looseObject({
  url: z.string(),
  appName: z.string().optional(),
  app_id: z.string().optional(),
  framework: z.string().nullish(),
  sdk: z.string().nullish(),
  functions: z.array(functionConfigSchema),
});
export type Registration = z.output<typeof registrationSchema>;

/** An error as the SDK serialises it. */
export interface RunError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string | undefined;
  readonly cause?: unknown;
}

/** What the SDK asks for or reports in a 206 or a checkpoint. */
export const operationSchema = z.looseObject({
  op: z.string(),
  id: z.string().min(1),
  name: z.string().nullish(),
  displayName: z.string().nullish(),
  opts: z.record(z.string(), z.unknown()).nullish(),
  data: z.unknown().optional(),
  error: z.unknown().optional(),
});
export type Operation = z.output<typeof operationSchema>;

export const invokeOptionsSchema = z.looseObject({
  function_id: z.string().min(1),
  payload: z.looseObject({ data: z.record(z.string(), json).nullish(), v: z.string().nullish() }).nullish(),
  timeout: z.string().nullish(),
});

export const waitOptionsSchema = z.looseObject({ timeout: z.string(), if: z.string().nullish() });

export const checkpointSchema = z.looseObject({
  run_id: z.string(),
  qi_id: z.string(),
  steps: z.array(operationSchema),
});

/** One memoised step in a request: exactly one of the two. */
export type MemoisedStep =
  | { readonly type: "data"; readonly data: Json }
  | { readonly type: "error"; readonly error: RunError };

/** Body of the request that runs a function. */
export interface ExecutionRequest {
  readonly version: 2;
  readonly event: EventPayload;
  readonly events: readonly EventPayload[];
  readonly steps: Readonly<Record<string, MemoisedStep>>;
  readonly ctx: {
    readonly run_id: string;
    readonly fn_id: string;
    readonly attempt: number;
    readonly max_attempts: number;
    /** True while other steps of the run are unresolved, so that no step runs in two requests. */
    readonly disable_immediate_execution: boolean;
    /** True when events and steps are too large for a request: the SDK then fetches them. */
    readonly use_api: boolean;
    /** This dispatch; a checkpoint that names another one is stale. */
    readonly qi_id: string;
    readonly stack: { readonly stack: readonly string[]; readonly current: number };
  };
}

/** Query value of `stepId` (and key of `steps` in a config) that means "find out what is next". */
export const DISCOVERY_STEP = "step";

export const INTERNAL_EVENTS = {
  failed: "inngest/function.failed",
  finished: "inngest/function.finished",
  cancelled: "inngest/function.cancelled",
  invoked: "inngest/function.invoked",
  timer: "inngest/scheduled.timer",
} as const;

/** Reads whatever an SDK or a broken app sent as an error. */
export function asRunError(value: unknown, fallback: string): RunError {
  if (typeof value === "string" && value !== "") return { name: "Error", message: value };
  if (value === null || typeof value !== "object") return { name: "Error", message: fallback };
  const text = (key: string): string | undefined => {
    const found: unknown = Reflect.get(value, key);
    return typeof found === "string" && found !== "" ? found : undefined;
  };
  const cause: unknown = Reflect.get(value, "cause");
  return {
    ...value,
    name: text("name") ?? "Error",
    message: text("message") ?? text("error") ?? fallback,
    ...(text("stack") === undefined ? {} : { stack: text("stack") }),
    ...(cause === undefined || cause === null ? {} : { cause }),
  };
}
