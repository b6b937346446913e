import { z } from "zod";
import { bloomLevelSchema } from "../bloom/schemas";

/** A concept to learn: the slug that patterns, recommendations and content share. */
const conceptSchema = z.string().regex(/^[a-z][a-z0-9-]+$/);
const time = z.iso.datetime({ offset: true });
/** On the scale of the predictor: 0 is the middle, one step up makes even odds 27 to 73. */
const logit = z.number().min(-12).max(12);

/** What has to be shown at a concept. `reference` is the difficulty of an item that somebody who masters it passes. */
export const conceptAimSchema = z.strictObject({
  concept: conceptSchema,
  reference: logit,
  levels: z.array(bloomLevelSchema),
});
export type ConceptAim = z.infer<typeof conceptAimSchema>;

/** What the predictor has to know of an item. */
export const itemFactsSchema = z.strictObject({
  item: z.uuid(),
  bloom: bloomLevelSchema,
  difficulty: logit,
  /** The chance to be right without knowing: 0.25 of a choice of four. */
  guess: z.number().min(0).max(0.9),
  /** How many answers the difficulty rests on, of all learners. */
  answers: z.number().int().min(0),
});
export type ItemFacts = z.infer<typeof itemFactsSchema>;

/**
 * One graded answer, with all that the engine used when it came: later changes of content or of other people's
 * answers change nothing about what this one meant, so that a replay gives the same state.
 */
export const attemptSchema = z.strictObject({
  id: z.uuid(),
  at: time,
  aim: conceptAimSchema,
  facts: itemFactsSchema,
  passed: z.boolean(),
  hintsUsed: z.number().int().min(0),
  /** It was shown as a review of a mastered concept. */
  review: z.boolean(),
});
export type Attempt = z.infer<typeof attemptSchema>;

/** What FSRS keeps of a concept. */
export const reviewSchema = z.strictObject({
  due: time,
  last: time,
  /** Days until the chance to remember has fallen to nine in ten. */
  stability: z.number().positive(),
  difficulty: z.number().min(1).max(10),
  reps: z.number().int().min(1),
  lapses: z.number().int().min(0),
});
export type Review = z.infer<typeof reviewSchema>;

export const conceptStatusSchema = z.enum(["practising", "mastered", "lapsed"]);
export type ConceptStatus = z.infer<typeof conceptStatusSchema>;

export const conceptStateSchema = z.strictObject({
  aim: conceptAimSchema,
  status: conceptStatusSchema,
  /** How far the learner is above or below what their ability lets expect here. */
  offset: z.number(),
  attempts: z.number().int().min(0),
  /** The latest items passed without a hint and hard enough for the gate, since mastery was last taken away. */
  passes: z.array(z.uuid()),
  /** Levels with a success without a hint. */
  levels: z.array(bloomLevelSchema),
  /** By item: how often it was answered, whether it was ever passed, and as which of the concept's attempts it was last. */
  items: z.record(
    z.uuid(),
    z.strictObject({ times: z.number().int().min(1), passed: z.boolean(), last: z.number().int().min(1) }),
  ),
  review: reviewSchema.nullable(),
  lastAt: time,
});
export type ConceptState = z.infer<typeof conceptStateSchema>;

/** What the system believes about a learner's skill: a fold of their answers. */
export const learnerStateSchema = z.strictObject({
  ability: z.number(),
  attempts: z.number().int().min(0),
  concepts: z.record(conceptSchema, conceptStateSchema),
});
export type LearnerState = z.infer<typeof learnerStateSchema>;

/** One of the gate's questions, and how it stands. */
export const conditionSchema = z.strictObject({
  code: z.enum(["enough_answers", "likely_enough", "passed_unaided", "levels_shown"]),
  holds: z.boolean(),
  /** For people: what is there and what is asked for. */
  sentence: z.string(),
});
export type Condition = z.infer<typeof conditionSchema>;

export const CHANGE_REASONS = [
  "passed",
  "passed_with_hints",
  "failed",
  "gate_passed",
  "review_passed",
  "review_failed",
  "review_brought_forward",
  "counted_anew",
] as const;

/** A change of what is believed about a concept, and why. Each answer makes exactly one; a verdict that was changed, one for each concept that it moves. */
export const masteryChangeSchema = z.strictObject({
  attempt: z.uuid(),
  concept: conceptSchema,
  at: time,
  /** The chance to pass the concept's reference item, before and after. */
  before: z.number(),
  after: z.number(),
  statusBefore: conceptStatusSchema,
  statusAfter: conceptStatusSchema,
  /** What was expected of this answer; null where an older one is counted anew. */
  expected: z.number().nullable(),
  reason: z.strictObject({ code: z.enum(CHANGE_REASONS), sentence: z.string() }),
  /** How the gate stands after it. */
  gate: z.array(conditionSchema),
});
export type MasteryChange = z.infer<typeof masteryChangeSchema>;
