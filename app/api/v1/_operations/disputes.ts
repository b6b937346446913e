import { z } from "zod";
import { defineOperation } from "@/app/_http/operation";
import {
  answerRequestSchema,
  DISPUTE_LISTS,
  disputeDeskSchema,
  disputePageSchema,
  draftRequestSchema,
  savedDraftSchema,
  takenAnswerSchema,
} from "@/lib/giving/dispute/schemas";

const TAG = "Giving";
/** As much as the bank takes, in letters of any script. */
const EVIDENCE_BYTES = 1024 * 1024;
const idParams = z.strictObject({ id: z.uuid() });
const errors = ["invalid_request", "unauthenticated", "session_ended", "database_unavailable"] as const;

export const listDisputesOperation = defineOperation({
  id: "listDisputes",
  method: "GET",
  path: "/api/v1/admin/disputes",
  summary: "Disputes of gifts to own campaigns (operators: all), oldest first: what is due first",
  tag: TAG,
  access: "live",
  query: z.strictObject({
    state: z.enum(DISPUTE_LISTS).default("open").describe("`answer`: only those that want one."),
    cursor: z.string().max(300).optional().describe("`nextCursor` of the page before."),
    limit: z.coerce.number().int().min(1).max(100).default(20),
  }),
  responses: { 200: { description: "One page", schema: disputePageSchema } },
  errors: [...errors, "forbidden", "rule_broken"],
});

export const readDisputeOperation = defineOperation({
  id: "readDispute",
  method: "GET",
  path: "/api/v1/admin/disputes/{id}",
  summary: "A dispute with what is known of its gift, the draft of an answer, and what was answered",
  tag: TAG,
  access: "live",
  params: idParams,
  responses: { 200: { description: "As it is now", schema: disputeDeskSchema } },
  errors: [...errors, "not_found"],
});

export const saveDisputeDraftOperation = defineOperation({
  id: "saveDisputeDraft",
  method: "PUT",
  path: "/api/v1/admin/disputes/{id}/draft",
  summary: "Keep evidence to go on with later; nothing is sent",
  tag: TAG,
  access: "live",
  params: idParams,
  body: draftRequestSchema,
  maxBodyBytes: EVIDENCE_BYTES,
  responses: { 200: { description: "Saved", schema: savedDraftSchema } },
  errors: [...errors, "not_found", "conflict", "rule_broken"],
});

export const answerDisputeOperation = defineOperation({
  id: "answerDispute",
  method: "POST",
  path: "/api/v1/admin/disputes/{id}/answer",
  summary:
    "Send evidence to the bank, or accept the dispute: once for each time that the bank asks. The same again by the same person answers the same",
  tag: TAG,
  access: "live",
  params: idParams,
  body: answerRequestSchema,
  maxBodyBytes: EVIDENCE_BYTES,
  responses: { 202: { description: "Taken down; sent in a moment", schema: takenAnswerSchema } },
  errors: [...errors, "not_found", "conflict", "rule_broken"],
});
