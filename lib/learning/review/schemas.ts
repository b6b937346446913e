import { z } from "zod";
import { BLOOM_LEVELS, criterionResultSchema } from "../bloom/schemas";
import { STANDINGS } from "../bloom/rules";
import { masteryChangeSchema } from "../mastery/schemas";

/** As long as the database takes. */
export const REASON_MAX = 2_000;

/** An answer that somebody has to look at: its learner appealed, or no check could judge it. It does not say whose it is. */
export const appealSchema = z.strictObject({
  /** The answer's id; the decision is sent to it. */
  id: z.uuid(),
  /** `appealed`, or `needs_review`: nobody appealed, no check could tell. */
  standing: z.enum(STANDINGS),
  answeredAt: z.iso.datetime(),
  concept: z.string(),
  /** The task as it was put; null when content does not have it (any more), or when it was made from the learner's own code. */
  task: z
    .strictObject({
      title: z.string(),
      kind: z.string(),
      level: z.enum(BLOOM_LEVELS),
      prompt: z.string(),
      language: z.string().nullable(),
      code: z.string().nullable(),
      /** What the author takes for right, in a few lines. */
      explanation: z.string(),
    })
    .nullable(),
  /** The answer as a person reads it. */
  answer: z.string(),
  criteria: z.array(
    criterionResultSchema.extend({
      /** What its author takes for evidence, where no check can tell; null elsewhere. */
      asks: z.string().nullable(),
    }),
  ),
  feedback: z.string(),
  /** What the learner says to it; null where nobody appealed. */
  words: z.string().nullable(),
  /** It is the reader's own, which somebody else has to settle. */
  own: z.boolean(),
});
export type Appeal = z.infer<typeof appealSchema>;

export const appealPageSchema = z.strictObject({ items: z.array(appealSchema), nextCursor: z.string().nullable() });
export type AppealPage = z.infer<typeof appealPageSchema>;

export const decisionSchema = z.enum(["upheld", "dismissed"]);

export const appealDecisionSchema = z.strictObject({
  /** `upheld`: the learner is right, the answer passed. `dismissed`: it has not. */
  decision: decisionSchema,
  /** The learner reads it. */
  reason: z
    .string()
    .trim()
    .min(1, "Say why: the learner reads it.")
    .max(REASON_MAX, "Keep the reason within 2,000 characters."),
});
export type AppealDecision = z.infer<typeof appealDecisionSchema>;

export const decidedSchema = z.strictObject({
  id: z.uuid(),
  decision: decisionSchema,
  /** What is believed otherwise since, concept by concept. */
  changes: z.array(
    masteryChangeSchema.pick({
      concept: true,
      before: true,
      after: true,
      statusBefore: true,
      statusAfter: true,
      reason: true,
    }),
  ),
});
export type Decided = z.infer<typeof decidedSchema>;
