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
export interface OwnFunction {
  readonly path: string;
  readonly line: number;
  readonly endLine: number;
  readonly language: "javascript" | "typescript";
  readonly name: string;
  readonly text: string;
  readonly parameters: readonly { readonly name: string; readonly type: string | null }[];
  readonly operators: readonly {
    readonly start: number;
    readonly end: number;
    readonly from: string;
    readonly to: string;
    readonly line: number;
  }[];
}

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
