import { z } from "zod";
import { STANDINGS } from "../bloom/rules";
import { validationSchema } from "../bloom/schemas";
import {
  answerSchema,
  checkedAnswerSchema,
  exerciseViewSchema,
  type Answer,
  type ExerciseView,
} from "../content/schemas";
import { originSchema, type Origin } from "../own-code/schemas";
import { conceptStatusSchema, masteryChangeSchema } from "../mastery/schemas";
import { remarkSchema } from "../patterns/schemas";

/** A topic as people write it: a concept's slug or title, or one of the catalogue of patterns. */
const topicSchema = z.string().trim().min(1).max(200);
const slug = z
  .string()
  .max(100)
  .regex(/^[a-z][a-z0-9-]*$/, "This is not the name of a track or lesson.");
const time = z.iso.datetime({ offset: true });
const count = z.number().int().min(0);

/** The version of the session that a device knows; it grows with each change that devices have to know. */
export const knownVersionSchema = z.number().int().min(1);

export const startRequestSchema = z
  .strictObject({
    topic: topicSchema.optional(),
    trackSlug: slug.optional(),
    lessonSlug: slug.optional(),
    /** Tests the learner out of the lesson: its hardest tasks, level by level. */
    testOut: z.boolean().optional(),
  })
  .superRefine((value, context) => {
    if ((value.topic === undefined) === (value.trackSlug === undefined))
      context.addIssue({
        code: "custom",
        path: ["trackSlug"],
        message: "Name either a topic or a track.",
        params: { code: "rule_broken" },
      });
    if (value.lessonSlug !== undefined && value.trackSlug === undefined)
      context.addIssue({
        code: "custom",
        path: ["lessonSlug"],
        message: "A lesson goes with its track.",
        params: { code: "rule_broken" },
      });
    if (value.testOut === true && value.lessonSlug === undefined)
      context.addIssue({
        code: "custom",
        path: ["testOut"],
        message: "One tests out of a lesson: name it with its track.",
        params: { code: "rule_broken" },
      });
  });
export type StartRequest = z.infer<typeof startRequestSchema>;

/** What a session shows and waits for, as it is kept. */
export const pendingSchema = z.object({
  activityId: z.uuid(),
  concept: z.string(),
  /** It is shown as a review of a mastered concept. */
  review: z.boolean(),
  /** How many hints were given. */
  hints: count.default(0),
  expected: z.number(),
  reason: z.object({ code: z.string(), sentence: z.string() }),
  shownAt: time,
  /** What most likely comes after it, where that is likely enough to be prepared. */
  foreseen: z.object({ activityId: z.uuid(), probability: z.number() }).nullable().default(null),
  /** Whether it is of the learner's own code, and how many of each kind the session has shown with it. */
  own: z
    .object({ is: z.enum(["item", "question"]).nullable(), items: count, questions: count })
    .default({ is: null, items: 0, questions: 0 }),
  /** Items whose answers in this session wait for somebody to look: they are not asked again meanwhile. */
  waiting: z.array(z.uuid()).max(20).default([]),
});
export type Pending = z.infer<typeof pendingSchema>;

/** How far a session is; also what `progress` on `session:<id>` carries. */
export const progressSchema = z.object({
  answered: count.default(0),
  passed: count.default(0),
  hintsUsed: count.default(0),
  /** So many answers make the session whole. */
  goal: count.default(0),
  /** What is shown now: a device that shows another loads the session again. */
  activityId: z.uuid().nullable().default(null),
  concept: z.string().nullable().default(null),
  /** While the session tests the learner out of its lesson; null: it practises. */
  testOut: z.object({ missed: count }).nullable().default(null),
});
export type Progress = z.infer<typeof progressSchema>;

export const summarySchema = z.object({
  answered: count,
  passed: count,
  /** Without a hint. */
  unaided: count,
  awaitingReview: count,
  hintsUsed: count,
  seconds: count,
  /** Of them, those in which somebody was there. */
  activeSeconds: count,
  concepts: z.array(
    z.object({
      concept: z.string(),
      chanceBefore: z.number(),
      chanceAfter: z.number(),
      statusBefore: conceptStatusSchema,
      statusAfter: conceptStatusSchema,
      /** Why it was changed the last time. */
      reason: z.string(),
    }),
  ),
  nextReviewAt: time.nullable(),
  /** Code runs that were not graded, and those of them that ended in an error; absent where nobody waited for the end. */
  runs: count.optional(),
  runErrors: count.optional(),
  /** Why the session ended, for people. */
  because: z.string().optional(),
});

