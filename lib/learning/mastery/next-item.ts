import type { BloomLevel } from "../bloom/schemas";
import { chooseItem, type Choice, type NoChoice, type PathConcept, type Situation } from "./choose-item";
import { chanceToPass } from "./predictor";

/** What the learner was told comes next holds where it is not too hard. */
const FEASIBLE = 0.4;

/** What the verdict on the last answer said comes next at its concept. */
export interface Told {
  readonly concept: string;
  readonly level: BloomLevel;
}

export interface NextSituation extends Situation {
  readonly told?: Told | undefined;
}

/**
 * What a session shows next, as the product and the simulator of `bench/mastery.ts` both ask it: the engine's choice on the
 * path on which the concept has the level alone that the last verdict named.
 */
export function nextItem({ told, ...situation }: NextSituation): Choice | NoChoice {
  return chooseItem({ ...situation, path: told ? heldTo(told, situation) : situation.path });
}

/** The path on which the concept has the level alone that was told, if it has an item of it that may be passed. */
function heldTo(told: Told, { learner, path }: Situation): readonly PathConcept[] {
  return path.map((concept) => {
    const state = learner.concepts[concept.aim.concept];
    if (concept.aim.concept !== told.concept || state?.status === "mastered") return concept;
    const skill = learner.ability + (state?.offset ?? 0);
    const fresh = concept.items.filter(
      (item) => item.bloom === told.level && !state?.items[item.item] && chanceToPass(skill, item) >= FEASIBLE,
    );
    return fresh.length > 0 ? { ...concept, items: fresh } : concept;
  });
}
