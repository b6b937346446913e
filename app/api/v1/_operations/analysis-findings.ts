import { z } from "zod";
import { defineOperation } from "@/app/_http/operation";
import {
  findingIdSchema,
  listedSuppressionSchema,
  suppressionReasonSchema,
  suppressionSchema,
} from "@/lib/analysis/suppression/schemas";
import { fileLanguagesSchema, listedFileSchema } from "@/lib/analysis/files/schemas";
import { notRewordedSchema, wordingSchema } from "@/lib/analysis/wording/schemas";
import { lookUpSchema } from "@/lib/analysis/vulnerabilities/schemas";

const TAG = "Analyses";
const idParams = z.strictObject({ id: z.uuid() });
const findingParams = z.strictObject({ id: z.uuid(), finding: findingIdSchema });

export const listSuppressionsOperation = defineOperation({
  id: "listSuppressions",
  method: "GET",
  path: "/api/v1/analyses/{id}/suppressions",
  summary: "What the caller marked as all right in this analysis's repository, newest first",
  tag: TAG,
  access: "user",
  params: idParams,
  responses: {
    200: {
      description: "The decisions; at most 1000",
      schema: z.strictObject({ items: z.array(listedSuppressionSchema) }),
    },
  },
  errors: ["unauthenticated", "not_found", "database_unavailable"],
});

export const suppressFindingOperation = defineOperation({
  id: "suppressFinding",
  method: "PUT",
  path: "/api/v1/analyses/{id}/findings/{finding}/suppression",
  summary:
    "Mark a finding as all right, with a reason, for the caller's analyses of the repository, this and later ones",
  tag: TAG,
  access: "user",
  params: findingParams,
  body: z.strictObject({ reason: suppressionReasonSchema }),
  responses: { 200: { description: "The decision; a second one replaces the first", schema: suppressionSchema } },
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

export const restoreFindingOperation = defineOperation({
  id: "restoreFinding",
  method: "DELETE",
  path: "/api/v1/analyses/{id}/findings/{finding}/suppression",
  summary: "Take the caller's decision about a finding back",
  tag: TAG,
  access: "user",
  params: findingParams,
  responses: { 204: { description: "It is taken back, or there was none", schema: null } },
  errors: ["unauthenticated", "not_found", "database_unavailable"],
});

export const readVulnerabilitiesOperation = defineOperation({
  id: "readVulnerabilities",
  method: "GET",
  path: "/api/v1/analyses/{id}/vulnerabilities",
  summary:
    "Known vulnerabilities of the packages that the lockfiles name: what was answered, or what asking would send",
  tag: TAG,
  access: "user",
  params: idParams,
  responses: { 200: { description: "How the look-up stands", schema: lookUpSchema } },
  errors: ["unauthenticated", "not_found", "database_unavailable"],
});

export const askVulnerabilitiesOperation = defineOperation({
  id: "askVulnerabilities",
  method: "POST",
  path: "/api/v1/analyses/{id}/vulnerabilities",
  summary: "Opt in for this one analysis: send names and versions of its packages to OSV and keep the answer",
  tag: TAG,
  access: "user",
  params: idParams,
  body: z.strictObject({
    sendPackageNames: z
      .literal(true)
      .describe("Says that names and versions of packages may leave this server. GET says how many, and where to."),
  }),
  responses: {
    200: { description: "An answer of the last hour stands", schema: lookUpSchema },
    202: { description: "It is asked, or (joined) is being asked already", schema: lookUpSchema },
  },
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

export const listFilesOperation = defineOperation({
  id: "listAnalysedFiles",
  method: "GET",
  path: "/api/v1/analyses/{id}/files",
  summary: "What became of each file: its language and how that was found, or why it does not count",
  tag: TAG,
  access: "user",
  params: idParams,
  query: z.strictObject({
    language: z.string().max(100).optional().describe("Only files of this language, as the result spells it."),
    counted: z.enum(["yes", "no"]).optional().describe("Only files that count, or only those that do not."),
    cursor: z.string().max(200).optional().describe("`nextCursor` of the page before."),
    limit: z.coerce.number().int().min(1).max(500).default(100),
  }),
  responses: {
    200: {
      description: "One page, in the order of the paths",
      schema: z.strictObject({
        items: z.array(listedFileSchema),
        languages: fileLanguagesSchema,
        nextCursor: z.string().nullable(),
      }),
    },
  },
  errors: ["invalid_request", "unauthenticated", "not_found", "database_unavailable"],
});

export const readWordingOperation = defineOperation({
  id: "readWording",
  method: "GET",
  path: "/api/v1/analyses/{id}/wording",
  summary: "Which words the caller sees the insights in: the rules' own or a model's, and where asking would send them",
  tag: TAG,
  access: "user",
  params: idParams,
  responses: { 200: { description: "The wording; a model's is the caller's alone", schema: wordingSchema } },
  errors: ["unauthenticated", "not_found", "database_unavailable"],
});

export const rewordOperation = defineOperation({
  id: "rewordInsights",
  method: "POST",
  path: "/api/v1/analyses/{id}/wording",
  summary:
    "Opt in for this one analysis: send the sentences and reasons of its insights to a model, which may only rephrase and order them",
  tag: TAG,
  access: "user",
  params: idParams,
  body: z.strictObject({
    sendInsights: z
      .literal(true)
      .describe(
        "Says that sentences and reasons may leave this server. GET says where to; they name functions and files.",
      ),
  }),
  responses: {
    200: {
      description: "The wording now; `notReworded` says why no model's words came, if none did",
      schema: z.strictObject({ wording: wordingSchema, notReworded: notRewordedSchema.nullable() }),
    },
  },
  errors: ["invalid_request", "unauthenticated", "not_found", "conflict", "rate_limited", "database_unavailable"],
});

export const streamWordingOperation = defineOperation({
  id: "streamWording",
  method: "POST",
  path: "/api/v1/analyses/{id}/wording/stream",
  summary:
    "The same, bit by bit: a line of JSON for each sentence once it was checked, `{restart: true}` when those before are taken back, and a last one `{done: true, notReworded}`",
  tag: TAG,
  access: "user",
  params: idParams,
  body: z.strictObject({ sendInsights: z.literal(true) }),
  responses: { 200: { description: "Lines of JSON", schema: null, file: "application/x-ndjson" } },
  errors: ["invalid_request", "unauthenticated", "not_found", "conflict", "rate_limited", "database_unavailable"],
});

export const useOwnWordsOperation = defineOperation({
  id: "useOwnWords",
  method: "DELETE",
  path: "/api/v1/analyses/{id}/wording",
  summary: "Go back to the rules' own words",
  tag: TAG,
  access: "user",
  params: idParams,
  responses: { 204: { description: "A model's words are gone, or there were none", schema: null } },
  errors: ["unauthenticated", "not_found", "database_unavailable"],
});