export const sessionStatusSchema = z.enum(["active", "completed", "left", "expired"]);

export const sessionViewSchema = z.strictObject({
  id: z.uuid(),
  topic: z.string(),
  trackSlug: z.string().nullable(),
  lessonSlug: z.string().nullable(),
  status: sessionStatusSchema,
  version: z.number().int(),
  progress: progressSchema,
  startedAt: time,
  /** At this time it ends whether somebody is there or not. */
  endsAt: time,
  endedAt: time.nullable(),
  summary: summarySchema.nullable(),
});
export type SessionView = z.infer<typeof sessionViewSchema>;

/** What is put to the learner. */
export const sessionContentSchema = z.strictObject({
  activityId: z.uuid(),
  concept: z.strictObject({
    slug: z.string(),
    title: z.string(),
    summary: z.string(),
    /** The lesson, in Markdown. */
    about: z.string(),
  }),
  exercise: exerciseViewSchema,
  review: z.boolean(),
  /** The chance that the learner passes, as the engine puts it. */
  expected: z.number(),
  /** Why this comes now. */
  reason: z.strictObject({ code: z.string(), sentence: z.string() }),
  /** Those that were given. */
  hints: z.array(z.string()),
  hintsLeft: count,
  /** Where it comes from, when it was made of the learner's own code; null for an exercise of the track. */
  origin: originSchema.nullable(),
});
export type SessionContent = z.infer<typeof sessionContentSchema>;

/** An exercise as it is prepared for whoever comes to it: nothing of a learner, nothing of the answer. */
export const preparedItemSchema = sessionContentSchema
  .pick({ concept: true, exercise: true })
  .extend({ hints: z.array(z.string()) });

const stepSchema = z.strictObject({
  concept: z.string(),
  title: z.string(),
  status: z.enum(["now", "review_due", "open", "locked"]),
  /** Why it is where it is. */
  sentence: z.string(),
});
export type NextStep = z.infer<typeof stepSchema>;

const surroundings = {
  nextSteps: z.array(stepSchema),
  relatedTopics: z.array(z.strictObject({ slug: z.string(), title: z.string(), trackSlug: z.string() })),
  estimatedCompletion: z.strictObject({ minutes: count, at: time }).nullable(),
};

/** What `POST /api/v1/learning-sessions` answers. */
export const startedSessionSchema = z.strictObject({
  session: sessionViewSchema,
  content: sessionContentSchema,
  ...surroundings,
});
export type StartedSession = z.infer<typeof startedSessionSchema>;

export const givenAnswerSchema = z.strictObject({
  id: z.uuid(),
  activityId: z.uuid(),
  concept: z.string(),
  passed: z.boolean(),
  standing: z.enum(STANDINGS),
  hintsUsed: count,
  score: z.number().nullable(),
  level: z.string().nullable(),
  feedback: z.string().nullable(),
  answeredAt: time,
});
export type GivenAnswer = z.infer<typeof givenAnswerSchema>;

/** What a device had that was not answered yet. */
export const draftSchema = z.strictObject({ activityId: z.uuid(), answer: answerSchema, at: time });

/** What `GET /api/v1/learning-sessions/{id}` answers: all that a device needs to go on. */
export const resumedSessionSchema = z.strictObject({
  session: sessionViewSchema,
  /** Null once the session has ended. */
  content: sessionContentSchema.nullable(),
  ...surroundings,
  answers: z.array(givenAnswerSchema),
  /** What was typed on another device, of the task that is shown. */
  draft: draftSchema.nullable(),
  metrics: z.strictObject({
    engagement: z.strictObject({ activeSeconds: count, runs: count, hintsUsed: count }),
    progress: z.strictObject({ answered: count, passed: count, goal: count }),
    errors: z.strictObject({ runErrors: count, failed: count }),
  }),
});
export type ResumedSession = z.infer<typeof resumedSessionSchema>;

export const responseRequestSchema = z.strictObject({
  activityId: z.uuid(),
  answer: answerSchema,
  hintsUsed: z.number().int().min(0).max(50).optional(),
  version: knownVersionSchema,
});
export type ResponseRequest = z.infer<typeof responseRequestSchema>;

/** What is told of an answer beside its verdict; kept with it, so that a repeated one is told the same. */
export const toldSchema = z.object({
  /** The wrong idea that the answer is known to come from. */
  misconception: z.object({ belief: z.string(), feedback: z.string() }).nullable(),
  run: checkedAnswerSchema.shape.run,
  /** What the learner's memory of patterns had to say on it. */
  remarks: z.array(remarkSchema).default([]),
});
export type Told = z.infer<typeof toldSchema>;

