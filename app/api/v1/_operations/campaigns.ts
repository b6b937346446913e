import { z } from "zod";
import { defineOperation } from "@/app/_http/operation";
import { activitySchema, adminCampaignSchema } from "@/lib/giving/administration/schemas";
import {
  campaignChangeSchema,
  campaignPageSchema,
  campaignStatusSchema,
  campaignWithTotalsSchema,
  newCampaignSchema,
  publicDonationSchema,
} from "@/lib/giving/campaign/schemas";

const TAG = "Campaigns";
const cursor = z.string().max(300).optional().describe("`nextCursor` of the page before.");
const limit = z.coerce.number().int().min(1).max(100).default(20);
const idParams = z.strictObject({ id: z.uuid() });

export const listCampaignsOperation = defineOperation({
  id: "listCampaigns",
  method: "GET",
  path: "/api/v1/campaigns",
  summary: "Campaigns, newest first, each with its totals",
  tag: TAG,
  access: "public",
  query: z.strictObject({
    status: campaignStatusSchema.optional().describe("Drafts are seen by campaign admins and operators alone."),
    q: z.string().max(200).optional().describe("Words in title, summary or story."),
    cursor,
    limit,
  }),
  responses: { 200: { description: "One page", schema: campaignPageSchema } },
  errors: ["invalid_request", "rule_broken", "database_unavailable"],
});

export const createCampaignOperation = defineOperation({
  id: "createCampaign",
  method: "POST",
  path: "/api/v1/campaigns",
  summary: "Make a draft; its totals are there at zero",
  tag: TAG,
  access: "campaign_admin",
  body: newCampaignSchema,
  responses: { 201: { description: "Made; Location says where", schema: campaignWithTotalsSchema } },
  errors: [
    "invalid_request",
    "unauthenticated",
    "session_ended",
    "forbidden",
    "slug_taken",
    "rule_broken",
    "database_unavailable",
  ],
});

export const readCampaignOperation = defineOperation({
  id: "readCampaign",
  method: "GET",
  path: "/api/v1/campaigns/{id}",
  summary: "One campaign by id or address, with its totals; its ETag goes into If-Match",
  tag: TAG,
  access: "public",
  params: z.strictObject({ id: z.string().min(1).max(80) }),
  responses: { 200: { description: "The campaign", schema: campaignWithTotalsSchema } },
  errors: ["not_found", "database_unavailable"],
});

export const listDonationsOperation = defineOperation({
  id: "listDonations",
  method: "GET",
  path: "/api/v1/campaigns/{id}/donations",
  summary: "The last gifts to a campaign, anonymity kept",
  tag: TAG,
  access: "public",
  params: idParams,
  query: z.strictObject({ limit: z.coerce.number().int().min(1).max(100).default(10) }),
  responses: {
    200: { description: "Newest first", schema: z.strictObject({ items: z.array(publicDonationSchema) }) },
  },
  errors: ["not_found", "rule_broken", "database_unavailable"],
});

export const listAdminCampaignsOperation = defineOperation({
  id: "listAdminCampaigns",
  method: "GET",
  path: "/api/v1/admin/campaigns",
  summary: "All campaigns with their last pledges; donors are named on one's own, for operators on all",
  tag: TAG,
  access: "live",
  query: z.strictObject({ cursor, limit }),
  responses: {
    200: {
      description: "One page",
      schema: z.strictObject({ items: z.array(adminCampaignSchema), nextCursor: z.string().nullable() }),
    },
  },
  errors: ["invalid_request", "unauthenticated", "session_ended", "forbidden", "rule_broken", "database_unavailable"],
});

export const changeCampaignOperation = defineOperation({
  id: "changeCampaign",
  method: "PUT",
  path: "/api/v1/admin/campaigns/{id}",
  summary: "Change a campaign as it was read: If-Match names its ETag",
  tag: TAG,
  access: "live",
  params: idParams,
  body: campaignChangeSchema,
  responses: { 200: { description: "As it is now, with its new ETag", schema: campaignWithTotalsSchema } },
  errors: [
    "invalid_request",
    "unauthenticated",
    "session_ended",
    "forbidden",
    "not_found",
    "slug_taken",
    "illegal_status_step",
    "precondition_failed",
    "rule_broken",
    "precondition_required",
    "database_unavailable",
  ],
});

export const listActivityOperation = defineOperation({
  id: "listActivity",
  method: "GET",
  path: "/api/v1/admin/activity",
  summary: "What happened with money of late: own campaigns, for operators all",
  tag: TAG,
  access: "live",
  query: z.strictObject({ cursor, limit }),
  responses: {
    200: {
      description: "Newest first",
      schema: z.strictObject({ items: z.array(activitySchema), nextCursor: z.string().nullable() }),
    },
  },
  errors: ["invalid_request", "unauthenticated", "session_ended", "forbidden", "rule_broken", "database_unavailable"],
});
