import { z } from "zod";

/** The texts that Stripe takes as evidence and that fit a gift, by its names, in the order in which people write them. */
export const EVIDENCE_FIELDS = [
  "product_description",
  "customer_name",
  "customer_email_address",
  "customer_purchase_ip",
  "billing_address",
  "service_date",
  "access_activity_log",
  "refund_policy_disclosure",
  "refund_refusal_explanation",
  "cancellation_policy_disclosure",
  "cancellation_rebuttal",
  "duplicate_charge_id",
  "duplicate_charge_explanation",
  "uncategorized_text",
] as const;
export type EvidenceField = (typeof EVIDENCE_FIELDS)[number];

/** Stripe's bounds, in characters. */
export const FIELD_LIMIT = 20_000;
export const EVIDENCE_TOTAL = 150_000;

const time = z.iso.datetime({ offset: true });
const minor = z.number().int();

/** Stripe's own states. */
export const DISPUTE_STATES = [
  "warning_needs_response",
  "warning_under_review",
  "warning_closed",
  "needs_response",
  "under_review",
  "won",
  "lost",
  "prevented",
] as const;

/** A dispute in a list. */
export const disputeRowSchema = z.strictObject({
  id: z.uuid(),
  disputeId: z.string().describe("At the payment provider."),
  pledgeId: z.uuid(),
  paymentId: z.uuid(),
  campaignId: z.uuid(),
  campaignTitle: z.string(),
  status: z.enum(DISPUTE_STATES),
  reason: z.string().nullable(),
  amountMinor: minor,
  feeMinor: minor.describe("What the dispute itself has cost so far."),
  currency: z.string(),
  evidenceDueBy: time.nullable(),
  createdAt: time,
  donorName: z.string().nullable(),
  closedWords: z.string().nullable().describe("Why nobody can answer now; null: somebody can."),
});
export type DisputeRow = z.output<typeof disputeRowSchema>;

export const disputePageSchema = z.strictObject({
  items: z.array(disputeRowSchema),
  nextCursor: z.string().nullable(),
});

export const DISPUTE_LISTS = ["answer", "open", "all"] as const;

const texts = Object.fromEntries(EVIDENCE_FIELDS.map((name) => [name, z.string().optional()])) as unknown as Record<
  EvidenceField,
  z.ZodOptional<z.ZodString>
>;

/** Texts for the bank, by Stripe's names. */
export const evidenceSchema = z
  .strictObject(texts)
  .describe(
    `At most ${FIELD_LIMIT.toLocaleString("en")} characters each and ${EVIDENCE_TOTAL.toLocaleString("en")} together.`,
  );
export type Evidence = z.output<typeof evidenceSchema>;

/** The body of `PUT /api/v1/admin/disputes/:id/draft`. */
export const draftRequestSchema = z.strictObject({
  version: z.int().min(0).describe("Of the draft that was read; 0 when there was none."),
  evidence: evidenceSchema,
});
export type DraftRequest = z.output<typeof draftRequestSchema>;

export const savedDraftSchema = z.strictObject({ version: z.int(), savedAt: time });
export type SavedDraft = z.output<typeof savedDraftSchema>;

/** The body of `POST /api/v1/admin/disputes/:id/answer`. */
export const answerRequestSchema = z.discriminatedUnion("decision", [
  z.strictObject({ decision: z.literal("submit"), evidence: evidenceSchema }),
  z.strictObject({ decision: z.literal("accept") }),
]);
export type AnswerRequest = z.output<typeof answerRequestSchema>;

/** An answer, as it is taken down: it is sent to the provider in a moment. */
export const takenAnswerSchema = z.strictObject({
  id: z.uuid(),
  decision: z.enum(["submit", "accept"]),
  decidedAt: time,
  sentAt: time.nullable().describe("Null: not yet."),
});
export type TakenAnswer = z.output<typeof takenAnswerSchema>;

/** What is known of a disputed gift, that an answer can be made of. */
export const disputeFactsSchema = z.strictObject({
  pledgeId: z.uuid(),
  paymentId: z.uuid(),
  campaignTitle: z.string(),
  campaignSummary: z.string(),
  campaignSlug: z.string(),
  campaignStatus: z.string(),
  giftMinor: minor,
  coverMinor: minor,
  refundedMinor: minor,
  currency: z.string(),
  donorName: z.string().nullable(),
  donorEmail: z.string(),
  donorMessage: z.string().nullable(),
  signedIn: z.boolean(),
  emailVerified: z.boolean(),
  cardBrand: z.string().nullable(),
  cardLast4: z.string().nullable(),
  cardCountry: z.string().nullable(),
  riskLevel: z.string().nullable(),
  pledgedAt: time,
  authorizedAt: time.nullable(),
  capturedAt: time.nullable(),
  mails: z.array(z.strictObject({ kind: z.string(), recipient: z.string(), sentAt: time })),
  refunds: z.array(z.strictObject({ amountMinor: minor, status: z.string(), at: time })),
  otherGifts: z.array(
    z.strictObject({
      paymentId: z.uuid(),
      amountMinor: minor,
      currency: z.string(),
      at: time,
      sameCampaign: z.boolean(),
      /** Null: of one of the two no card (or network address) is known. */
      sameCard: z.boolean().nullable(),
      sameNetwork: z.boolean().nullable(),
      intentId: z.string().nullable(),
    }),
  ),
});
export type DisputeFacts = z.output<typeof disputeFactsSchema>;

/** A dispute with everything that an answer can be made of. */
export const disputeDeskSchema = z.strictObject({
  dispute: disputeRowSchema,
  draft: z
    .strictObject({ evidence: evidenceSchema, version: z.int(), savedAt: time, savedBy: z.string().nullable() })
    .nullable(),
  answers: z.array(
    z.strictObject({
      id: z.uuid(),
      decision: z.enum(["submit", "accept"]),
      evidence: evidenceSchema,
      decidedAt: time,
      decidedBy: z.string().nullable(),
      sentAt: time.nullable(),
      failure: z.string().nullable(),
    }),
  ),
  facts: disputeFactsSchema,
  proposal: evidenceSchema.describe("Made of the facts; a draft that was saved takes its place."),
});
export type DisputeDesk = z.output<typeof disputeDeskSchema>;
