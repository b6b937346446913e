import "server-only";
import type { z } from "zod";
import { appCache } from "@/lib/platform/cache/app-cache";
import { readContent } from "../content/read-content";
import { viewOf } from "../content/rules";
import type { LearnerState } from "../mastery/schemas";
import { activityFor, type AnyActivity } from "./activity";
import { activityOf, type Aimed } from "./path";
import { SESSION_MINUTES } from "./rules";
import type { LearningContext } from "./context";
import {
  preparedItemSchema,
  type NextStep,
  type Pending,
  type Progress,
  type SessionContent,
  type SessionView,
  type StartedSession,
} from "./schemas";
import type { SessionRecord } from "./store";

const MOST_STEPS = 5;
const MOST_RELATED = 5;
/** Nobody has said how long the next exercises take: about so many minutes each. */
const MINUTES_EACH = 4;

/** What is put to the learner: the exercise without its answer, its lesson, why it comes now, the hints that were given. */
export async function contentOf(userId: string, pending: Pending): Promise<SessionContent> {
  return contentAs(
    pending,
    // What is one learner's alone is in no cache that is shared.
    pending.own.is === null
      ? { ...(await prepareItem(pending.activityId)), origin: null }
      : ownItem(await activityFor(userId, pending)),
  );
}

/** {@link contentOf} what is of the learner's own code, where that has been read. */
export function contentOfOwn(pending: Pending, activity: AnyActivity): SessionContent {
  return contentAs(pending, ownItem(activity));
}

type ShownItem = z.infer<typeof preparedItemSchema> & Pick<AnyActivity, "origin">;

function contentAs(pending: Pending, { concept, exercise, hints, origin }: ShownItem): SessionContent {
  return {
    activityId: pending.activityId,
    concept,
    exercise,
    review: pending.review,
    expected: pending.expected,
    reason: pending.reason,
    hints: hints.slice(0, pending.hints),
    hintsLeft: Math.max(0, hints.length - pending.hints),
    origin,
  };
}

function ownItem({ concept, exercise, origin }: AnyActivity): ShownItem {
  const { slug, title, summary, about } = concept;
  return { concept: { slug, title, summary, about }, exercise: viewOf(exercise), hints: exercise.hints, origin };
}

/** An exercise as it is put to learners, from the cache; asked for beforehand, it is there when it is needed. */
export async function prepareItem(activityId: string): Promise<z.infer<typeof preparedItemSchema>> {
  const { value } = await appCache().getOrLoad({
    cache: "learning-item",
    key: activityId,
    schema: preparedItemSchema,
    load: async () => {
      const { concept, exercise } = activityOf(activityId);
      const { slug, title, summary, about } = concept;
      return { concept: { slug, title, summary, about }, exercise: viewOf(exercise), hints: exercise.hints };
    },
  });
  return value;
}

/** The session as devices see it. */
export function sessionOf(record: SessionRecord): SessionView {
  const { id, topic, trackSlug, lessonSlug, status, version, progress, startedAt, endedAt, summary } = record;
  const endsAt = new Date(Date.parse(startedAt) + SESSION_MINUTES * 60_000).toISOString();
  return { id, topic, trackSlug, lessonSlug, status, version, progress, startedAt, endsAt, endedAt, summary };
}

interface Place {
  readonly aimed: Aimed;
  readonly learner: LearnerState;
  readonly pending: Pending | null;
  readonly progress: Progress;
  readonly context: LearningContext;
  readonly now: Date;
}

/** What lies round the exercise: the next concepts of the path with reasons, what is related, and how long it takes. */
export function surroundingsOf(
  place: Place,
): Pick<StartedSession, "nextSteps" | "relatedTopics" | "estimatedCompletion"> {
  return {
    nextSteps: stepsOf(place),
    relatedTopics: relatedTo(place),
    estimatedCompletion: place.pending && estimate(place.pending, place),
  };
}

function stepsOf({ aimed, learner, pending, context, now }: Place): NextStep[] {
  const mastered = (slug: string) => learner.concepts[slug]?.status === "mastered";
  const within = new Set(aimed.concepts.map(({ slug }) => slug));
  const titles = new Map(aimed.track.concepts.map(({ slug, title }) => [slug, title]));
  const steps = aimed.track.concepts.flatMap((concept): NextStep[] => {
    const { slug: name, title } = concept;
    const seen = context.seen.find(({ concept: of }) => of === name);
    const own = seen
      ? ` It was seen ${seen.count === 1 ? "once" : `${seen.count} times`} in your code or answers.`
      : "";
    const step = (status: NextStep["status"], sentence: string) => [{ concept: name, title, status, sentence }];
    if (name === pending?.concept) return step("now", pending.reason.sentence);
    const due = learner.concepts[name]?.review?.due;
    if (mastered(name))
      return due !== undefined && Date.parse(due) <= now.getTime()
        ? step("review_due", `A review has been due since ${due.slice(0, 10)}.`)
        : [];
    const lacking = concept.prerequisites.filter((before) => titles.has(before) && !mastered(before));
    if (lacking.length > 0)
      return step("locked", `It builds on ${lacking.map((before) => `“${titles.get(before)}”`).join(" and ")}.${own}`);
    return step("open", `${within.has(name) ? "Open now." : "The next lesson of this track that is open."}${own}`);
  });
  const order: readonly NextStep["status"][] = ["now", "review_due", "open", "locked"];
  return steps.toSorted((one, other) => order.indexOf(one.status) - order.indexOf(other.status)).slice(0, MOST_STEPS);
}

/** Concepts that stand on this one, that it stands on, or that share an exercise with it; those of the learner's code first. */
function relatedTo({ aimed, pending, context }: Place): StartedSession["relatedTopics"] {
  const about = pending?.concept ?? aimed.concepts[0]?.slug;
  const all = readContent().flatMap((track) => track.concepts.map((concept) => ({ track, concept })));
  const here = all.find(({ concept }) => concept.slug === about)?.concept;
  if (!here) return [];
  const shared = new Set(here.exercises.flatMap(({ concepts }) => concepts));
  const seen = (slug: string) => (context.seen.some(({ concept }) => concept === slug) ? 0 : 1);
  return all
    .filter(({ concept }) => {
      if (concept.slug === here.slug) return false;
      return (
        here.prerequisites.includes(concept.slug) ||
        concept.prerequisites.includes(here.slug) ||
        shared.has(concept.slug) ||
        concept.exercises.some(({ concepts }) => concepts.includes(here.slug))
      );
    })
    .toSorted((one, other) => seen(one.concept.slug) - seen(other.concept.slug))
    .slice(0, MOST_RELATED)
    .map(({ track, concept }) => ({ slug: concept.slug, title: concept.title, trackSlug: track.slug }));
}

function estimate(pending: Pending, { progress, now }: Place): StartedSession["estimatedCompletion"] {
  const left = Math.max(1, progress.goal - progress.answered);
  // One of own code is short; what it says itself is not at hand here.
  const first = pending.own.is === null ? activityOf(pending.activityId).exercise.estimatedMinutes : MINUTES_EACH;
  const minutes = first + (left - 1) * MINUTES_EACH;
  return { minutes, at: new Date(now.getTime() + minutes * 60_000).toISOString() };
}
