import { conceptSchema, type Concept, type Track } from "@/lib/learning/content/schemas";
import { NEW_LEARNER } from "@/lib/learning/mastery/apply-attempt";
import type { ConceptState, LearnerState } from "@/lib/learning/mastery/schemas";

const UUID = "9dc6c717-f123-4b80-8c5b-dbc192d6c97a";

/** A concept without exercises, for tests of what stands on what. */
export function aConcept(slug: string, prerequisites: string[] = [], recommendedFor: string[] = []): Concept {
  const read = conceptSchema.parse({
    uuid: UUID,
    slug,
    title: slug.toUpperCase(),
    summary: "What it is.",
    about: "More.",
    prerequisites,
    blooms: ["apply"],
    recommendedFor,
  });
  return { ...read, exercises: [] };
}

export function aTrack(slug: string, concepts: readonly Concept[]): Track {
  return { uuid: UUID, slug, title: slug.toUpperCase(), summary: "A track.", language: "typescript", concepts };
}

/** Somebody of whom so much is believed; a concept is mastered unless told. */
export function knowing(states: Readonly<Record<string, Partial<ConceptState>>>): LearnerState {
  return {
    ...NEW_LEARNER,
    concepts: Object.fromEntries(
      Object.entries(states).map(([slug, state]) => [
        slug,
        {
          aim: { concept: slug, reference: 0, levels: ["apply"] },
          status: "mastered",
          offset: 0,
          attempts: 4,
          passes: [],
          levels: [],
          items: {},
          review: null,
          lastAt: "2026-05-01T12:00:00.000Z",
          ...state,
        },
      ]),
    ),
  };
}
