import { CATALOGUE } from "../patterns/catalogue";
import { BUILDS_ON } from "../patterns/concept-order";
import { CONCEPTS, type ConceptSlug } from "../patterns/concepts";
import type { RuleFamily } from "../patterns/pattern";
import type { CatalogueView } from "./input";

/** Linguist's names of the languages of a family; a rule may speak of some of them only. */
const RULE_LANGUAGES: Readonly<Record<RuleFamily, readonly string[]>> = {
  javascript: ["JavaScript", "TypeScript", "TSX"],
  python: ["Python"],
  go: ["Go"],
  java: ["Java"],
  rust: ["Rust"],
};

/** The product's catalogue as the rules and recommendations need it. */
export const CATALOGUE_VIEW: CatalogueView = {
  patterns: CATALOGUE.map(({ id, name, concept, kind, rules }) => ({
    id,
    name,
    concept,
    kind,
    languages: (Object.keys(rules) as RuleFamily[]).flatMap((family) => rules[family]?.only ?? RULE_LANGUAGES[family]),
  })),
  concepts: (Object.keys(CONCEPTS) as ConceptSlug[]).map((slug) => ({
    slug,
    title: CONCEPTS[slug].title,
    buildsOn: BUILDS_ON[slug],
  })),
};

/** Names for what results know by ids alone. */
export interface CatalogueWords {
  readonly patterns: Readonly<Record<string, string>>;
  readonly concepts: Readonly<Record<string, string>>;
  /** What a pattern is, and what it is good for or does harm by. */
  readonly about: Readonly<Record<string, string>>;
}

const WORDS: CatalogueWords = {
  patterns: Object.fromEntries(CATALOGUE.map(({ id, name }) => [id, name])),
  concepts: Object.fromEntries(CATALOGUE_VIEW.concepts.map(({ slug, title }) => [slug, title])),
  about: Object.fromEntries(CATALOGUE.map(({ id, about }) => [id, about])),
};

/** The catalogue's words for ids; a page looks them up so that a renamed pattern is renamed in older results too. */
export function patternWords(): CatalogueWords {
  return WORDS;
}
