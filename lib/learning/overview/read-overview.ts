import "server-only";
import { AppError } from "@/lib/kernel/errors";
import type { Db } from "@/lib/platform/supabase/server";
import { readContent } from "../content/read-content";
import type { Track } from "../content/schemas";
import { rangeOf } from "../mastery/certainty";
import { chanceAtReference, GATE } from "../mastery/gate";
import type { ConceptStatus, LearnerState } from "../mastery/schemas";
import { readModel } from "../mastery/store";
import { mapOf, pathFor, placesOf, type MapConcept, type PathStep, type Recommended } from "./rules";
import { latestChanges, listEnrolments, type LatestChange } from "./store";

/** What is believed about a concept, as it is shown. */
export interface MasteryRow {
  readonly concept: string;
  readonly title: string;
  readonly trackSlug: string | null;
  readonly status: ConceptStatus;
  /** The chance to pass the concept's reference item, and the range in which it lies. */
  readonly chance: number;
  readonly low: number;
  readonly high: number;
  readonly answers: number;
  readonly due: string | null;
  readonly latest: LatestChange | null;
}

export interface TrackProgress {
  readonly slug: string;
  readonly title: string;
  readonly summary: string;
  readonly enrolled: boolean;
  readonly mastered: number;
  readonly concepts: number;
}

export interface Overview {
  readonly path: readonly PathStep[];
  readonly mastery: readonly MasteryRow[];
  readonly tracks: readonly TrackProgress[];
  readonly answers: number;
  /** Reviews whose day has come, the longest due first. */
  readonly due: readonly MasteryRow[];
  /** The chance that the gate asks for. */
  readonly asked: number;
}

/** What to do next and why, what is believed and how surely, and what is due: all of it as it is stored. */
export async function readOverview(
  db: Db,
  userId: string,
  recommended: readonly Recommended[],
  now = new Date(),
): Promise<Overview> {
  const [model, enrolled, changes] = await Promise.all([readModel(userId), listEnrolments(db), latestChanges(db)]);
  const tracks = readContent();
  const mastery = rowsOf(model.state, tracks, changes);
  const at = now.toISOString();
  return {
    path: pathFor(tracks, model.state, recommended, enrolled, at),
    mastery,
    tracks: tracks.map((track) => progressOf(track, model.state, enrolled)),
    answers: model.state.attempts,
    due: mastery
      .filter(({ status, due }) => status === "mastered" && due !== null && Date.parse(due) <= now.getTime())
      .toSorted((one, other) => Date.parse(one.due ?? at) - Date.parse(other.due ?? at)),
    asked: GATE.chance,
  };
}

export interface TrackMap {
  readonly track: TrackProgress;
  readonly levels: readonly (readonly MapConcept[])[];
  readonly mastery: ReadonlyMap<string, MasteryRow>;
  readonly gate: typeof GATE;
}

/**
 * A track as a map, with where the learner stands on it.
 * @throws AppError `not_found`
 */
export async function readTrackMap(db: Db, userId: string, slug: string, now = new Date()): Promise<TrackMap> {
  const tracks = readContent();
  const track = tracks.find((one) => one.slug === slug);
  if (!track) throw new AppError("not_found", "There is no such track.");
  const [model, enrolled, changes] = await Promise.all([readModel(userId), listEnrolments(db), latestChanges(db)]);
  return {
    track: progressOf(track, model.state, enrolled),
    levels: mapOf(track, tracks, model.state, now.toISOString()),
    mastery: new Map(rowsOf(model.state, tracks, changes).map((row) => [row.concept, row])),
    gate: GATE,
  };
}

function progressOf(track: Track, learner: LearnerState, enrolled: readonly string[]): TrackProgress {
  const { slug, title, summary, concepts } = track;
  return {
    slug,
    title,
    summary,
    enrolled: enrolled.includes(slug),
    mastered: concepts.filter((concept) => learner.concepts[concept.slug]?.status === "mastered").length,
    concepts: concepts.length,
  };
}

/** In the order of the tracks; a concept that content has no more comes last, under its slug. */
function rowsOf(
  learner: LearnerState,
  tracks: readonly Track[],
  changes: ReadonlyMap<string, LatestChange>,
): MasteryRow[] {
  const places = placesOf(tracks);
  const order = [...places.keys()];
  const place = (slug: string) => (order.includes(slug) ? order.indexOf(slug) : order.length);
  return Object.values(learner.concepts)
    .map((state): MasteryRow => {
      const slug = state.aim.concept;
      const placed = places.get(slug);
      const chance = chanceAtReference(learner.ability, state.offset, state.aim);
      return {
        concept: slug,
        title: placed?.concept.title ?? slug,
        trackSlug: placed?.track.slug ?? null,
        status: state.status,
        chance,
        ...rangeOf(chance, state.attempts),
        answers: state.attempts,
        due: state.review?.due ?? null,
        latest: changes.get(slug) ?? null,
      };
    })
    .toSorted((one, other) => place(one.concept) - place(other.concept));
}

/** Titles of concepts by slug and of exercises by id. */
export function titlesOfContent(): ReadonlyMap<string, string> {
  const concepts = readContent().flatMap((track) => track.concepts);
  return new Map([
    ...concepts.map(({ slug, title }): [string, string] => [slug, title]),
    ...concepts.flatMap(({ exercises }) => exercises.map(({ uuid, title }): [string, string] => [uuid, title])),
  ]);
}
