import "server-only";
import { AppError } from "@/lib/kernel/errors";
import { readContent } from "../content/read-content";
import type { Concept, Exercise, Track } from "../content/schemas";
import type { PathConcept } from "../mastery/choose-item";
import { authoredDifficulty, movedReference } from "../mastery/predictor";
import type { ConceptAim, ItemFacts } from "../mastery/schemas";
import type { ItemShift } from "../mastery/store";
import type { StartRequest } from "./schemas";

/** What a session is about: a whole track, or one lesson of it. */
export interface Aimed {
  readonly track: Track;
  /** Null: the whole track. */
  readonly lesson: Concept | null;
  /** In the order in which they are taught. */
  readonly concepts: readonly Concept[];
}

/** An exercise with the concept it belongs to. */
export interface Activity {
  readonly concept: Concept;
  readonly exercise: Exercise;
}

/**
 * Finds what somebody wants to learn.
 * @throws AppError `not_found` for a track or lesson there is not, `rule_broken` for a topic that no lesson is about
 */
export function aimAt(request: StartRequest): Aimed {
  return request.trackSlug === undefined
    ? aimAtTopic(request.topic ?? "")
    : aimAtTrack(request.trackSlug, request.lessonSlug ?? null);
}

/** @throws AppError `not_found` */
export function aimAtTrack(trackSlug: string, lessonSlug: string | null): Aimed {
  const track = readContent().find(({ slug }) => slug === trackSlug);
  if (!track)
    throw new AppError("not_found", "There is no such track. GET /api/v1/tracks lists those that there are.", {
      issues: [{ path: "trackSlug", message: "There is no such track." }],
    });
  if (lessonSlug === null) return { track, lesson: null, concepts: track.concepts };
  const lesson = track.concepts.find(({ slug }) => slug === lessonSlug);
  if (!lesson)
    throw new AppError("not_found", `The track “${track.title}” has no such lesson.`, {
      issues: [{ path: "lessonSlug", message: "There is no such lesson in this track." }],
    });
  return { track, lesson, concepts: [lesson] };
}

/** A topic is a track, or the concept that is nearest to what was written. */
function aimAtTopic(topic: string): Aimed {
  const wanted = plain(topic);
  const tracks = readContent();
  const whole = tracks.find(({ slug, title }) => plain(slug) === wanted || plain(title) === wanted);
  if (whole) return aimAtTrack(whole.slug, null);
  const lessons = tracks.flatMap((track) => track.concepts.map((concept) => ({ track, concept })));
  const found =
    lessons.find(({ concept }) => plain(concept.slug) === wanted || plain(concept.title) === wanted) ??
    lessons.find(({ concept }) => concept.recommendedFor.some((slug) => plain(slug) === wanted)) ??
    lessons.find(({ concept }) => wanted.length >= 3 && plain(`${concept.slug} ${concept.title}`).includes(wanted));
  if (!found)
    throw new AppError(
      "rule_broken",
      "No lesson is about this topic. Choose one of the tracks, or name a topic as it is called there.",
      { issues: [{ path: "topic", message: "No lesson is about this." }] },
    );
  return aimAtTrack(found.track.slug, found.concept.slug);
}

function plain(words: string): string {
  return words
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, " ")
    .trim();
}

/** @throws AppError `not_found` for an exercise that content does not have (any more) */
export function activityOf(id: string): Activity {
  for (const { concepts } of readContent())
    for (const concept of concepts)
      for (const exercise of concept.exercises) if (exercise.uuid === id) return { concept, exercise };
  throw new AppError(
    "not_found",
    "This exercise is not there any more. Start another session: what you learned is kept.",
  );
}

/**
 * The items and concepts of the track that an exercise belongs to; of all tracks for one that is not the content's. A session may
 * be of no other than what is found here.
 */
export function around(activityId: string): {
  readonly items: readonly string[];
  readonly concepts: readonly string[];
} {
  const has = ({ concepts }: Track) =>
    concepts.some(({ exercises }) => exercises.some(({ uuid }) => uuid === activityId));
  const all = readContent();
  const found = all.filter(has);
  const concepts = (found.length > 0 ? found : all).flatMap((track) => track.concepts);
  return {
    items: concepts.flatMap(({ exercises }) => exercises.map(({ uuid }) => uuid)),
    concepts: concepts.map(({ slug }) => slug),
  };
}

/** The ids of all exercises that a session may show. */
export function itemsOf({ concepts }: Aimed): string[] {
  return concepts.flatMap(({ exercises }) => exercises.map(({ uuid }) => uuid));
}

/** The path as the engine reads it. */
export function pathOf(concepts: readonly Concept[], shifts: readonly ItemShift[]): PathConcept[] {
  const known = new Map(shifts.map((shift) => [shift.item, shift]));
  return concepts.map((concept) => ({
    aim: aimOf(concept, known),
    prerequisites: concept.prerequisites,
    items: concept.exercises.map((exercise) => factsOf(exercise, known.get(exercise.uuid))),
  }));
}

/** The reference of a concept is the mean of its exercises, as they have shown to be. */
function aimOf(concept: Concept, shifts: ReadonlyMap<string, ItemShift>): ConceptAim {
  const authored = concept.exercises.map(({ difficulty }) => authoredDifficulty(difficulty));
  const mean = authored.length === 0 ? 0 : authored.reduce((sum, one) => sum + one, 0) / authored.length;
  const moved = concept.exercises.map(({ uuid }) => shifts.get(uuid)?.shift ?? 0);
  return { concept: concept.slug, reference: movedReference(mean, moved), levels: concept.blooms };
}

function factsOf(exercise: Exercise, shift: ItemShift | undefined): ItemFacts {
  return {
    item: exercise.uuid,
    bloom: exercise.bloom,
    difficulty: authoredDifficulty(exercise.difficulty) + (shift?.shift ?? 0),
    guess: guessOf(exercise),
    answers: shift?.answers ?? 0,
  };
}

/** The chance to be right without knowing, as far as the form of the question gives it away. */
export function guessOf(exercise: Exercise): number {
  switch (exercise.kind) {
    case "choice":
      return 1 / (exercise.answer.length === 1 ? exercise.options.length : choices(exercise.options.length));
    case "justify":
      return 1 / (exercise.options.length * choices(exercise.reasons.length));
    case "locate":
      return Math.min(0.9, exercise.lines.length / Math.max(1, exercise.code.trimEnd().split("\n").length));
    // Among them what is said in words: a lucky choice alone passes nothing.
    default:
      return 0;
  }
}

/** How many ways there are to tick some of `n`. */
const choices = (n: number): number => 2 ** n - 1;
