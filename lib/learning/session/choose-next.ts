import "server-only";
import { createHash } from "node:crypto";
import type { BloomLevel } from "../bloom/schemas";
import { chooseItem, type NoChoice, type PathConcept } from "../mastery/choose-item";
import { chanceToPass } from "../mastery/predictor";
import type { LearnerState } from "../mastery/schemas";
import type { Pending } from "./schemas";

/** What the learner was told comes next holds where it is not too hard. */
const FEASIBLE = 0.4;

export interface Situation {
  readonly learner: LearnerState;
  readonly path: readonly PathConcept[];
  readonly now: Date;
  /** The session and how many answers it has: the same ones make the same choice, so that it can be foreseen. */
  readonly seed: readonly [session: string, answered: number];
  /** What the verdict on the last answer said comes next at its concept. */
  readonly told?: { readonly concept: string; readonly level: BloomLevel } | undefined;
}

/** What the session shows next, or why there is nothing. */
export function chooseNext(situation: Situation): Pending | NoChoice {
  const { learner, now, seed } = situation;
  const choice = chooseItem({ learner, path: heldTo(situation), now: now.toISOString(), chance: chanceOf(seed) });
  if (choice.item === null) return choice;
  return {
    activityId: choice.item.item,
    concept: choice.concept,
    review: choice.review,
    hints: 0,
    expected: choice.expected,
    reason: choice.reason,
    shownAt: now.toISOString(),
    foreseen: null,
    own: { is: null, items: 0, questions: 0 },
  };
}

/** The path on which the concept has the level alone that was told, if it has an item of it that may be passed. */
function heldTo({ learner, path, told }: Situation): readonly PathConcept[] {
  if (!told) return path;
  return path.map((concept) => {
    const state = learner.concepts[concept.aim.concept];
    if (concept.aim.concept !== told.concept || state?.status === "mastered") return concept;
    const skill = learner.ability + (state?.offset ?? 0);
    const items = concept.items.filter((item) => {
      const before = state?.items[item.item];
      return item.bloom === told.level && !before?.passed && chanceToPass(skill, item) >= FEASIBLE;
    });
    const fresh = items.filter((item) => !state?.items[item.item]);
    return fresh.length > 0 ? { ...concept, items: fresh } : concept;
  });
}

/** Two numbers from 0 up to 1. */
function chanceOf([session, answered]: Situation["seed"]): [number, number] {
  const digest = createHash("sha256").update(`${session}:${answered}`).digest();
  return [digest.readUInt32BE(0) / 2 ** 32, digest.readUInt32BE(4) / 2 ** 32];
}
