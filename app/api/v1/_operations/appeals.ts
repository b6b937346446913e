import { z } from "zod";
import { defineOperation } from "@/app/_http/operation";
import { appealDecisionSchema, appealPageSchema, decidedSchema } from "@/lib/learning/review/schemas";

const TAG = "Learning";

export const listAppealsOperation = defineOperation({
  id: "listAppeals",
  method: "GET",
  path: "/api/v1/admin/appeals",
  summary:
    "Answers whose verdict was appealed, or that no check could judge (each such line with what counts as evidence, `asks`), the oldest first: for operators",
  tag: TAG,
  access: "operator",
  query: z.strictObject({
    cursor: z.string().max(200).optional().describe("`nextCursor` of the page before."),
    limit: z.coerce.number().int().min(1).max(100).default(20),
  }),
  responses: { 200: { description: "One page", schema: appealPageSchema } },
  errors: ["invalid_request", "unauthenticated", "session_ended", "forbidden", "rule_broken", "database_unavailable"],
});

export const decideAppealOperation = defineOperation({
  id: "decideAppeal",
  method: "POST",
  path: "/api/v1/admin/appeals/{id}/decision",
  summary:
    "Decide about an answer, once, with a reason that its learner reads; their model is counted anew. Never one's own",
  tag: TAG,
  access: "operator",
  params: z.strictObject({ id: z.uuid() }),
  body: appealDecisionSchema,
  responses: { 200: { description: "Decided, with what is believed otherwise since", schema: decidedSchema } },
  errors: [
    "invalid_request",
    "unauthenticated",
    "session_ended",
    "forbidden",
    "not_found",
    "conflict",
    "rule_broken",
    "database_unavailable",
  ],
});
