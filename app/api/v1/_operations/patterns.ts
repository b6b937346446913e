import { z } from "zod";
import { defineOperation } from "@/app/_http/operation";
import {
  believedSchema,
  correctionSchema,
  matchSchema,
  noteSchema,
  patternPageSchema,
  patternQuerySchema,
  taskPatternsSchema,
  taskQuerySchema,
} from "@/lib/learning/patterns/schemas";

const TAG = "Learning";
const params = z.strictObject({ id: z.uuid() });

export const listPatternsOperation = defineOperation({
  id: "listPatterns",
  method: "GET",
  path: "/api/v1/patterns",
  summary: "What is believed of the caller's patterns and where each was seen, the most often seen first",
  tag: TAG,
  access: "user",
  query: patternQuerySchema,
  responses: { 200: { description: "A page of patterns", schema: patternPageSchema } },
  errors: ["invalid_request", "unauthenticated", "session_ended", "rule_broken", "database_unavailable"],
});

export const readPatternOperation = defineOperation({
  id: "readPattern",
  method: "GET",
  path: "/api/v1/patterns/{id}",
  summary: "One of the caller's patterns with where it was seen",
  tag: TAG,
  access: "user",
  params,
  responses: { 200: { description: "The pattern", schema: believedSchema } },
  errors: ["unauthenticated", "session_ended", "not_found", "database_unavailable"],
});

export const correctPatternOperation = defineOperation({
  id: "correctPattern",
  method: "PATCH",
  path: "/api/v1/patterns/{id}",
  summary: "The caller's own word on a pattern; null takes it back. It stands above what is seen later",
  tag: TAG,
  access: "user",
  params,
  body: z.strictObject({
    correction: correctionSchema.nullable(),
    note: noteSchema.optional().describe("Why; for the caller alone."),
  }),
  responses: {
    200: {
      description: "The pattern as it is believed now, or null when nothing is left of it",
      schema: z.strictObject({ pattern: believedSchema.nullable() }),
    },
  },
  errors: [
    "invalid_request",
    "unauthenticated",
    "session_ended",
    "not_found",
    "rule_broken",
    "rate_limited",
    "database_unavailable",
  ],
});

export const forgetPatternOperation = defineOperation({
  id: "forgetPattern",
  method: "DELETE",
  path: "/api/v1/patterns/{id}",
  summary: "Delete a pattern with all that was seen of it; the same commit does not bring it back",
  tag: TAG,
  access: "user",
  params,
  responses: { 204: { description: "It is gone", schema: null } },
  errors: ["unauthenticated", "session_ended", "not_found", "rate_limited", "database_unavailable"],
});

export const matchPatternsOperation = defineOperation({
  id: "matchPatterns",
  method: "GET",
  path: "/api/v1/analyses/{id}/familiar-patterns",
  summary: "The caller's patterns that have a structure in common with an analysis of theirs, the nearest first",
  tag: TAG,
  access: "user",
  params,
  responses: { 200: { description: "The patterns", schema: z.strictObject({ items: z.array(matchSchema) }) } },
  errors: ["unauthenticated", "session_ended", "not_found", "database_unavailable"],
});

export const tasksByPatternsOperation = defineOperation({
  id: "listTasksByPatterns",
  method: "GET",
  path: "/api/v1/patterns/exercises",
  summary:
    "Exercises whose exemplar (or shown code) uses idioms of the catalogue, with those that the caller has and lacks; those first that the caller's memory draws them to",
  tag: TAG,
  access: "user",
  query: taskQuerySchema,
  responses: { 200: { description: "The exercises", schema: z.strictObject({ items: z.array(taskPatternsSchema) }) } },
  errors: ["invalid_request", "unauthenticated", "session_ended", "rule_broken", "database_unavailable"],
});
