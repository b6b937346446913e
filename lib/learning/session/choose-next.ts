import "server-only";
import { createHash } from "node:crypto";
import { findExercise } from "../content/read-content";
import { openCriteria } from "../content/rules";
import type { NoChoice, PathConcept, Pull } from "../mastery/choose-item";
import { nextItem, type Told } from "../mastery/next-item";
import type { LearnerState } from "../mastery/schemas";
import { heldToTest } from "../mastery/test-out";
import type { Pending, Progress } from "./schemas";

export interface Situation {
  readonly learner: LearnerState;
  readonly path: readonly PathConcept[];
  readonly now: Date;
  /** The session and how many answers it has: the same ones make the same choice, so that it can be foreseen. */
  readonly seed: readonly [session: string, answered: number];
  /** Items that were answered and wait for somebody to look: they come again only where there is nothing else. */
  readonly waiting?: readonly string[];
  /** What the verdict on the last answer said comes next at its concept. */
  readonly told?: Told | undefined;
  /** What the learner's memory of patterns says for some of the items. */
  readonly pulls?: ReadonlyMap<string, Pull> | undefined;
  /** The session tests the learner out: what was told and what memory says matter nothing then. */
  readonly testOut?: Progress["testOut"] | undefined;
}

const TESTED = "You are testing out: the hardest task here that you have not seen.";

/** What the session shows next, or why there is nothing. */
export function chooseNext(situation: Situation): Pending | NoChoice {
  const { learner, now, seed, told, pulls, testOut } = situation;
  const at = { learner, now: now.toISOString(), chance: chanceOf(seed) };
  const among = (path: readonly PathConcept[]) =>
    testOut
      ? nextItem({ ...at, path: path.map((concept) => heldToTest(decidedAtOnce(concept), learner)) })
      : nextItem({ ...at, path, told, pulls });
  const first = among(withoutWaiting(situation));
  const choice = first.item === null ? among(situation.path) : first;
  if (choice.item === null) return choice;
  const sentence = testOut && !choice.review ? `${TESTED} ${chanceIn(choice.expected)}` : choice.reason.sentence;
  return {
    activityId: choice.item.item,
    concept: choice.concept,
    review: choice.review,
    hints: 0,
    expected: choice.expected,
    reason: { ...choice.reason, sentence },
    shownAt: now.toISOString(),
    foreseen: null,
    own: { is: null, items: 0, questions: 0 },
    waiting: [...(situation.waiting ?? [])],
  };
}

function withoutWaiting({ path, waiting = [] }: Situation): readonly PathConcept[] {
  if (waiting.length === 0) return path;
  return path.map((concept) => ({ ...concept, items: concept.items.filter(({ item }) => !waiting.includes(item)) }));
}

/** Whoever tests out is told at once: what somebody has to read first would leave them waiting. */
function decidedAtOnce(concept: PathConcept): PathConcept {
  const waits = ({ item }: PathConcept["items"][number]): boolean => {
    const exercise = findExercise(item);
    return exercise !== null && openCriteria(exercise).length > 0;
  };
  return { ...concept, items: concept.items.filter((item) => !waits(item)) };
}

function chanceIn(expected: number): string {
  return `The chance that you pass is put at ${Math.round(expected * 100)} %.`;
}

/** Two numbers from 0 up to 1. */
function chanceOf([session, answered]: Situation["seed"]): [number, number] {
  const digest = createHash("sha256").update(`${session}:${answered}`).digest();
  return [digest.readUInt32BE(0) / 2 ** 32, digest.readUInt32BE(4) / 2 ** 32];
}
