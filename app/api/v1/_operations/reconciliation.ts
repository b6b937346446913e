import { z } from "zod";
import { defineOperation } from "@/app/_http/operation";
import {
  campaignCheckedSchema,
  decisionSchema,
  DISCREPANCY_STATES,
  discrepancyPageSchema,
  giftInTotalSchema,
  runPageSchema,
  runSchema,
} from "@/lib/giving/reconciliation/schemas";

const TAG = "Reconciliation";
const cursor = z.string().max(300).optional().describe("`nextCursor` of the page before.");
const limit = z.coerce.number().int().min(1).max(100).default(20);
const idParams = z.strictObject({ id: z.uuid() });
const operatorErrors = [
  "invalid_request",
  "unauthenticated",
  "session_ended",
  "forbidden",
  "rule_broken",
  "database_unavailable",
] as const;

export const listReconciliationsOperation = defineOperation({
  id: "listReconciliations",
  method: "GET",
  path: "/api/v1/admin/reconciliations",
  summary: "Comparisons with the payment provider, newest first: counts, sums and drift by currency",
  tag: TAG,
  access: "operator",
  query: z.strictObject({ cursor, limit }),
  responses: { 200: { description: "One page", schema: runPageSchema } },
  errors: operatorErrors,
});

export const requestReconciliationOperation = defineOperation({
  id: "requestReconciliation",
  method: "POST",
  path: "/api/v1/admin/reconciliations",
  summary: "Compare with the payment provider now; one at a time, who asks meanwhile joins it",
  tag: TAG,
  access: "operator",
  body: z.strictObject({
    from: z.iso
      .datetime({ offset: true })
      .optional()
      .describe("What was made from then on. Absent: since a week before the end of the last comparison."),
  }),
  responses: {
    202: { description: "Begun, or joined", schema: z.strictObject({ run: runSchema, joined: z.boolean() }) },
  },
  errors: operatorErrors,
});

export const listDiscrepanciesOperation = defineOperation({
  id: "listDiscrepancies",
  method: "GET",
  path: "/api/v1/admin/discrepancies",
  summary: "What differs from the payment provider and has no one right answer, each with a proposal",
  tag: TAG,
  access: "operator",
  query: z.strictObject({ state: z.enum(DISCREPANCY_STATES).default("open"), cursor, limit }),
  responses: { 200: { description: "One page, newest first", schema: discrepancyPageSchema } },
  errors: operatorErrors,
});

export const decideDiscrepancyOperation = defineOperation({
  id: "decideDiscrepancy",
  method: "POST",
  path: "/api/v1/admin/discrepancies/{id}/decision",
  summary: "Say that a difference was dealt with, or may stay, and why",
  tag: TAG,
  access: "operator",
  params: idParams,
  body: decisionSchema,
  responses: { 200: { description: "Decided", schema: z.strictObject({ id: z.uuid(), state: z.string() }) } },
  errors: [...operatorErrors, "not_found", "conflict"],
});

export const readCampaignCheckOperation = defineOperation({
  id: "readCampaignCheck",
  method: "GET",
  path: "/api/v1/campaigns/{id}/check",
  summary: "When a campaign's gifts were last compared with the payment provider's, and whether they match",
  tag: TAG,
  access: "public",
  params: idParams,
  responses: {
    200: {
      description: "`check` is null until a comparison has ended since the campaign was opened",
      schema: z.strictObject({ check: campaignCheckedSchema.nullable() }),
    },
  },
  errors: ["not_found", "database_unavailable"],
});

export const readGiftInTotalOperation = defineOperation({
  id: "readGiftInTotal",
  method: "GET",
  path: "/api/v1/pledges/{id}/counted",
  summary:
    "Whether a gift is in its campaign's total, and with how much. For its donor: signed in, or with the header X-Status-Token.",
  tag: TAG,
  access: "public",
  params: idParams,
  responses: { 200: { description: "As it is now", schema: giftInTotalSchema } },
  errors: ["unauthenticated", "session_ended", "not_found", "rate_limited", "database_unavailable"],
});