/** What an answer changed in what is believed about a concept, and why. */
export const believedChangeSchema = masteryChangeSchema.pick({
  concept: true,
  before: true,
  after: true,
  statusBefore: true,
  statusAfter: true,
  reason: true,
  gate: true,
});

/** What `POST /api/v1/learning-sessions/{id}/responses` answers. */
export const respondedSchema = z.strictObject({
  responseId: z.uuid(),
  validation: validationSchema,
  standing: z.enum(STANDINGS),
  misconception: toldSchema.shape.misconception,
  run: toldSchema.shape.run,
  /** Where the learner has met this before, in their own code or answers. */
  remarks: z.array(remarkSchema),
  /** Why the right answer is right; once it was given. */
  explanation: z.string().nullable(),
  /** Null while a review is awaited: nothing is believed otherwise yet. */
  change: believedChangeSchema.nullable(),
  /** Null when the session has ended with this answer. */
  nextContent: sessionContentSchema.nullable(),
  progress: progressSchema,
  /** The session after it. */
  session: sessionViewSchema,
});
export type Responded = z.infer<typeof respondedSchema>;

/** An answer as its own page tells it, now or later. */
export type AnswerTold = Pick<
  Responded,
  "responseId" | "validation" | "standing" | "misconception" | "run" | "remarks" | "explanation" | "change"
> & {
  /** Of the exercise. */
  readonly title: string;
  /** Null where it was made of code that is not kept any more. */
  readonly exercise: Pick<ExerciseView, "kind" | "language" | "options" | "reasons" | "code"> | null;
  /** Where it comes from, when it was made of the learner's own code. */
  readonly origin: Origin | null;
  /** What the learner answered; null where it cannot be read any more. */
  readonly given: Answer | null;
  /** When the concept comes back as a review, as it stands now. */
  readonly nextReviewAt: string | null;
  readonly concept: { readonly slug: string; readonly title: string };
  /** Where a model is asked about it that the learner allows, while it waits; null where a person alone looks. */
  readonly grader: string | null;
  readonly sessionOver: boolean;
};

/** How code ran that nobody grades: with the first half of the tests; the rest is run when the answer is sent. */
export const draftRunSchema = checkedAnswerSchema.shape.run.unwrap().extend({
  tests: z.array(z.strictObject({ name: z.string(), passed: z.boolean(), message: z.string().nullable() })),
  /** So many more tests are run when the answer is sent. */
  hiddenTests: count,
});
export type DraftRun = z.infer<typeof draftRunSchema>;

export const runRequestedSchema = z.strictObject({ activityId: z.uuid(), answer: answerSchema });

export const hintRequestSchema = z.strictObject({
  activityId: z.uuid(),
  /** How many hints the device shows: asking again with the same number gives the same hint. */
  seen: z.number().int().min(0).max(50),
});

export const hintSchema = z.strictObject({
  number: z.number().int().min(1),
  text: z.string(),
  left: count,
  version: z.number().int(),
});
export type Hint = z.infer<typeof hintSchema>;

export const fittedHintRequestSchema = z.strictObject({
  activityId: z.uuid(),
  /** The hint's, from 1. */
  number: z.number().int().min(1).max(50),
  /** What stands in the editor, if something does. */
  answer: answerSchema.optional(),
});

export const saidLessonRequestSchema = z.strictObject({ activityId: z.uuid() });

/** A sign of life, with what stands in the editor, if something does. */
export const heartbeatSchema = z
  .strictObject({ draft: z.strictObject({ activityId: z.uuid(), answer: answerSchema }).optional() })
  .optional();

export const appealedSchema = z.strictObject({ responseId: z.uuid(), standing: z.literal("appealed") });

export const enrolledSchema = z.strictObject({ trackSlug: z.string(), enrolledAt: time });

export const sessionListSchema = z.strictObject({
  items: z.array(sessionViewSchema),
  nextCursor: z.string().nullable(),
});
export type SessionList = z.infer<typeof sessionListSchema>;

/** What several devices of one session share and nobody grades: kept in `lib/platform/state`. */
export const liveSessionSchema = z.object({
  draft: draftSchema.nullable(),
  runs: count,
  runErrors: count,
});
export type LiveSession = z.infer<typeof liveSessionSchema>;
