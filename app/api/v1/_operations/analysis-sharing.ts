import { z } from "zod";
import { defineOperation } from "@/app/_http/operation";
import { comparisonSchema } from "@/lib/analysis/comparison/schemas";
import { newLinkSchema, openLinkSchema, sharedAnalysisSchema } from "@/lib/analysis/sharing/schemas";

const TAG = "Analyses";
const idParams = z.strictObject({ id: z.uuid() });

export const compareAnalysisOperation = defineOperation({
  id: "compareAnalysis",
  method: "GET",
  path: "/api/v1/analyses/{id}/comparison",
  summary: "What changed since the caller's analysis before this one of the same repository and branch",
  tag: TAG,
  access: "user",
  params: idParams,
  responses: {
    200: {
      description: "The changes, or null when there is nothing to compare with",
      schema: z.strictObject({ comparison: comparisonSchema.nullable() }),
    },
  },
  errors: ["unauthenticated", "not_found", "database_unavailable"],
});

export const readShareOperation = defineOperation({
  id: "readAnalysisShare",
  method: "GET",
  path: "/api/v1/analyses/{id}/share",
  summary: "Whether the caller's share link to an analysis is open; never its token",
  tag: TAG,
  access: "user",
  params: idParams,
  responses: { 200: { description: "The link or null", schema: z.strictObject({ link: openLinkSchema.nullable() }) } },
  errors: ["unauthenticated", "not_found", "database_unavailable"],
});

export const shareAnalysisOperation = defineOperation({
  id: "shareAnalysis",
  method: "POST",
  path: "/api/v1/analyses/{id}/share",
  summary: "Open a share link to a finished analysis; the caller's link before it is closed",
  tag: TAG,
  access: "user",
  params: idParams,
  body: z
    .strictObject({
      confirmPrivate: z
        .boolean()
        .optional()
        .describe("Needed for a private repository: its figures may be seen by anybody with the link."),
    })
    .default({}),
  responses: { 201: { description: "The link; its token is not told again", schema: newLinkSchema } },
  errors: [
    "invalid_request",
    "unauthenticated",
    "not_found",
    "conflict",
    "rule_broken",
    "rate_limited",
    "database_unavailable",
  ],
});

export const revokeShareOperation = defineOperation({
  id: "revokeAnalysisShare",
  method: "DELETE",
  path: "/api/v1/analyses/{id}/share",
  summary: "Close the caller's share link to an analysis, at once",
  tag: TAG,
  access: "user",
  params: idParams,
  responses: { 204: { description: "It is closed, or there was none", schema: null } },
  errors: ["unauthenticated", "database_unavailable"],
});

export const readSharedAnalysisOperation = defineOperation({
  id: "readSharedAnalysis",
  method: "GET",
  path: "/api/v1/shared-analyses/{token}",
  summary: "What a share link leads to; without anything about security, and without places in a private repository",
  tag: TAG,
  access: "public",
  params: z.strictObject({ token: z.string().max(100) }),
  responses: { 200: { description: "The public view of the analysis", schema: sharedAnalysisSchema } },
  errors: ["not_found", "rate_limited", "database_unavailable"],
});

export const readBadgeOperation = defineOperation({
  id: "readBadge",
  method: "GET",
  path: "/api/v1/badges/{host}/{owner}/{name}",
  summary: "The badge of a public repository, an SVG; 404 (an SVG too) while nobody shares an analysis of it",
  tag: TAG,
  access: "public",
  params: z.strictObject({
    host: z.string().max(200),
    owner: z.string().max(600).describe("With groups, percent-encoded as one segment."),
    name: z.string().max(100).describe("With or without `.svg` behind it."),
  }),
  responses: { 200: { description: "The badge", schema: null, file: "image/svg+xml" } },
  errors: ["not_found", "rate_limited", "database_unavailable"],
});

export const exportAnalysisOperation = defineOperation({
  id: "exportAnalysis",
  method: "GET",
  path: "/api/v1/analyses/{id}/export",
  summary: "The whole analysis as a file: this product's JSON, or its findings as SARIF 2.1.0",
  tag: TAG,
  access: "user",
  params: idParams,
  query: z.strictObject({ format: z.enum(["json", "sarif"]).default("json") }),
  responses: {
    200: {
      description: "The file; as SARIF its type is application/sarif+json",
      schema: z.looseObject({}),
    },
  },
  errors: ["invalid_request", "unauthenticated", "not_found", "conflict", "database_unavailable"],
});
