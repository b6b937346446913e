import { z } from "zod";
import { defineOperation } from "@/app/_http/operation";
import {
  analysisResultSchema,
  analysisSchema,
  analysisSummarySchema,
  ownRepositoriesSchema,
} from "@/lib/analysis/schemas";

const TAG = "Analyses";
const idParams = z.strictObject({ id: z.uuid() });

export const startAnalysisOperation = defineOperation({
  id: "startAnalysis",
  method: "POST",
  path: "/api/v1/analyses",
  summary: "Analyse a repository, join the analysis that runs, or get the known result",
  tag: TAG,
  access: "user",
  body: z.strictObject({
    repoUrl: z.string().describe("Address of the repository's page, such as https://github.com/owner/name."),
    ref: z.string().optional().describe("Branch or tag; the default branch when absent."),
    fresh: z
      .boolean()
      .optional()
      .describe("Analyse again although a result of the same commit or of the last 24 hours is known."),
  }),
  responses: {
    200: {
      description: "The same commit, or the same repository within 24 hours, is known",
      schema: analysisResultSchema.extend({ analysisId: z.uuid(), fromCache: z.literal(true) }),
    },
    202: {
      description: "It is queued, or (joined) runs already; Location says where to look",
      schema: z.strictObject({
        analysisId: z.uuid(),
        status: z.enum(["queued", "running"]),
        estimatedSeconds: z.number().int(),
        joined: z.literal(true).optional(),
      }),
    },
  },
  errors: [
    "invalid_request",
    "repository_url_invalid",
    "unauthenticated",
    "host_not_allowed",
    "repository_not_accessible",
    "rule_broken",
    "rate_limited",
    "provider_unavailable",
    "database_unavailable",
  ],
});

export const listAnalysesOperation = defineOperation({
  id: "listAnalyses",
  method: "GET",
  path: "/api/v1/analyses",
  summary: "The caller's analyses, newest first",
  tag: TAG,
  access: "user",
  query: z.strictObject({
    cursor: z.string().max(200).optional().describe("`nextCursor` of the page before."),
    limit: z.coerce.number().int().min(1).max(100).default(20),
    repository: z.string().max(2000).optional().describe("Only those of the repository with this `url`."),
  }),
  responses: {
    200: {
      description: "One page",
      schema: z.strictObject({ items: z.array(analysisSummarySchema), nextCursor: z.string().nullable() }),
    },
  },
  errors: ["invalid_request", "unauthenticated", "database_unavailable"],
});

export const readAnalysisOperation = defineOperation({
  id: "readAnalysis",
  method: "GET",
  path: "/api/v1/analyses/{id}",
  summary: "How far an analysis is, what was found so far, and the result",
  tag: TAG,
  access: "user",
  params: idParams,
  responses: { 200: { description: "The analysis", schema: analysisSchema } },
  errors: ["unauthenticated", "not_found", "database_unavailable"],
});

export const cancelAnalysisOperation = defineOperation({
  id: "cancelAnalysis",
  method: "POST",
  path: "/api/v1/analyses/{id}/cancel",
  summary: "Cancel an analysis; while others wait for it too, only leave it",
  tag: TAG,
  access: "user",
  params: idParams,
  responses: {
    200: {
      description: "canceled, or left to the others",
      schema: z.strictObject({ analysisId: z.uuid(), outcome: z.enum(["canceled", "left"]) }),
    },
  },
  errors: ["unauthenticated", "not_found", "conflict", "database_unavailable"],
});

export const listRepositoriesOperation = defineOperation({
  id: "listRepositories",
  method: "GET",
  path: "/api/v1/repositories",
  summary: "The caller's own repositories at GitHub, newest work first",
  tag: TAG,
  access: "user",
  query: z.strictObject({
    q: z.string().max(200).default("").describe("Words that owner, name or description must contain."),
  }),
  responses: { 200: { description: "The repositories", schema: ownRepositoriesSchema } },
  errors: [
    "invalid_request",
    "unauthenticated",
    "consent_required",
    "rate_limited",
    "provider_unavailable",
    "database_unavailable",
  ],
});
