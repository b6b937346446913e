import { z } from "zod";
import { recommendationSchema } from "../recommendations/schemas";

/** A place in the analysed commit that a sentence rests on. */
export const evidenceSchema = z.strictObject({
  path: z.string().min(1),
  /** First line, from 1. */
  line: z.number().int().min(1),
  /** Last line, when the place is longer than one. */
  endLine: z.number().int().min(1).nullable(),
  /** What stands there, in a few words: the name of a function, the title of a finding. Never source text. */
  label: z.string().nullable(),
});
export type Evidence = z.infer<typeof evidenceSchema>;

/** How many places are kept for a sentence; `total` says how many there are. */
export const MAX_EVIDENCE = 5;
/** What a person can take up at once: three, as the learning sessions take one at a time. */
export const MAX_NEXT_STEPS = 3;

export const insightKindSchema = z.enum(["strength", "habit", "gap", "hotspot"]);
export type InsightKind = z.infer<typeof insightKindSchema>;

export const insightTopicSchema = z.enum(["languages", "patterns", "complexity", "tests", "documentation", "security"]);
export type InsightTopic = z.infer<typeof insightTopicSchema>;

/** One sentence about the code, with the rule that made it and the places that it rests on. */
export const insightSchema = z.strictObject({
  /** Stable id of the rule that made it. */
  ruleId: z.string(),
  kind: insightKindSchema,
  topic: insightTopicSchema,
  sentence: z.string(),
  /** Why it matters, and where the threshold comes from. */
  reason: z.string(),
  /** Orders insights of one kind, larger first; means nothing across kinds. */
  weight: z.number(),
  evidence: z.array(evidenceSchema).min(1).max(MAX_EVIDENCE),
  /** Places in all; at least as many as are in `evidence`. */
  total: z.number().int().min(1),
});
export type Insight = z.infer<typeof insightSchema>;

/** Something to do next. */
export const nextStepSchema = z.strictObject({
  ruleId: z.string(),
  topic: insightTopicSchema,
  sentence: z.string(),
  reason: z.string(),
  /** The concept of the pattern catalogue to learn for it, when there is one. */
  concept: z.string().nullable(),
  evidence: z.array(evidenceSchema).min(1).max(MAX_EVIDENCE),
  total: z.number().int().min(1),
});
export type NextStep = z.infer<typeof nextStepSchema>;

/** What the phase `insights` found. */
export const insightsFoundSchema = z.strictObject({
  insights: z.array(insightSchema),
  nextSteps: z.array(nextStepSchema).max(MAX_NEXT_STEPS),
  recommendations: z.array(recommendationSchema),
  /** How many rules were tried: silence of a rule means that its condition did not hold. */
  rulesTried: z.number().int().min(1),
});
export type InsightsFound = z.infer<typeof insightsFoundSchema>;
