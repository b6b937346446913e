import { z } from "zod";
import { bloomLevelSchema } from "../bloom/schemas";
import { runStatusSchema } from "../runner/schemas";

/** The format of `content/`: see `content/README.md`. */
const slug = z.string().regex(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/);
const text = z.string().trim().min(1);
const code = z.string().min(1).max(16_000);

const level = bloomLevelSchema;

/** What no check can tell: a grader says it, by words of the answer. Both examples are held to what a grade is held to. */
const openSchema = z.strictObject({
  /** What in an answer is evidence for it, and what is not: for whoever grades it, never shown beforehand. */
  evidence: text,
  /** Words that show it. */
  shown: text,
  /** Words on the subject that do not. */
  missing: text,
});

/** What meets a line of the rubric: the answer as a whole, some of the tests, the constructs, the reasons; or a grader. */
const criterionSchema = z.strictObject({
  id: slug,
  text,
  weight: z.number().positive().default(1),
  required: z.boolean().default(true),
  by: z.union([
    z.enum(["answer", "tests", "constructs", "reasons"]),
    z.array(text).min(1),
    z.strictObject({ open: openSchema }),
  ]),
});

const option = z.strictObject({ id: slug, text });

/** A wrong idea that people have, an answer that somebody with it gives, and what to tell them. */
const misconception = <Answer extends z.ZodType>(answer: Answer) =>
  z.strictObject({
    id: slug,
    belief: text,
    answer,
    /** Names of the tests, or `construct …`, that this answer fails; at least these. */
    fails: z.array(text).default([]),
    feedback: text,
  });

/** What a machine can be asked about the code of an item, and is, in the tests. */
const evidence = z
  .strictObject({
    /** What the code prints. */
    prints: z.string().optional(),
    /** Where TypeScript, strict, reports an error in it. */
    errors: z.array(z.strictObject({ line: z.number().int().min(1), code: z.number().int() })).optional(),
    /** Tests that the code passes. */
    tests: code.optional(),
  })
  .default({});

/** Python is not run here: the learner's browser runs it for them, and an answer is judged by its syntax tree. */
const languageSchema = z.enum(["javascript", "typescript", "python"]);
const language = languageSchema.default("typescript");

const common = {
  uuid: z.uuid(),
  slug,
  title: text,
  bloom: level,
  difficulty: z.number().int().min(1).max(10),
  estimatedMinutes: z.number().int().min(1).max(60),
  /** The concept that it belongs to, then others that it also shows. */
  concepts: z.array(slug).min(1),
  prerequisites: z.array(slug).default([]),
  prompt: text,
  rubric: z.array(criterionSchema).min(1),
  /** In the order in which they are given; none is the solution. */
  hints: z.array(text).min(1),
  /** Why the answer is right; shown afterwards. */
  explanation: text,
};

const shown = { language, code: code.optional(), evidence };
const withTests = {
  language,
  stub: code,
  exemplar: code,
  tests: code,
  /** Names of constructs, as `lib/learning/runner/constructs.ts` gives them. */
  required: z.array(text).default([]),
  forbidden: z.array(text).default([]),
  /** Of Python: other answers that are right as well, each run against the tests when content is checked. */
  alsoRight: z.array(code).default([]),
};
const ids = z.array(slug).min(1);

export const exerciseSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    ...common,
    ...shown,
    kind: z.literal("choice"),
    options: z.array(option).min(3),
    answer: ids,
    misconceptions: z.array(misconception(ids)).min(1),
  }),
  z.strictObject({
    ...common,
    ...shown,
    kind: z.literal("short"),
    accepted: z.array(text).min(1),
    misconceptions: z.array(misconception(text)).min(1),
  }),
  z.strictObject({
    ...common,
    language,
    kind: z.literal("predict"),
    code,
    output: z.string(),
    misconceptions: z.array(misconception(z.string())).min(1),
  }),
  z.strictObject({
    ...common,
    language,
    kind: z.literal("order"),
    /** In the right order; shown mixed, with the distractors among them. */
    lines: z.array(z.string().min(1)).min(3),
    distractors: z.array(z.string().min(1)).default([]),
    tests: code,
    misconceptions: z.array(misconception(z.array(z.string().min(1)).min(1))).min(1),
  }),
  z.strictObject({
    ...common,
    language,
    kind: z.literal("locate"),
    code,
    /** Each of these is right: a fault may show on several lines. */
    lines: z.array(z.number().int().min(1)).min(1),
    /** The line as it should be; with it the tests pass, without it one fails. Or where the compiler reports it. */
    repair: z.strictObject({ line: z.number().int().min(1), text: z.string() }).optional(),
    tests: code.optional(),
    evidence,
    misconceptions: z.array(misconception(z.number().int().min(1))).min(1),
  }),
  z.strictObject({
    ...common,
    ...withTests,
    kind: z.literal("fix"),
    misconceptions: z.array(misconception(code)).min(1),
  }),
  z.strictObject({
    ...common,
    ...withTests,
    kind: z.literal("write"),
    misconceptions: z.array(misconception(code)).min(1),
  }),
  z.strictObject({
    ...common,
    ...withTests,
    kind: z.literal("refactor"),
    misconceptions: z.array(misconception(code)).min(1),
  }),
  z.strictObject({
    ...common,
    ...shown,
    kind: z.literal("justify"),
    options: z.array(option).min(2),
    answer: slug,
    reasons: z.array(option).min(3),
    because: ids,
    misconceptions: z.array(misconception(z.strictObject({ choice: slug, because: ids }))).min(1),
  }),
  z.strictObject({
    ...common,
    ...shown,
    kind: z.literal("explain"),
    /** None, or a few to choose from: then the choice is checked, and the words say why. */
    options: z.array(option).default([]),
    answer: slug.nullable().default(null),
    misconceptions: z
      .array(misconception(z.strictObject({ choice: slug.nullable().default(null), words: text })))
      .min(1),
  }),
]);
export type Exercise = z.infer<typeof exerciseSchema>;

