import type { ConceptSlug } from "./concepts";

/**
 * What a concept builds on. One that a code base never uses is worth recommending only where it uses one of these:
 * transactions to who writes SQL, table-driven tests to who writes tests. An empty list: only where it is in use already
 * (nobody has to use recursion). A concept that is not listed here matters in any code.
 */
export const BUILDS_ON: Readonly<Partial<Record<ConceptSlug, readonly ConceptSlug[]>>> = {
  "async-await": ["promises", "http"],
  "concurrent-waiting": ["async-await", "promises", "concurrency"],
  promises: ["async-await"],
  "promise-errors": ["promises", "async-await"],
  "async-iteration": ["async-await"],
  cancellation: ["async-await", "concurrency", "http"],
  "precise-errors": ["error-handling"],
  "error-causes": ["error-handling", "precise-errors", "error-values"],
  "custom-errors": ["error-handling", "error-values"],
  comprehensions: ["iteration"],
  generators: ["iteration"],
  closures: ["higher-order-functions"],
  recursion: [],
  "efficient-text": [],
  "pattern-matching": ["enumerations", "data-modelling"],
  generics: ["type-safety", "interfaces", "type-annotations"],
  enumerations: ["type-annotations", "data-modelling"],
  "type-narrowing": ["null-safety", "type-annotations", "generics"],
  equality: [],
  "global-state": [],
  "dependency-injection": ["encapsulation", "interfaces", "inheritance"],
  inheritance: [],
  interfaces: ["encapsulation", "dependency-injection", "inheritance"],
  encapsulation: ["inheritance", "data-modelling"],
  decorators: ["closures"],
  "data-modelling": ["type-annotations", "encapsulation"],
  concurrency: ["async-await", "mutual-exclusion"],
  "message-passing": ["concurrency"],
  "mutual-exclusion": ["concurrency"],
  "memory-safety": [],
  "table-driven-tests": ["testing"],
  "test-doubles": ["testing"],
  sql: [],
  "query-batching": ["sql"],
  transactions: ["sql"],
  http: [],
  timeouts: ["http"],
};
