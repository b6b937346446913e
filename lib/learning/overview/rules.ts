import type { Concept, Track } from "../content/schemas";
import type { ConceptState, LearnerState } from "../mastery/schemas";

/** Where a concept stands for a learner. */
const STANDINGS_OF_CONCEPTS = ["mastered", "review_due", "lapsed", "practising", "open", "locked"] as const;
export type ConceptStanding = (typeof STANDINGS_OF_CONCEPTS)[number];

/** A concept on a track's map. */
export interface MapConcept {
  readonly slug: string;
  readonly title: string;
  readonly summary: string;
  readonly standing: ConceptStanding;
  /** What it stands on; those of other tracks lead there. */
  readonly builtOn: readonly ConceptLink[];
  /** What stands on it, in this track. */
  readonly leadsTo: readonly ConceptLink[];
  readonly exercises: number;
  readonly minutes: number;
  readonly levels: readonly string[];
}

export interface ConceptLink {
  readonly slug: string;
  readonly title: string;
  readonly trackSlug: string;
  readonly mastered: boolean;
}

export interface Placed {
  readonly concept: Concept;
  readonly track: Track;
}

/** Each concept by its slug, with its track. */
export function placesOf(tracks: readonly Track[]): ReadonlyMap<string, Placed> {
  return new Map(tracks.flatMap((track) => track.concepts.map((concept) => [concept.slug, { concept, track }])));
}

/** Where a concept stands: what is believed of it, or what it still needs. */
export function standingOf(concept: Concept, learner: LearnerState, now: string): ConceptStanding {
  const state = learner.concepts[concept.slug];
  if (state?.status === "mastered") return isDue(state, now) ? "review_due" : "mastered";
  if (state?.status === "lapsed") return "lapsed";
  const lacking = concept.prerequisites.some((slug) => learner.concepts[slug]?.status !== "mastered");
  if (state && state.attempts > 0) return "practising";
  return lacking ? "locked" : "open";
}

function isDue({ review }: ConceptState, now: string): boolean {
  return review !== null && Date.parse(review.due) <= Date.parse(now);
}

/** The first lesson of a track that can be taken now. */
export function nextOf(track: Track, learner: LearnerState, now: string): Concept | undefined {
  const of = (...standings: readonly ConceptStanding[]) =>
    track.concepts.find((concept) => standings.includes(standingOf(concept, learner, now)));
  return of("lapsed") ?? of("practising") ?? of("open") ?? of("locked");
}

/** A track's concepts by how much they build on: each stands after all that it needs. */
export function mapOf(
  track: Track,
  tracks: readonly Track[],
  learner: LearnerState,
  now: string,
): readonly (readonly MapConcept[])[] {
  const places = placesOf(tracks);
  const link = (slug: string): ConceptLink[] => {
    const placed = places.get(slug);
    if (!placed) return [];
    const mastered = learner.concepts[slug]?.status === "mastered";
    return [{ slug, title: placed.concept.title, trackSlug: placed.track.slug, mastered }];
  };
  const within = new Map(track.concepts.map((concept) => [concept.slug, concept]));
  const depth = (concept: Concept): number =>
    1 + Math.max(0, ...concept.prerequisites.flatMap((slug) => within.get(slug) ?? []).map((one) => depth(one)));
  const levels = new Map<number, MapConcept[]>();
  for (const concept of track.concepts) {
    const shown: MapConcept = {
      slug: concept.slug,
      title: concept.title,
      summary: concept.summary,
      standing: standingOf(concept, learner, now),
      builtOn: concept.prerequisites.flatMap((slug) => link(slug)),
      leadsTo: track.concepts
        .filter(({ prerequisites }) => prerequisites.includes(concept.slug))
        .flatMap(({ slug }) => link(slug)),
      exercises: concept.exercises.length,
      minutes: concept.exercises.reduce((sum, { estimatedMinutes }) => sum + estimatedMinutes, 0),
      levels: concept.blooms,
    };
    const at = depth(concept);
    levels.set(at, [...(levels.get(at) ?? []), shown]);
  }
  return [...levels].toSorted(([one], [other]) => one - other).map(([, concepts]) => concepts);
}
