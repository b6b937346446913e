import type { z } from "zod";
import { AppError, type FieldIssue } from "@/lib/kernel/errors";
import { authorise, type Caller } from "@/lib/access/authorise";
import { serveRequest, type RequestContext } from "@/lib/platform/telemetry/serve-request";
import { requireSameOrigin } from "./same-origin";
import type { Operation } from "./operation";
import { problemResponse } from "./problem";
import { DEFAULT_MAX_BODY_BYTES, readJson } from "./read-body";

interface HandlerInput<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> {
  readonly request: Request;
  readonly params: z.output<P>;
  readonly query: z.output<Q>;
  readonly body: z.output<B>;
  readonly caller: Caller;
  readonly context: RequestContext;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  /** Instead of `body`: an answer that is no JSON, such as an image; its type stands in `Content-Type` of `headers`. */
  readonly text?: string;
  /** Instead of `body`: an answer that comes bit by bit; its type stands in `Content-Type` of `headers`. */
  readonly stream?: ReadableStream<Uint8Array>;
  /** Instead of a body: something to keep. */
  readonly file?: { readonly content: Buffer | string; readonly type: string; readonly name: string };
  readonly headers?: Readonly<Record<string, string>>;
}

type RouteHandler = (request: Request, route: { params: Promise<unknown> }) => Promise<Response>;

/**
 * Makes a Next route handler of an operation and a verb: trace → who calls → same origin → parse →
 * verb → serialise. Every answer carries `x-request-id` and `traceparent`, every failure is problem+json.
 */
export function handle<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType>(
  operation: Operation<P, Q, B>,
  verb: (input: HandlerInput<P, Q, B>) => Promise<Answer>,
): RouteHandler {
  return (request, route) =>
    serveRequest(request, operation.path, (context) =>
      answer(operation, verb, request, route, context).catch((error: unknown) =>
        problemResponse(error, { requestId: context.requestId, traceId: context.trace.traceId }, operation.path),
      ),
    );
}

async function answer<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType>(
  operation: Operation<P, Q, B>,
  verb: (input: HandlerInput<P, Q, B>) => Promise<Answer>,
  request: Request,
  route: { params: Promise<unknown> },
  context: RequestContext,
): Promise<Response> {
  const caller = await authorise(request, operation.access);
  if (operation.method !== "GET" && caller.via !== "bearer") requireSameOrigin(request, caller.via === "cookie");
  const params = operation.params ? parse(operation.params, await route.params, "not_found") : undefined;
  const query = operation.query
    ? parse(operation.query, Object.fromEntries(new URL(request.url).searchParams), "invalid_request")
    : undefined;
  const body = operation.body
    ? parse(
        operation.body,
        await readBody(operation.body, request, operation.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES),
        "invalid_request",
      )
    : undefined;
  const result = await verb({
    request,
    params: params as z.output<P>,
    query: query as z.output<Q>,
    body: body as z.output<B>,
    caller,
    context,
  });
  const headers = new Headers({ "Cache-Control": "no-store", ...result.headers });
  if (result.stream) return new Response(result.stream, { status: result.status, headers });
  if (result.text !== undefined) return new Response(result.text, { status: result.status, headers });
  if (result.file) {
    headers.set("Content-Type", result.file.type);
    headers.set("Content-Disposition", `attachment; filename="${result.file.name}"`);
    const { content } = result.file;
    return new Response(typeof content === "string" ? content : new Uint8Array(content), {
      status: result.status,
      headers,
    });
  }
  if (result.body === undefined) return new Response(null, { status: result.status, headers });
  return Response.json(result.body, { status: result.status, headers });
}

/** A call whose schema has a default may come without a body, and then without a Content-Type. */
async function readBody(schema: z.ZodType, request: Request, maxBytes: number): Promise<unknown> {
  const { headers } = request;
  const empty =
    ["content-type", "transfer-encoding"].every((name) => headers.get(name) === null) &&
    Number(headers.get("content-length") ?? 0) === 0;
  if (empty && schema.safeParse(undefined).success) return undefined;
  return readJson(request, maxBytes);
}

/**
 * Shape errors (type, missing, unknown) are 400; a schema marks a broken rule (range, weak password)
 * with `params: { code }` on a custom issue, and the whole answer is then 422 when nothing is unreadable.
 */
function parse<T extends z.ZodType>(schema: T, value: unknown, shape: "invalid_request" | "not_found"): z.output<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  if (shape === "not_found") throw new AppError("not_found", "There is nothing here.");
  const issues = parsed.error.issues;
  const unreadable = issues.filter((issue) => !isRule(issue));
  const relevant = unreadable.length > 0 ? unreadable : issues;
  const fields: FieldIssue[] = relevant.flatMap((issue) =>
    issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => ({ path: [...issue.path, key].join("."), message: "This field is not known." }))
      : [{ path: issue.path.join("."), message: issue.message }],
  );
  if (unreadable.length > 0)
    throw new AppError("invalid_request", "Some of what was sent cannot be read.", { issues: fields });
  const weak = issues.some((issue) => issue.code === "custom" && issue.params?.["code"] === "weak_password");
  throw new AppError(weak ? "weak_password" : "rule_broken", "Some of what was sent breaks a rule.", {
    issues: fields,
  });
}

function isRule(issue: z.core.$ZodIssue): boolean {
  return (
    issue.code === "too_small" ||
    issue.code === "too_big" ||
    issue.code === "custom" ||
    issue.code === "not_multiple_of"
  );
}
