import { z } from "zod";
import { CURRENCY_CODES, isCurrency } from "@/lib/kernel/money";
import { totalsSchema } from "../totals/schemas";
import { CAMPAIGN_STATUSES, SLUG_MAX } from "./rules";

export const campaignStatusSchema = z.enum(CAMPAIGN_STATUSES);
export type CampaignStatus = z.infer<typeof campaignStatusSchema>;

export const currencySchema = z
  .string()
  .refine(isCurrency, { message: "We do not take this currency." })
  .describe(`ISO 4217: ${CURRENCY_CODES.join(", ")}.`);

export const TITLE_MAX = 120;
export const SUMMARY_MAX = 300;
export const STORY_MAX = 20_000;

/** The highest goal, in minor units; the database holds it too. */
const GOAL_MAX_MINOR = 1_000_000_000_000;

/** Text of one line: whole words, no control characters. */
const line = (max: number, what: string) =>
  z
    .string()
    .transform((text) => text.replaceAll(/\s+/gu, " ").trim())
    .pipe(
      z
        .string()
        .min(1, `Enter ${what}.`)
        .max(max, `Keep ${what} within ${max} characters.`)
        .refine((text) => !/[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]/u.test(text), {
          message: `Use plain characters in ${what}.`,
        }),
    );

export const titleSchema = line(TITLE_MAX, "a title").refine((title) => title.length >= 3, {
  message: "A title has at least 3 characters.",
});
export const summarySchema = line(SUMMARY_MAX, "a summary");
export const storySchema = z
  .string()
  .transform((text) => text.replaceAll("\r\n", "\n").trim())
  .pipe(z.string().min(1, "Tell the story.").max(STORY_MAX, `Keep the story within ${STORY_MAX} characters.`));

export const slugSchema = z
  .string()
  .min(3, "An address has at least 3 characters.")
  .max(SLUG_MAX, `Keep the address within ${SLUG_MAX} characters.`)
  .refine((slug) => /^[a-z0-9]+(?:-[a-z0-9]+)*$/u.test(slug), {
    message: "Use small letters, figures and single hyphens.",
  })
  .refine((slug) => !/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/u.test(slug), {
    message: "An address may not look like an id.",
  });

export const goalSchema = z
  .number()
  .refine(Number.isSafeInteger, { message: "Money is a whole number of minor units." })
  .refine((goal) => goal >= 1, { message: "Set a goal." })
  .refine((goal) => goal <= GOAL_MAX_MINOR, { message: "A goal this high cannot be set here." });

/** A cover that this project has drawn, `/covers/<name>.svg`, or a picture at an https address. */
export const coverImageSchema = z
  .string()
  .max(2048)
  .refine((image) => /^\/covers\/[a-z]+\.svg$/u.test(image) || (URL.canParse(image) && image.startsWith("https://")), {
    message: "Use one of our covers, such as /covers/hills.svg, or an https address.",
  });

const time = z.iso.datetime({ offset: true });

/** One campaign as the API and the pages know it. */
export const campaignSchema = z.strictObject({
  id: z.uuid(),
  slug: z.string(),
  title: z.string(),
  summary: z.string(),
  /** Markdown without HTML; see story/rules.ts. */
  story: z.string(),
  goalMinor: z.number().int(),
  currency: z.string(),
  status: campaignStatusSchema,
  /** Null: one of our drawings, by the address. */
  coverImage: z.string().nullable(),
  /** The account that answers for it; null once that account is gone. */
  ownerId: z.uuid().nullable(),
  endsAt: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  publishedAt: z.iso.datetime().nullable(),
  closedAt: z.iso.datetime().nullable(),
  /** Grows with each change; the `ETag` of `PUT` is made of it. */
  version: z.number().int(),
});

/** What the lists show; the story is long and stays out. */
export const campaignSummarySchema = campaignSchema.omit({ story: true });

/** The body of `POST /api/v1/campaigns`. */
export const newCampaignSchema = z.strictObject({
  title: titleSchema,
  slug: slugSchema.optional().describe("The address, made from the title when absent."),
  summary: summarySchema,
  story: storySchema.describe("Markdown: paragraphs, headings, lists, quotes, emphasis, links. HTML is shown as text."),
  goalMinor: goalSchema,
  currency: currencySchema,
  endsAt: time.optional(),
  coverImage: coverImageSchema
    .optional()
    .describe("`/covers/<name>.svg` or an https address; a drawing of ours when absent."),
});
export type NewCampaign = z.output<typeof newCampaignSchema>;

/** The body of `PUT /api/v1/admin/campaigns/:id`: what shall be different; what is absent stays. */
export const campaignChangeSchema = z.strictObject({
  title: titleSchema.optional(),
  slug: slugSchema.optional(),
  summary: summarySchema.optional(),
  story: storySchema.optional(),
  goalMinor: goalSchema.optional(),
  currency: currencySchema.optional().describe("Only while it is a draft."),
  endsAt: time.nullable().optional(),
  coverImage: coverImageSchema.nullable().optional(),
  status: campaignStatusSchema.optional(),
});
export type CampaignChange = z.output<typeof campaignChangeSchema>;

export const campaignWithTotalsSchema = z.strictObject({ campaign: campaignSchema, totals: totalsSchema });
export type CampaignWithTotals = z.infer<typeof campaignWithTotalsSchema>;

export const campaignCardSchema = z.strictObject({ campaign: campaignSummarySchema, totals: totalsSchema });
export type CampaignCard = z.infer<typeof campaignCardSchema>;

export const campaignPageSchema = z.strictObject({
  items: z.array(campaignCardSchema),
  nextCursor: z.string().nullable(),
});
export type CampaignPage = z.infer<typeof campaignPageSchema>;

/** A gift as everybody may see it: without what is anonymous. */
export const publicDonationSchema = z.strictObject({
  pledgeId: z.uuid(),
  /** Null for an anonymous gift, or one without a name. */
  name: z.string().nullable(),
  amountMinor: z.number().int(),
  currency: z.string(),
  message: z.string().nullable(),
  at: z.iso.datetime(),
});
export type PublicDonation = z.infer<typeof publicDonationSchema>;