export const conceptSchema = z.strictObject({
  uuid: z.uuid(),
  slug,
  title: text,
  summary: text,
  /** The lesson, in Markdown. */
  about: text,
  /** Concepts to know before; they may be of another track. */
  prerequisites: z.array(slug).default([]),
  /** Levels that somebody who masters it has shown. */
  blooms: z.array(level).min(1),
  /** Slugs of the pattern catalogue whose recommendation leads here; its own slug is one when the catalogue has it. */
  recommendedFor: z.array(slug).default([]),
});

export const trackSchema = z.strictObject({
  uuid: z.uuid(),
  slug,
  title: text,
  summary: text,
  language,
  /** In the order in which they are taught. */
  concepts: z.array(slug).min(1),
});

export type Concept = z.infer<typeof conceptSchema> & { readonly exercises: readonly Exercise[] };
export type Track = Omit<z.infer<typeof trackSchema>, "concepts"> & { readonly concepts: readonly Concept[] };

/** An answer as it comes from a learner, by the kind of question. */
export const answerSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("choice"), ids: z.array(z.string().max(80)).max(20) }),
  z.strictObject({ kind: z.literal("text"), text: z.string().max(64 * 1024) }),
  z.strictObject({ kind: z.literal("lines"), lines: z.array(z.string().max(400)).max(60) }),
  z.strictObject({ kind: z.literal("line"), line: z.number().int().min(1) }),
  z.strictObject({
    kind: z.literal("justified"),
    choice: z.string().max(80),
    because: z.array(z.string().max(80)).max(20),
  }),
  z.strictObject({
    kind: z.literal("argued"),
    /** Null where there is nothing to choose from. */
    choice: z.string().max(80).nullable(),
    words: z.string().max(4_000),
  }),
]);
export type Answer = z.infer<typeof answerSchema>;

/** What a learner sees of an exercise before it is answered: nothing of its answer. */
export const exerciseViewSchema = z.strictObject({
  id: z.uuid(),
  slug,
  title: z.string(),
  kind: z.enum(["choice", "short", "predict", "order", "locate", "fix", "write", "refactor", "justify", "explain"]),
  bloom: level,
  difficulty: z.number().int(),
  estimatedMinutes: z.number().int(),
  concepts: z.array(slug),
  prompt: z.string(),
  language: languageSchema.nullable(),
  /** Code that is asked about, or to begin with. */
  code: z.string().nullable(),
  /** Of Python: the tests that the learner's browser runs, for practice alone. Otherwise tests are not shown. */
  practiceTests: z.string().nullable(),
  options: z.array(option),
  reasons: z.array(option),
  /** Lines to be put in order, mixed, those that are not needed among them. */
  lines: z.array(z.string()),
  required: z.array(z.string()),
  forbidden: z.array(z.string()),
  /** Part of it no check can tell: an answer waits until a person, or a model where the learner allows it, has looked at it. */
  open: z.boolean(),
  hints: z.number().int(),
});
export type ExerciseView = z.infer<typeof exerciseViewSchema>;

export const trackListSchema = z.strictObject({
  items: z.array(
    z.strictObject({
      slug,
      title: z.string(),
      summary: z.string(),
      language: languageSchema,
      concepts: z.array(
        z.strictObject({
          slug,
          title: z.string(),
          summary: z.string(),
          prerequisites: z.array(slug),
          blooms: z.array(level),
          exercises: z.array(
            z.strictObject({
              id: z.uuid(),
              title: z.string(),
              bloom: level,
              difficulty: z.number(),
              minutes: z.number(),
            }),
          ),
        }),
      ),
    }),
  ),
});
export type TrackList = z.infer<typeof trackListSchema>;

/** What the checks say of an answer. */
export const checkedAnswerSchema = z.strictObject({
  passed: z.boolean(),
  criteria: z.array(
    z.strictObject({ id: z.string(), text: z.string(), passed: z.boolean(), shows: z.array(z.string()) }),
  ),
  /** What to think about, when the answer is one that a known wrong idea leads to. */
  feedback: z.string().nullable(),
  /** How the code ran, where code was answered. */
  run: z
    .strictObject({
      status: runStatusSchema,
      output: z.string(),
      error: z
        .strictObject({
          name: z.string(),
          message: z.string(),
          file: z.string().nullable(),
          line: z.number().int().nullable(),
        })
        .nullable(),
      ms: z.number(),
    })
    .nullable(),
  /** Why the right answer is right; told once it was given. */
  explanation: z.string().nullable(),
});
export type CheckedAnswer = z.infer<typeof checkedAnswerSchema>;
