import { z } from "zod";
import { defineOperation } from "@/app/_http/operation";
import { allowRequestSchema, ownCodeOfAnalysisSchema, ownCodeSettingsSchema } from "@/lib/learning/own-code/schemas";

const TAG = "Learning";

export const readOwnCodeSettingsOperation = defineOperation({
  id: "readOwnCodeSettings",
  method: "GET",
  path: "/api/v1/me/own-code",
  summary: "Whether exercises may be made of the caller's own code, and the words that are agreed to",
  tag: TAG,
  access: "user",
  responses: { 200: { description: "What was said", schema: ownCodeSettingsSchema } },
  errors: ["database_unavailable"],
});

export const allowOwnCodeOperation = defineOperation({
  id: "allowOwnCode",
  method: "PUT",
  path: "/api/v1/me/own-code",
  summary: "Allow it, under the wording that was read; the newest analyses are read for it",
  tag: TAG,
  access: "user",
  body: allowRequestSchema,
  responses: { 200: { description: "Allowed", schema: ownCodeSettingsSchema } },
  errors: ["conflict", "rate_limited", "database_unavailable"],
});

export const disallowOwnCodeOperation = defineOperation({
  id: "disallowOwnCode",
  method: "DELETE",
  path: "/api/v1/me/own-code",
  summary: "Take it back: what was kept of the code is deleted at once",
  tag: TAG,
  access: "user",
  responses: { 204: { description: "Nothing is kept any more", schema: null } },
  errors: ["rate_limited", "database_unavailable"],
});

export const readOwnCodeOperation = defineOperation({
  id: "readOwnCodeOfAnalysis",
  method: "GET",
  path: "/api/v1/analyses/{id}/own-code",
  summary: "What exercises were made of the caller's code in an analysis, or why none was",
  tag: TAG,
  access: "user",
  params: z.strictObject({ id: z.uuid() }),
  responses: { 200: { description: "How it stands", schema: ownCodeOfAnalysisSchema } },
  errors: ["not_found", "database_unavailable"],
});
