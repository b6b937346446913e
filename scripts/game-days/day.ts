import type { Losses } from "./donors.ts";
import type { Stack, StackOptions } from "./stack.ts";

/** What a game day showed. */
export interface Outcome {
  /** From the fault (or from what ended it, where that is not ours to end) until the service did its work again. */
  readonly recoverySeconds: number;
  readonly losses: Losses;
  /** What else was seen, a line each. */
  readonly notes: readonly string[];
}

/** An outage that is rehearsed. */
export interface GameDay {
  /** As the runbook's file is named. */
  readonly name: string;
  readonly stack?: StackOptions;
  run(stack: Stack, say: (line: string) => void): Promise<Outcome>;
}

export const secondsSince = (began: number): number => (performance.now() - began) / 1000;
export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
