import { z } from "zod";

const time = z.coerce
  .date()
  .transform((date) => date.toISOString())
  .pipe(z.iso.datetime());

/** Where a pattern was seen: lines of a file in the commit that its sighting names. */
export const placeSchema = z.object({
  path: z.string(),
  line: z.number().int().min(1),
  endLine: z.number().int().min(1),
  language: z.string(),
});
export type PatternPlace = z.infer<typeof placeSchema>;

export const patternKindSchema = z.enum(["habit", "risk", "misconception"]);
export type LearnerPatternKind = z.infer<typeof patternKindSchema>;

/**
 * A learner's own word on a pattern, which stands above what was seen: they know it; the code is somebody else's; what
 * was seen is something else; they want to learn it.
 */
export const correctionSchema = z.enum(["known", "not_mine", "wrong", "want_to_learn"]);
export type PatternCorrection = z.infer<typeof correctionSchema>;

export const MAX_NOTE = 500;
export const noteSchema = z.string().max(MAX_NOTE, `A reason has up to ${MAX_NOTE} characters.`);

export const believedSchema = z.object({
  id: z.uuid(),
  pattern: z.string(),
  kind: patternKindSchema,
  concept: z.string(),
  correction: correctionSchema.nullable(),
  correctionNote: z.string().nullable(),
  correctedAt: time.nullable(),
  count: z.number().int(),
  good: z.number().int(),
  /** Null once each source that showed it is gone; the learner's own word on it is left. */
  lastSeenAt: time.nullable(),
  sightings: z.array(
    z.object({
      source: z.enum(["repository", "exercise"]),
      analysisId: z.uuid().nullable(),
      responseId: z.uuid().nullable(),
      repoUrl: z.string().nullable(),
      commit: z.string().nullable(),
      count: z.number().int(),
      good: z.number().int(),
      places: z.array(placeSchema),
      seenAt: time,
    }),
  ),
});
/** What is believed of a learner's pattern, with where it was seen. */
export type BelievedPattern = z.infer<typeof believedSchema>;

export const patternQuerySchema = z.strictObject({
  kind: patternKindSchema.optional(),
  concept: z
    .string()
    .regex(/^[a-z][a-z0-9-]{1,99}$/)
    .optional(),
  /** `none`: those that the learner has said nothing about. */
  correction: z.union([correctionSchema, z.literal("none")]).optional(),
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});
export type PatternQuery = z.infer<typeof patternQuerySchema>;

export const patternPageSchema = z.strictObject({ items: z.array(believedSchema), nextCursor: z.string().nullable() });
export type PatternPage = z.infer<typeof patternPageSchema>;

export const matchSchema = z.object({
  id: z.uuid(),
  pattern: z.string(),
  concept: z.string(),
  /** How many of the asked structures are the learner's too, and how many of theirs are known. */
  shared: z.number().int(),
  of: z.number().int(),
});
export type PatternMatch = z.infer<typeof matchSchema>;

/** What the memory of patterns has to say on an answer. */
export const remarkSchema = z.strictObject({
  /** The same wrong idea as before; an idiom that stands in the learner's code; a risk there that the task mends. */
  code: z.enum(["misconception_again", "written_before", "risk_in_your_code"]),
  pattern: z.string(),
  name: z.string(),
  /** How often: with this answer, or in all that was seen. */
  times: z.number().int().min(1),
  place: z
    .strictObject({ repoUrl: z.string(), commit: z.string(), path: z.string(), line: z.number().int().min(1) })
    .nullable(),
  sentence: z.string(),
});
export type Remark = z.infer<typeof remarkSchema>;

export const taskQuerySchema = z.strictObject({
  track: z
    .string()
    .regex(/^[a-z][a-z0-9-]{1,99}$/)
    .optional(),
  concept: z
    .string()
    .regex(/^[a-z][a-z0-9-]{1,99}$/)
    .optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});
export type TaskQuery = z.infer<typeof taskQuerySchema>;

const taskIdiomSchema = z.strictObject({
  pattern: z.string(),
  name: z.string(),
  /** To be written, to be mended (a risk of the code that is given), or to be read. */
  role: z.enum(["write", "mend", "read"]),
});

/** An idiom that a task is about. */
export type TaskIdiom = z.infer<typeof taskIdiomSchema>;

/** A task, with the idioms of it that a learner has and lacks. */
export const taskPatternsSchema = z.strictObject({
  exerciseId: z.uuid(),
  title: z.string(),
  concept: z.string(),
  trackSlug: z.string(),
  /** Why memory draws the learner to it; null where it does not. */
  why: z.string().nullable(),
  /** `times`: how often it was seen of the learner; `alike`: how many of the exemplar's structures are theirs too. */
  has: z.array(taskIdiomSchema.extend({ times: z.number().int(), alike: z.number().int() })),
  lacks: z.array(taskIdiomSchema),
});
export type TaskPatterns = z.infer<typeof taskPatternsSchema>;
