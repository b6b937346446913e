import type { Pattern } from "./pattern";
import { ASYNCHRONOUS } from "./catalogue/asynchronous";
import { CONCURRENCY } from "./catalogue/concurrency";
import { DATA_ACCESS } from "./catalogue/data-access";
import { ERROR_VALUES } from "./catalogue/error-values";
import { EXCEPTIONS } from "./catalogue/exceptions";
import { FUNCTION_VALUES } from "./catalogue/function-values";
import { FUNCTIONS } from "./catalogue/functions";
import { ITERATION } from "./catalogue/iteration";
import { LOGGING } from "./catalogue/logging";
import { MISSING_VALUES } from "./catalogue/missing-values";
import { STRUCTURE } from "./catalogue/structure";
import { TESTING } from "./catalogue/testing";
import { TYPES } from "./catalogue/types";
import { CONCEPTS } from "./concepts";

/** Grows when a rule or a measure changes what it counts: results of different numbers are not compared. */
export const CATALOGUE_VERSION = 1;

/** Every pattern that is looked for, by theme. */
export const CATALOGUE: readonly Pattern[] = [
  ...ASYNCHRONOUS,
  ...EXCEPTIONS,
  ...ERROR_VALUES,
  ...ITERATION,
  ...FUNCTIONS,
  ...FUNCTION_VALUES,
  ...TYPES,
  ...MISSING_VALUES,
  ...STRUCTURE,
  ...CONCURRENCY,
  ...TESTING,
  ...LOGGING,
  ...DATA_ACCESS,
];

/**
 * What a learner could be asked about a pattern, on each level of Bloom's taxonomy (Anderson and Krathwohl's revision, 2001),
 * lowest first: of the concept where it has a question, of the pattern itself otherwise. The levels are those of
 * `lib/learning/bloom`; a test of the content holds the two together.
 */
export function bloomHints(pattern: Pattern) {
  const { understand, apply, evaluate, title } = CONCEPTS[pattern.concept];
  return {
    remember: `Which of these pieces of code shows “${pattern.name}”?`,
    understand,
    apply,
    analyse: `Find “${pattern.name}” in your own code: what would change for callers without it?`,
    evaluate,
    create: `Write a small example of your own about ${title.toLowerCase()}, and a test that shows it holds.`,
  };
}
