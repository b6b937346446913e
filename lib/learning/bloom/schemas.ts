import { z } from "zod";

/** Bloom's levels, the lowest first. A level belongs to a task, by its author; an answer only shows evidence for it. */
export const BLOOM_LEVELS = ["remember", "understand", "apply", "analyse", "evaluate", "create"] as const;
export const bloomLevelSchema = z.enum(BLOOM_LEVELS);
export type BloomLevel = z.infer<typeof bloomLevelSchema>;

/** `needs_review` is an honest "nobody could tell": no check speaks of it, or what was said could not be held to the answer. */
export const criterionStatusSchema = z.enum(["demonstrated", "not_demonstrated", "needs_review"]);

/** A line of a task's rubric. */
export const criterionSchema = z.strictObject({
  id: z.string().min(1),
  /** What an answer shows that meets it, in words for the learner. */
  text: z.string().min(1),
  weight: z.number().positive(),
  /** Without it the task is not passed, whatever else is shown. */
  required: z.boolean(),
});
export type Criterion = z.infer<typeof criterionSchema>;

/** What in the answer shows it (or shows that it is missing). */
export const answerEvidenceSchema = z.strictObject({
  /** What was looked at and seen: "Test 3: sort([2, 1]) gave [1, 2]". */
  shows: z.string().min(1),
  /** Words of the answer. */
  quote: z.string().nullable(),
  /** Line of the answer, from 1. */
  line: z.number().int().min(1).nullable(),
});
export type AnswerEvidence = z.infer<typeof answerEvidenceSchema>;

export const criterionResultSchema = z.strictObject({
  criterion: z.string(),
  text: z.string(),
  status: criterionStatusSchema,
  required: z.boolean(),
  /** `check` is deterministic, and final; a `grader` is a person or a model, as the evidence says; `nobody` spoke of it. */
  by: z.enum(["check", "grader", "nobody"]),
  evidence: z.array(answerEvidenceSchema),
});
export type CriterionResult = z.infer<typeof criterionResultSchema>;

export const STEP_CODES = [
  "advanced",
  "all_levels_shown",
  "hints_used",
  "awaiting_review",
  "not_demonstrated",
  "score_too_low",
  "stepped_back",
  "settled",
] as const;

/** What an answer showed, and what comes of it. */
export const validationSchema = z.strictObject({
  passed: z.boolean(),
  /** The share of the rubric's weight that was demonstrated. */
  score: z.number().min(0).max(1),
  /** The task's level: it belongs to the task. */
  level: bloomLevelSchema,
  /** The level of the next task at this concept; null when each level was shown that it asks for. */
  nextLevel: bloomLevelSchema.nullable(),
  criteria: z.array(criterionResultSchema),
  feedback: z.string(),
  step: z.strictObject({ code: z.enum(STEP_CODES), advanced: z.boolean(), sentence: z.string().min(1) }),
});
export type Validation = z.infer<typeof validationSchema>;

/** A question about code that somebody has just passed with. */
export const ownCodeQuestionSchema = z.strictObject({
  kind: z.enum(["parameter", "declared_at", "loop_end", "reassigned", "called"]),
  level: bloomLevelSchema,
  prompt: z.string(),
  /** Each but one is wrong. */
  choices: z.array(z.string()).min(3),
  answer: z.string(),
  /** Where in the learner's code the answer stands, and why it is right. */
  line: z.number().int().min(1),
  because: z.string(),
});
export type OwnCodeQuestion = z.infer<typeof ownCodeQuestionSchema>;
