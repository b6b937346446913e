import { z } from "zod";
import { defineOperation } from "@/app/_http/operation";
import { pledgeAnswerSchema, pledgeRequestSchema, retryPaymentSchema } from "@/lib/giving/pledge/schemas";
import { totalsSchema } from "@/lib/giving/totals/schemas";

const TAG = "Giving";
const idParams = z.strictObject({ id: z.uuid() });
const noBody = z.strictObject({}).default({});

const KEY = "Needs the header Idempotency-Key.";
const TOKEN = "For its donor: signed in, or with the header X-Status-Token.";

const taken = {
  200: { description: "Answered before (Idempotency-Replayed): its present state", schema: pledgeAnswerSchema },
  201: {
    description: "Authorised; or, with `nextAction`, the donor's bank asks for more (3-D Secure)",
    schema: pledgeAnswerSchema,
  },
  202: {
    description:
      "The provider did not answer in time and may have acted: the outcome is being read, never charged twice",
    schema: pledgeAnswerSchema,
  },
};

const refused = [
  "invalid_request",
  "idempotency_key_required",
  "idempotency_key_invalid",
  "unauthenticated",
  "session_ended",
  "card_declined",
  "forbidden",
  "challenge_required",
  "not_found",
  "conflict",
  "idempotency_in_progress",
  "idempotency_key_expired",
  "rule_broken",
  "idempotency_key_reused",
  "payment_method_unusable",
  "rate_limited",
  "database_unavailable",
  "payment_unavailable",
] as const;

export const makePledgeOperation = defineOperation({
  id: "makePledge",
  method: "POST",
  path: "/api/v1/pledges",
  summary: `Give to a campaign, as a guest or signed in. ${KEY}`,
  tag: TAG,
  access: "public",
  body: pledgeRequestSchema,
  responses: taken,
  errors: refused,
});

export const getPledgeOperation = defineOperation({
  id: "getPledge",
  method: "GET",
  path: "/api/v1/pledges/{id}",
  summary: `How a gift stands. ${TOKEN}`,
  tag: TAG,
  access: "public",
  params: idParams,
  responses: { 200: { description: "The gift and its newest payment", schema: pledgeAnswerSchema } },
  errors: ["unauthenticated", "session_ended", "not_found", "rate_limited", "database_unavailable"],
});

export const refreshPledgeOperation = defineOperation({
  id: "refreshPledge",
  method: "POST",
  path: "/api/v1/pledges/{id}/refresh",
  summary: `Read the payment provider again, after 3-D Secure or a 202. ${TOKEN}`,
  tag: TAG,
  access: "public",
  params: idParams,
  body: noBody,
  responses: { 200: { description: "How it stands now", schema: pledgeAnswerSchema } },
  errors: ["invalid_request", "unauthenticated", "session_ended", "not_found", "rate_limited", "database_unavailable"],
});

export const retryPaymentOperation = defineOperation({
  id: "retryPayment",
  method: "POST",
  path: "/api/v1/pledges/{id}/payments",
  summary: `Try another card for a gift whose last payment came to nothing. ${KEY} ${TOKEN}`,
  tag: TAG,
  access: "public",
  params: idParams,
  body: retryPaymentSchema,
  responses: taken,
  errors: refused,
});

export const claimGiftsOperation = defineOperation({
  id: "claimGuestGifts",
  method: "POST",
  path: "/api/v1/me/gifts/claim",
  summary: "Make the gifts given as a guest with one's verified address one's own",
  tag: TAG,
  access: "live",
  body: noBody,
  responses: {
    200: { description: "How many", schema: z.strictObject({ claimed: z.int().min(0) }) },
  },
  errors: ["invalid_request", "unauthenticated", "session_ended", "forbidden", "database_unavailable"],
});

export const getTotalsOperation = defineOperation({
  id: "getCampaignTotals",
  method: "GET",
  path: "/api/v1/campaigns/{id}/totals",
  summary: "A campaign's totals; the last known ones, with Warning 110, while the database is out of reach",
  tag: TAG,
  access: "public",
  params: idParams,
  responses: { 200: { description: "The totals", schema: totalsSchema } },
  errors: ["not_found", "database_unavailable"],
});
