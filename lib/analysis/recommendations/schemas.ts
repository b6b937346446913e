import { z } from "zod";

/** Why a concept is recommended. */
export const recommendationReasonSchema = z.strictObject({
  kind: z.enum(["unused", "rare", "misused", "central"]),
  sentence: z.string(),
});
export type RecommendationReason = z.infer<typeof recommendationReasonSchema>;

/** A concept worth learning for this code, with what speaks for it. */
export const recommendationSchema = z.strictObject({
  /** Slug of the concept in the pattern catalogue; the learning tracks use the same. */
  concept: z.string().min(1),
  title: z.string(),
  /** `need` × `relevance`, 0 to 1. */
  score: z.number().min(0).max(1),
  /** Seen little or used wrongly: 0 = used well and often, 1 = never, or only wrongly. */
  need: z.number().min(0).max(1),
  /** How much it matters in this code base, 0 to 1. */
  relevance: z.number().min(0).max(1),
  reasons: z.array(recommendationReasonSchema).min(1),
  /** Places in this code base to look at while learning it; none when it was never used. */
  places: z.array(z.strictObject({ path: z.string().min(1), line: z.number().int().min(1) })).max(5),
});
export type Recommendation = z.infer<typeof recommendationSchema>;

/** How many concepts are kept, best first. */
export const MAX_RECOMMENDATIONS = 12;
