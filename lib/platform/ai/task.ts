import type { z } from "zod";
import type { Material } from "./prompt";

/**
 * Something that a model can be asked: always for a list, because a list can be checked, and shown, one element at a time.
 * Nothing of an answer is used before `doubt` has looked at it.
 */
export interface Task<Element, Value> {
  readonly name: "rephrase-insights" | "write-hint" | "grade-criterion" | "lesson-variant";
  /** Grows with the instructions and the checks: answers to an older version are not recalled. */
  readonly version: number;
  readonly instructions: string;
  readonly materials: readonly Material[];
  /** Shape alone, as providers understand it; lengths and everything else are for `doubt`. */
  readonly element: z.ZodType<Element>;
  readonly maxElements: number;
  readonly maxOutputTokens: number;
  /** @returns why this element is not believed, or null */
  doubt(element: Element): string | null;
  /** @returns what the believed elements come to, or null when that is not enough */
  gather(believed: readonly Element[]): Value | null;
}

/** How long somebody waits for a model. */
export interface Patience {
  /** For an answer, over all providers and attempts. */
  readonly withinMs: number;
  /** For the first sign of one from a provider that was asked. */
  readonly firstMs: number;
}

/**
 * For a hint or a grade nobody waits longer than ten seconds: the author's hint stands there meanwhile, and a grade comes later.
 * Lessons and insights come part by part while their reader reads what stands there, so that only silence is cut short.
 */
export const PATIENCE: Readonly<Record<Task<never, never>["name"], Patience>> = {
  "write-hint": { withinMs: 10_000, firstMs: 4_000 },
  "grade-criterion": { withinMs: 10_000, firstMs: 4_000 },
  "lesson-variant": { withinMs: 30_000, firstMs: 5_000 },
  "rephrase-insights": { withinMs: 60_000, firstMs: 8_000 },
};

/** Why no model answered. */
export type NotByModel = "no_key" | "not_allowed" | "over_budget" | "unavailable" | "refused" | "too_long";

/** Who answered: a model whose words were checked, or the rules and the content themselves. */
export type AnsweredBy =
  | { readonly kind: "model"; readonly provider: string; readonly model: string; readonly cached: boolean }
  | { readonly kind: "rules"; readonly because: NotByModel };

export interface Answered<Value> {
  readonly value: Value;
  readonly by: AnsweredBy;
}

/** What happens while a model answers. `restart`: what came so far is not counted, another attempt follows. */
export type Progress<Element> = { readonly kind: "element"; readonly element: Element } | { readonly kind: "restart" };

export interface AskOptions<Element> {
  /** The caller's own: with it everything ends. */
  readonly signal?: AbortSignal;
  /** Told of each element that is believed, as it comes. */
  readonly onProgress?: (progress: Progress<Element>) => void;
  /** Another patience than the task's: a workflow has more, a test has less. */
  readonly patience?: Patience;
}
