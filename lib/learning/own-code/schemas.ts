import { z } from "zod";
import type { Exercise } from "../content/schemas";

/** What one call gave. */
export const outcomeSchema = z.strictObject({
  /** The result as JavaScript writes it, or the name of what was thrown; null for what cannot be written down. */
  value: z.string().max(400).nullable(),
  threw: z.boolean(),
  /** Whether its arguments were as before. */
  kept: z.boolean(),
});
export type Outcome = z.infer<typeof outcomeSchema>;

/** A function of the learner's that may stand alone, as the analysis finds them. */
export const ownFunctionSchema = z.object({
  path: z.string(),
  line: z.number().int().min(1),
  endLine: z.number().int().min(1),
  language: z.enum(["javascript", "typescript"]),
  name: z.string(),
  text: z.string(),
  parameters: z.array(z.object({ name: z.string(), type: z.string().nullable() })).readonly(),
  operators: z
    .array(
      z.object({
        start: z.number().int(),
        end: z.number().int(),
        from: z.string(),
        to: z.string(),
        line: z.number().int(),
      }),
    )
    .readonly(),
});
export type OwnFunction = Readonly<z.infer<typeof ownFunctionSchema>>;

export type OwnCodeKind = "predict" | "find_mutation" | "explain" | "kill_mutant" | "refactor";

/** An exercise that was made of a function, with where that stands. */
export interface OwnCodeItem {
  readonly about: OwnCodeKind;
  readonly path: string;
  readonly line: number;
  readonly endLine: number;
  readonly exercise: Exercise;
}

/** What became of a repository's functions. */
export interface OwnCodeFound {
  readonly items: readonly OwnCodeItem[];
  /** Functions that could stand alone by their tree; those that were run; those that gave an item. */
  readonly functions: { readonly found: number; readonly tried: number; readonly used: number };
  /** Items that were made and did not hold when they were run: left out. */
  readonly refused: number;
  /** Why there are none, for the learner; null when there are some. */
  readonly nothing: string | null;
}

/** Where an exercise of the learner's own code comes from: a place in a repository, or an answer of theirs. */
export const originSchema = z.strictObject({
  kind: z.enum(["repository", "answer"]),
  path: z.string().nullable(),
  line: z.number().int().nullable(),
  endLine: z.number().int().nullable(),
  commit: z.string().nullable(),
  repoUrl: z.string().nullable(),
});
export type Origin = z.infer<typeof originSchema>;
