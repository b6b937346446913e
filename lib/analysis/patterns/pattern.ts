import type { LanguageFamily } from "../syntax/grammars";
import type { NodeId, SyntaxTree } from "../syntax/syntax-tree";
import type { ConceptSlug } from "./concepts";
import type { PatternKind } from "./schemas";
import type { Scopes } from "./scopes";

/** The languages that the catalogue speaks of. */
export type RuleFamily = Extract<LanguageFamily, "javascript" | "python" | "go" | "java" | "rust">;

export interface PatternRule {
  /** Kinds of node that are looked at; nothing else of the tree is. */
  readonly on: readonly string[];
  /**
   * Whether the node is an occurrence; left out when each is. Looks at the node, a few steps round it and its
   * scopes, never through everything below it: the cost of a file must stay linear in its size.
   */
  readonly when?: (tree: SyntaxTree, node: NodeId, scopes: Scopes) => boolean;
  /** Linguist's names, where only some of the family's languages have the thing. */
  readonly only?: readonly string[];
  /** Code to learn from, and test data: a habit is found in `good` and not in `bad`, a risk the other way round. */
  readonly good: string;
  readonly bad: string;
}

export interface Pattern {
  /** Stable; kept in results. */
  readonly id: string;
  readonly name: string;
  readonly kind: PatternKind;
  readonly concept: ConceptSlug;
  /** What it is, and what it is good for or does harm by. */
  readonly about: string;
  readonly rules: Readonly<Partial<Record<RuleFamily, PatternRule>>>;
}

/** @returns the language in which a rule's examples are written, as Linguist names it. */
export function exampleLanguage(family: RuleFamily, rule: PatternRule): string {
  return rule.only?.[0] ?? EXAMPLE_LANGUAGES[family];
}

const EXAMPLE_LANGUAGES: Readonly<Record<RuleFamily, string>> = {
  javascript: "TSX",
  python: "Python",
  go: "Go",
  java: "Java",
  rust: "Rust",
};
