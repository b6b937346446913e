import type { CodeRuleId } from "../catalogue";

/** Code that a rule must report, and code like it that it must not. */
export interface Fixture {
  readonly rule: CodeRuleId;
  readonly bad: readonly string[];
  readonly good: readonly string[];
}
