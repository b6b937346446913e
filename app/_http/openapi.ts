import { z } from "zod";
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiResponseObject } from "zod-openapi";
import { ERROR_STATUS, type ErrorCode } from "@/lib/kernel/errors";
import type { Method, Operation } from "./operation";

/** What app/_http/problem.ts writes (RFC 9457). Operations may add members of their own. */
export const problemSchema = z
  .looseObject({
    type: z.url().meta({ description: "Names the kind of problem." }),
    title: z.string().meta({ description: "The same for each problem of this status." }),
    status: z.int().min(400).max(599),
    code: z
      .enum(Object.keys(ERROR_STATUS) as [ErrorCode, ...ErrorCode[]])
      .meta({ description: "Stable; decide by this." }),
    detail: z.string().meta({ description: "For people: what happened, what it means, what to do." }),
    requestId: z.string(),
    traceId: z.string(),
    errors: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .meta({ description: "One entry for each field at fault; `path` as in `donor.email`." }),
  })
  .meta({ id: "Problem", description: "An error, as application/problem+json (RFC 9457)." });

/** On every answer, good or bad. */
const traceHeaders = z.object({
  "x-request-id": z.string().meta({ description: "The caller's own, when it sent one; else ours." }),
  traceparent: z.string().meta({ description: "W3C trace context; one sent in is continued." }),
});

const retryHeaders = traceHeaders.extend({
  "Retry-After": z.string().optional().meta({ description: "Seconds after which a retry makes sense." }),
});

/**
 * The OpenAPI 3.1 document of the given operations.
 * @param server origin at which they answer, or "/" for the one that serves the document
 * @throws Error when two operations share an id or a method and path, or one cannot be described.
 */
export function openApiDocument(operations: readonly Operation[], options: { version: string; server: string }) {
  const paths: Record<string, Partial<Record<Lowercase<Method>, ZodOpenApiOperationObject>>> = {};
  const ids = new Set<string>();
  for (const operation of operations) {
    const path = (paths[operation.path] ??= {});
    const method = operation.method.toLowerCase() as Lowercase<Method>;
    if (path[method]) throw new Error(`Two operations describe ${operation.method} ${operation.path}.`);
    if (ids.has(operation.id)) throw new Error(`Two operations are called ${operation.id}.`);
    ids.add(operation.id);
    path[method] = describe(operation);
  }
  return createDocument({
    openapi: "3.1.1",
    info: {
      title: "DevMentor API",
      version: options.version,
      description:
        "Learning from your own code, and giving that can be followed to the cent. Times are ISO 8601 in UTC, ids are UUIDs, money is an integer in minor units with an ISO 4217 currency.",
    },
    servers: [{ url: options.server }],
    tags: [...new Set(operations.map((operation) => operation.tag))].toSorted().map((name) => ({ name })),
    paths,
    components: {
      schemas: { Problem: problemSchema },
      securitySchemes: {
        bearer: {
          type: "http",
          scheme: "bearer",
          description: "The access token that register, login or refresh answered with.",
        },
        session: {
          type: "apiKey",
          in: "cookie",
          name: "sb-auth-token",
          description:
            "The browser's session cookies, set by signing in. Calls that change something also need a same-origin Origin.",
        },
      },
    },
  });
}

function describe(operation: Operation): ZodOpenApiOperationObject {
  const path = operation.params && asObject(operation, "params", operation.params);
  const query = operation.query && asObject(operation, "query", operation.query);
  return {
    operationId: operation.id,
    summary: operation.summary,
    tags: [operation.tag],
    security: operation.access === "public" ? [{}] : [{ bearer: [] }, { session: [] }],
    requestParams: { ...(path ? { path } : {}), ...(query ? { query } : {}) },
    ...(operation.body
      ? { requestBody: { required: true, content: { "application/json": { schema: operation.body } } } }
      : {}),
    responses: { ...successes(operation), ...failures(operation) },
  };
}

function asObject(operation: Operation, what: string, schema: z.ZodType): z.ZodObject {
  if (schema instanceof z.ZodObject) return schema;
  throw new Error(`${operation.id}: ${what} must be a z.object, so that each parameter has a name.`);
}

function successes(operation: Operation): Record<`${1 | 2 | 3}${string}`, ZodOpenApiResponseObject> {
  const entries = Object.entries(operation.responses).map(([status, { description, schema, file }]) => [
    status,
    {
      description,
      headers: traceHeaders,
      ...(schema ? { content: { "application/json": { schema } } } : {}),
      ...(file ? { content: { [file]: { schema: { type: "string", format: "binary" } } } } : {}),
    },
  ]);
  return Object.fromEntries(entries) as Record<`2${string}`, ZodOpenApiResponseObject>;
}

/** What the wrapper itself may answer comes on top of what the operation says. */
function failures(operation: Operation): Record<`${4 | 5}${string}`, ZodOpenApiResponseObject> {
  const codes = new Set<ErrorCode>([...operation.errors, "internal"]);
  if (operation.access !== "public") for (const code of ["unauthenticated", "session_ended"] as const) codes.add(code);
  if (operation.access === "campaign_admin" || operation.access === "operator") codes.add("forbidden");
  if (operation.method !== "GET") codes.add("origin_mismatch");
  if (operation.params) codes.add("not_found");
  if (operation.query) codes.add("invalid_request");
  if (operation.body) for (const code of BODY_ERRORS) codes.add(code);
  const byStatus = Map.groupBy(codes, (code) => ERROR_STATUS[code]);
  const entries = [...byStatus].map(([status, list]) => [
    String(status),
    {
      description: list.map((code) => `\`${code}\``).join(", "),
      headers: status === 429 || status === 503 ? retryHeaders : traceHeaders,
      content: { "application/problem+json": { schema: problemSchema } },
    },
  ]);
  return Object.fromEntries(entries) as Record<`4${string}`, ZodOpenApiResponseObject>;
}

const BODY_ERRORS = ["invalid_request", "unsupported_media_type", "payload_too_large"] as const;
