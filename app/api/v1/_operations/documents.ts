import { z } from "zod";
import { defineOperation } from "@/app/_http/operation";
import { pledgeNeedSchema } from "@/lib/giving/administration/schemas";

const TAG = "Giving";

export const getReceiptOperation = defineOperation({
  id: "getReceipt",
  method: "GET",
  path: "/api/v1/pledges/{id}/receipt",
  summary: "The receipt of a gift as a PDF. For its donor: signed in, or with the header X-Status-Token",
  tag: TAG,
  access: "public",
  params: z.strictObject({ id: z.uuid() }),
  responses: { 200: { description: "The receipt", schema: null, file: "application/pdf" } },
  errors: ["unauthenticated", "session_ended", "not_found", "conflict", "rate_limited", "database_unavailable"],
});

export const getStatementOperation = defineOperation({
  id: "getStatement",
  method: "GET",
  path: "/api/v1/me/gifts/statement",
  summary: "One's gifts of some days, as a PDF or CSV",
  tag: TAG,
  access: "live",
  query: z.strictObject({
    from: z.iso.date().describe("First day, in UTC."),
    to: z.iso.date().describe("Last day, in UTC."),
    format: z.enum(["pdf", "csv"]).default("pdf"),
  }),
  responses: { 200: { description: "The statement", schema: null, file: "application/pdf" } },
  errors: [
    "invalid_request",
    "unauthenticated",
    "session_ended",
    "rule_broken",
    "rate_limited",
    "database_unavailable",
  ],
});

export const exportPledgesOperation = defineOperation({
  id: "exportPledges",
  method: "GET",
  path: "/api/v1/admin/pledges.csv",
  summary: "Pledges to what one runs as CSV; X-Truncated says when some were left out",
  tag: "Campaigns",
  access: "live",
  query: z.strictObject({
    campaign: z.uuid().optional(),
    status: z.enum(["pending", "captured", "completed", "failed", "canceled"]).optional(),
    needs: pledgeNeedSchema.optional(),
    q: z.string().max(200).optional(),
    from: z.iso.date().optional(),
    to: z.iso.date().optional(),
  }),
  responses: { 200: { description: "The list", schema: null, file: "text/csv" } },
  errors: ["invalid_request", "unauthenticated", "session_ended", "forbidden", "rate_limited", "database_unavailable"],
});

export const endOwnerUpdatesOperation = defineOperation({
  id: "endOwnerUpdates",
  method: "POST",
  path: "/api/v1/mail/unsubscribe",
  summary: "End mails about gifts to one's campaigns, by the link in them",
  tag: TAG,
  access: "public",
  query: z.strictObject({ user: z.uuid(), token: z.string().min(1).max(100) }),
  responses: { 204: { description: "Ended", schema: null } },
  errors: ["invalid_request", "forbidden", "rule_broken", "database_unavailable"],
});

export const askToEndOwnerUpdatesOperation = defineOperation({
  id: "askToEndOwnerUpdates",
  method: "GET",
  path: "/api/v1/mail/unsubscribe",
  summary: "The page that asks whether to end these mails: a mail program that knows no one click leads people here",
  tag: TAG,
  access: "public",
  query: z.strictObject({ user: z.string().max(100).optional(), token: z.string().max(100).optional() }),
  responses: { 303: { description: "The page; nothing is changed before its button is pressed", schema: null } },
  errors: ["invalid_request"],
});
