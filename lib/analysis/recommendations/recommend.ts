import type { CatalogueView, InsightInput } from "../insights/input";
import type { PatternCount } from "../patterns/schemas";
import { MAX_RECOMMENDATIONS, type Recommendation, type RecommendationReason } from "./schemas";

/** So many good uses halve the need: a bound of ours, between "tried once" and "second nature". */
const HALF_KNOWN = 5;
/** So many risky places make a concept matter as much as one can. */
const MANY_RISKS = 10;
/** A concept that stands in a quarter of the files is part of how this code base works. */
const CENTRAL = 0.25;
/** What speaks for a concept, adding up to 1: the language has it; it goes wrong here; much of the code rests on it. */
const PARTS = { language: 0.25, misuse: 0.45, spread: 0.3 } as const;
/** Below this there is nothing to say. */
const LEAST = 0.05;

/** Twice is chance, three times a habit to build on. */
const GROUND = 3;

interface Ground {
  readonly title: string;
  readonly used: number;
}

interface Use {
  readonly good: number;
  readonly risky: number;
  readonly files: number;
  readonly names: { readonly good: readonly string[]; readonly risky: readonly string[] };
  readonly places: readonly { readonly path: string; readonly line: number }[];
}

/**
 * Concepts worth learning for this code, best first: (seen little or used wrongly) × (matters in this code base).
 * Deterministic: ties go by slug.
 */
export function recommend(input: InsightInput, catalogue: CatalogueView): Recommendation[] {
  const found = input.patterns;
  if (!found || found.lines === 0) return [];
  const share = new Map(found.languages.map(({ name, lines }) => [name, lines / found.lines]));
  const counts = new Map(found.patterns.map((pattern) => [pattern.id, pattern]));
  const entriesOf = (slug: string) => catalogue.patterns.filter((pattern) => pattern.concept === slug);
  const titles = new Map(catalogue.concepts.map(({ slug, title }) => [slug, title]));
  /** What a concept that was never seen stands on here, most used first. */
  const groundOf = (buildsOn: readonly string[]): Ground | undefined =>
    buildsOn
      .map((slug) => ({ title: titles.get(slug) ?? slug, used: useOf(entriesOf(slug), counts).good }))
      .filter(({ used }) => used >= GROUND)
      .toSorted((one, other) => other.used - one.used)[0];
  return catalogue.concepts
    .flatMap(({ slug, title, buildsOn }): Recommendation[] => {
      const entries = entriesOf(slug);
      const languages = [...new Set(entries.flatMap((pattern) => pattern.languages))];
      const written = Math.min(
        1,
        languages.reduce((sum, language) => sum + (share.get(language) ?? 0), 0),
      );
      if (written === 0) return [];
      const use = useOf(entries, counts);
      if (use.risky === 0 && use.good >= HALF_KNOWN) return [];
      const isSeen = use.good + use.risky > 0;
      const ground = isSeen || !buildsOn ? undefined : groundOf(buildsOn);
      if (!isSeen && buildsOn && !ground) return [];
      const need = Math.max(HALF_KNOWN / (HALF_KNOWN + use.good), use.risky / Math.max(1, use.risky + use.good));
      const relevance =
        written *
        (PARTS.language +
          PARTS.misuse * Math.min(1, use.risky / MANY_RISKS) +
          PARTS.spread * Math.min(1, use.files / Math.max(1, found.files) / CENTRAL));
      const score = need * relevance;
      if (score < LEAST) return [];
      return [
        {
          concept: slug,
          title,
          score: rounded(score),
          need: rounded(need),
          relevance: rounded(relevance),
          reasons: reasonsOf(use, found.files, ground),
          places: use.places.slice(0, 5),
        },
      ];
    })
    .toSorted((one, other) => other.score - one.score || (one.concept < other.concept ? -1 : 1))
    .slice(0, MAX_RECOMMENDATIONS);
}

function useOf(entries: CatalogueView["patterns"], counts: ReadonlyMap<string, PatternCount>): Use {
  const seen = entries.flatMap(({ id, name, kind }) => {
    const pattern = counts.get(id);
    return pattern && pattern.count > 0 ? [{ ...pattern, name, kind }] : [];
  });
  const good = seen.filter((pattern) => pattern.kind === "habit");
  const risky = seen.filter((pattern) => pattern.kind === "risk" && pattern.count > pattern.inTests);
  // A risk in a test is often meant: an empty catch that proves something is thrown, say.
  const riskyPlaces = risky.reduce((sum, pattern) => sum + pattern.count - pattern.inTests, 0);
  const places = [...risky, ...good].flatMap((pattern) =>
    pattern.examples
      .filter((example) => pattern.kind === "habit" || !example.inTest)
      .map(({ path, line }) => ({ path, line }))
      .toSorted((one, other) => (one.path < other.path ? -1 : one.path > other.path ? 1 : one.line - other.line))
      .slice(0, 3),
  );
  return {
    good: good.reduce((sum, pattern) => sum + pattern.count, 0),
    risky: riskyPlaces,
    // Patterns of a concept may share files; the widest is a lower bound of their union.
    files: Math.max(0, ...seen.map((pattern) => pattern.files)),
    names: { good: good.map(({ name }) => name), risky: risky.map(({ name }) => name) },
    places: places.filter(
      (place, index) => places.findIndex((other) => other.path === place.path && other.line === place.line) === index,
    ),
  };
}

function reasonsOf(use: Use, files: number, ground: Ground | undefined): RecommendationReason[] {
  const reasons: RecommendationReason[] = [];
  if (use.risky > 0) {
    reasons.push({
      kind: "misused",
      sentence: `${use.names.risky.slice(0, 2).join(" and ")}: ${use.risky.toLocaleString("en")} ${use.risky === 1 ? "place" : "places"} outside of tests.`,
    });
  }
  if (ground) {
    reasons.push({
      kind: "unused",
      sentence: `It builds on “${ground.title}”, which stands here ${ground.used.toLocaleString("en")} times, and was not found itself.`,
    });
  } else if (use.good === 0)
    reasons.push({ kind: "unused", sentence: "None of its good uses was found in this code." });
  else if (use.good < HALF_KNOWN) {
    reasons.push({ kind: "rare", sentence: `Used well ${use.good === 1 ? "once" : `${use.good} times`} so far.` });
  }
  if (use.files / Math.max(1, files) >= CENTRAL) {
    reasons.push({
      kind: "central",
      sentence: `It stands in ${use.files.toLocaleString("en")} of ${files.toLocaleString("en")} parsed files, so each improvement counts often.`,
    });
  }
  return reasons;
}

function rounded(value: number): number {
  return Math.round(Math.min(1, value) * 1000) / 1000;
}
