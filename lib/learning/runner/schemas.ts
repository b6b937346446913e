import { z } from "zod";
import { ownCodeQuestionSchema } from "../bloom/schemas";

/** The most that one file of code may hold, in characters. */
export const MAX_CODE = 64 * 1024;

const fileName = z.string().regex(/^[a-z][a-z0-9-]{0,39}\.(?:js|ts|py)$/, "a name such as solution.ts");

/**
 * Code to run: files that may import each other (`./solution`), and the one to begin with. Python is read and never run: its
 * other files are those to compare the first one with.
 */
export const runRequestSchema = z
  .strictObject({
    files: z
      .array(z.strictObject({ name: fileName, text: z.string().max(MAX_CODE) }))
      .min(1)
      .max(24),
    entry: fileName,
    /** The file whose `test(…)` calls are run after it was loaded; it alone may import `node:test`. */
    tests: fileName.nullable(),
    /** So many of its tests are run, the first ones; all of them where it is absent. */
    firstTests: z.number().int().min(0).optional(),
    /** It is asked to stop after so many milliseconds, if that is sooner than any run is. */
    withinMs: z.number().int().min(1).optional(),
    /** The file whose constructs are to be listed, too, and what could be asked about it. */
    constructsOf: fileName.nullable(),
  })
  .refine(({ files, entry }) => files.some((file) => file.name === entry), { message: "entry is none of the files" });
export type RunRequest = z.infer<typeof runRequestSchema>;

/**
 * How a run ended. `finished`: by itself, whatever its tests say. `failed`: an error nobody caught. `syntax`: it could
 * not be read. `time`, `memory`, `output`: a limit ended it. `stuck`: it waits for what can no longer come. `crashed`:
 * the machine that runs code fell over and was replaced. `unrun`: it is of a language that is read here and not run.
 */
export const runStatusSchema = z.enum([
  "finished",
  "failed",
  "syntax",
  "time",
  "memory",
  "output",
  "stuck",
  "crashed",
  "unrun",
]);

export const runResultSchema = z.strictObject({
  status: runStatusSchema,
  /** What was printed, line by line, up to the limit. */
  output: z.string(),
  error: z
    .strictObject({
      name: z.string(),
      message: z.string(),
      /** Where in the learner's own text, as far as it is known. */
      file: z.string().nullable(),
      line: z.number().int().min(1).nullable(),
    })
    .nullable(),
  tests: z.array(z.strictObject({ name: z.string(), passed: z.boolean(), message: z.string().nullable() })),
  /** Which constructs stand in the file that was asked about, and on which line first. */
  constructs: z.array(z.strictObject({ construct: z.string(), line: z.number().int().min(1) })),
  /** What could be asked about that file. */
  questions: z.array(ownCodeQuestionSchema).default([]),
  /** Of Python: the other file that it is built alike with, if one is. */
  same: z.string().nullable().optional(),
  /** How long it ran, without waiting for its turn. */
  ms: z.number().min(0),
});
export type RunResult = z.infer<typeof runResultSchema>;
