import "server-only";
import { AppError } from "@/lib/kernel/errors";
import type { Db } from "@/lib/platform/supabase/server";
import { readContent } from "../content/read-content";
import { askGate } from "../mastery/gate";
import type { Condition } from "../mastery/schemas";
import { readModel } from "../mastery/store";
import { masteryRows, progressOf, type MasteryRow, type TrackProgress } from "./read-overview";
import { mapOf, placesOf, type MapConcept } from "./rules";
import { listChanges, listEnrolments, type Change } from "./store";

/** So many of a concept's changes are told on its page. */
const TOLD = 10;

export interface TrackMap {
  readonly track: TrackProgress;
  readonly levels: readonly (readonly MapConcept[])[];
  readonly mastery: ReadonlyMap<string, MasteryRow>;
}

/**
 * A track as a map, with where the learner stands on it.
 * @throws AppError `not_found`
 */
export async function readTrackMap(db: Db, userId: string, slug: string, now = new Date()): Promise<TrackMap> {
  const tracks = readContent();
  const track = tracks.find((one) => one.slug === slug);
  if (!track) throw new AppError("not_found", "There is no such track.");
  const [model, enrolled] = await Promise.all([readModel(userId), listEnrolments(db)]);
  return {
    track: progressOf(track, model.state, enrolled),
    levels: mapOf(track, tracks, model.state, now.toISOString()),
    mastery: new Map(masteryRows(model.state, tracks, []).map((row) => [row.concept, row])),
  };
}

export interface Lesson {
  readonly track: TrackProgress;
  readonly concept: MapConcept;
  /** The lesson itself, as content writes it. */
  readonly about: string;
  /** Null: nothing was answered yet. */
  readonly known: MasteryRow | null;
  /** What mastery asks for, and how it stands; empty before the first answer. */
  readonly gate: readonly Condition[];
  /** The newest first. */
  readonly changes: readonly Change[];
}

/**
 * A lesson of a track, with what is believed of the learner there, what mastery still asks for, and why it changed.
 * @throws AppError `not_found`
 */
export async function readLesson(
  db: Db,
  userId: string,
  trackSlug: string,
  slug: string,
  now = new Date(),
): Promise<Lesson> {
  const tracks = readContent();
  const placed = placesOf(tracks).get(slug);
  if (placed?.track.slug !== trackSlug) throw new AppError("not_found", "There is no such lesson.");
  const [model, enrolled, changes] = await Promise.all([
    readModel(userId),
    listEnrolments(db),
    listChanges(db, slug, TOLD),
  ]);
  const { concept, track } = placed;
  const state = model.state.concepts[slug];
  const shown = mapOf(track, tracks, model.state, now.toISOString())
    .flat()
    .find((one) => one.slug === slug);
  if (!shown) throw new AppError("not_found", "There is no such lesson.");
  return {
    track: progressOf(track, model.state, enrolled),
    concept: shown,
    about: concept.about,
    known: masteryRows(model.state, tracks, changes).find((row) => row.concept === slug) ?? null,
    gate: state ? askGate(state, model.state.ability) : [],
    changes,
  };
}
