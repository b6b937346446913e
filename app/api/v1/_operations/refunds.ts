import { z } from "zod";
import { defineOperation } from "@/app/_http/operation";
import {
  cancellationSchema,
  refundAnswerSchema,
  refundDecisionSchema,
  refundRequestSchema,
} from "@/lib/giving/refund/schemas";

const TAG = "Giving";
const idParams = z.strictObject({ id: z.uuid() });

export const askRefundOperation = defineOperation({
  id: "askRefund",
  method: "POST",
  path: "/api/v1/admin/payments/{id}/refunds",
  summary: "Give money back to a donor: own campaigns, operators any. Needs the header Idempotency-Key.",
  tag: TAG,
  access: "live",
  params: idParams,
  body: refundRequestSchema,
  responses: {
    200: {
      description: "Asked for before (Idempotency-Replayed), as it was answered then",
      schema: refundAnswerSchema,
    },
    201: {
      description: "Asked for: sent in a moment; with `needsApproval`, once a second person has approved it",
      schema: refundAnswerSchema,
    },
  },
  errors: [
    "invalid_request",
    "idempotency_key_required",
    "idempotency_key_invalid",
    "unauthenticated",
    "session_ended",
    "forbidden",
    "not_found",
    "idempotency_in_progress",
    "idempotency_key_expired",
    "rule_broken",
    "idempotency_key_reused",
    "database_unavailable",
  ],
});

export const decideRefundOperation = defineOperation({
  id: "decideRefund",
  method: "POST",
  path: "/api/v1/admin/refunds/{id}/decision",
  summary: "Approve a large refund, or end it; who asked for it may only take it back",
  tag: TAG,
  access: "live",
  params: idParams,
  body: refundDecisionSchema,
  responses: { 200: { description: "As it is now", schema: refundAnswerSchema } },
  errors: [
    "invalid_request",
    "unauthenticated",
    "session_ended",
    "forbidden",
    "not_found",
    "conflict",
    "database_unavailable",
  ],
});

export const readCancellationOperation = defineOperation({
  id: "readCancellation",
  method: "GET",
  path: "/api/v1/admin/campaigns/{id}/cancellation",
  summary: "How far the ending of a cancelled campaign is: holds let go, gifts returned, and those that could not be",
  tag: TAG,
  access: "live",
  params: idParams,
  responses: {
    200: {
      description: "As it is now; `cancellation` is null while the campaign is not cancelled",
      schema: z.strictObject({ cancellation: cancellationSchema.nullable() }),
    },
  },
  errors: ["invalid_request", "unauthenticated", "session_ended", "not_found", "database_unavailable"],
});
