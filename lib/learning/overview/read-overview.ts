import "server-only";
import type { Db } from "@/lib/platform/supabase/server";
import { readContent } from "../content/read-content";
import type { Track } from "../content/schemas";
import { rangeOf } from "../mastery/certainty";
import { chanceAtReference, GATE } from "../mastery/gate";
import type { ConceptStatus, LearnerState } from "../mastery/schemas";
import { readModel } from "../mastery/store";
import type { BelievedPattern } from "../patterns/schemas";
import { readPatterns } from "../patterns/store";
import { pathFor, type PathStep, type Shown } from "./path/rules";
import { placesOf } from "./rules";
import { listChanges, listEnrolments, type Change } from "./store";

/** So many of the latest changes are told on the overview. */
const MOVED = 5;

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
  /** When it is to be reviewed; of mastered concepts alone. */
  readonly due: string | null;
  /** When it was reviewed, or mastered, the last time. */
  readonly lastReview: string | null;
  readonly latest: Change | null;
}

export interface TrackProgress {
  readonly slug: string;
  readonly title: string;
  readonly summary: string;
  readonly enrolled: boolean;
  readonly mastered: number;
  readonly concepts: number;
}

/** A change with the title of its concept. */
export type Moved = Change & Pick<MasteryRow, "title" | "trackSlug">;

export interface Overview {
  readonly path: readonly PathStep[];
  readonly mastery: readonly MasteryRow[];
  readonly tracks: readonly TrackProgress[];
  readonly answers: number;
  /** Reviews whose day has come, the longest due first. */
  readonly due: readonly MasteryRow[];
  /** Reviews to come, the next first. */
  readonly upcoming: readonly MasteryRow[];
  /** What moved the last times, the newest first. */
  readonly moved: readonly Moved[];
  /** The chance that the gate asks for. */
  readonly asked: number;
}

interface About {
  /** What the newest analysis shows; null where there is none. */
  readonly shown: Shown | null;
  /** What a pattern is called. */
  readonly nameOf: (pattern: BelievedPattern) => string;
}

/** What to do next and why, what is believed and how surely, and what is due: all of it as it is stored. */
export async function readOverview(
  db: Db,
  userId: string,
  { shown, nameOf }: About,
  now = new Date(),
): Promise<Overview> {
  const [model, enrolled, changes, patterns] = await Promise.all([
    readModel(userId),
    listEnrolments(db),
    listChanges(db),
    readPatterns(userId),
  ]);
  const tracks = readContent();
  const places = placesOf(tracks);
  const mastery = masteryRows(model.state, tracks, changes);
  const reviewed = mastery
    .filter(({ due }) => due !== null)
    .toSorted((one, other) => Date.parse(one.due ?? "") - Date.parse(other.due ?? ""));
  const isDue = ({ due }: MasteryRow) => due !== null && Date.parse(due) <= now.getTime();
  return {
    path: pathFor({
      tracks,
      learner: model.state,
      shown,
      remembered: patterns.map((pattern) => ({ ...pattern, name: nameOf(pattern) })),
      enrolled,
      now: now.toISOString(),
    }),
    mastery,
    tracks: tracks.map((track) => progressOf(track, model.state, enrolled)),
    answers: model.state.attempts,
    due: reviewed.filter(isDue),
    upcoming: reviewed.filter((row) => !isDue(row)),
    moved: changes.slice(0, MOVED).map((change) => {
      const placed = places.get(change.concept);
      return { ...change, title: placed?.concept.title ?? change.concept, trackSlug: placed?.track.slug ?? null };
    }),
    asked: GATE.chance,
  };
}

/** How much of a track is mastered. */
export function progressOf(track: Track, learner: LearnerState, enrolled: readonly string[]): TrackProgress {
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

/**
 * What is believed of each concept, in the order of the tracks; one that content has no more comes last, under its slug.
 * @param changes the newest first
 */
export function masteryRows(learner: LearnerState, tracks: readonly Track[], changes: readonly Change[]): MasteryRow[] {
  const places = placesOf(tracks);
  const latest = new Map(changes.toReversed().map((change) => [change.concept, change]));
  const order = new Map([...places.keys()].map((slug, index) => [slug, index]));
  const place = (slug: string) => order.get(slug) ?? order.size;
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
        due: state.status === "mastered" ? (state.review?.due ?? null) : null,
        lastReview: state.review?.last ?? null,
        latest: latest.get(slug) ?? null,
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
