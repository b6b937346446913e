import { Validator } from "@seriousme/openapi-schema-validator";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { AppError } from "@/lib/kernel/errors";
import { openApiDocument, problemSchema } from "./openapi";
import { defineOperation } from "./operation";
import { problemResponse } from "./problem";

const start = defineOperation({
  id: "startThing",
  method: "POST",
  path: "/api/v1/things/{id}",
  summary: "Start a thing",
  tag: "Things",
  access: "user",
  params: z.object({ id: z.uuid() }),
  body: z.strictObject({ name: z.string().min(1), count: z.int().default(1) }),
  responses: { 202: { description: "Started", schema: z.object({ id: z.uuid(), at: z.iso.datetime() }) } },
  errors: ["rate_limited", "rule_broken"],
});
const list = defineOperation({
  id: "listThings",
  method: "GET",
  path: "/api/v1/things",
  summary: "List things",
  tag: "Things",
  access: "public",
  query: z.object({ limit: z.coerce.number().int().max(100).optional() }),
  responses: { 200: { description: "Things", schema: z.object({ items: z.array(z.string()) }) } },
  errors: [],
});

const make = (...operations: Parameters<typeof openApiDocument>[0]) =>
  openApiDocument(operations, { version: "1.0.0", server: "/" });

describe("openApiDocument", () => {
  test("is valid OpenAPI 3.1", async () => {
    const answer = await new Validator().validate(
      structuredClone(make(start, list)) as unknown as Record<string, unknown>,
    );
    expect(answer).toEqual({ valid: true });
  });

  test("describes parameters, body, answers and each error by status", () => {
    const operation = make(start).paths?.["/api/v1/things/{id}"]?.post;
    expect(operation?.parameters).toMatchObject([{ in: "path", name: "id", required: true }]);
    expect(operation?.requestBody).toMatchObject({
      required: true,
      content: { "application/json": { schema: { required: ["name"], additionalProperties: false } } },
    });
    expect(Object.keys(operation?.responses ?? {})).toEqual([
      "202",
      "400",
      "401",
      "403",
      "404",
      "413",
      "415",
      "422",
      "429",
      "500",
    ]);
    expect(operation?.responses?.["429"]).toMatchObject({
      description: "`rate_limited`",
      headers: { "Retry-After": {} },
      content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
    });
    expect(operation?.security).toEqual([{ bearer: [] }, { session: [] }]);
  });

  test("a public call without a body can be answered with neither 401 nor 415", () => {
    const operation = make(list).paths?.["/api/v1/things"]?.get;
    expect(Object.keys(operation?.responses ?? {})).toEqual(["200", "400", "500"]);
    expect(operation?.security).toEqual([{}]);
  });

  test("refuses two operations with one name or one place", () => {
    expect(() => make(list, { ...start, id: "listThings" })).toThrow("Two operations are called listThings");
    expect(() => make(list, { ...list, id: "again" })).toThrow("Two operations describe GET /api/v1/things");
  });

  test("describes the problems that are really written", async () => {
    const error = new AppError("rule_broken", "The name is taken.", { issues: [{ path: "name", message: "Taken." }] });
    const response = problemResponse(error, { requestId: "request-1", traceId: "0".repeat(32) });
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    const problem = problemSchema.strict().parse(await response.json());
    expect(problem).toMatchObject({ status: 422, code: "rule_broken", errors: [{ path: "name", message: "Taken." }] });
  });
});
