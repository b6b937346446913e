import type { PathConcept } from "./choose-item";
import { isHardEnough, missingLevels } from "./gate";
import { chanceToPass } from "./predictor";
import type { ItemFacts, LearnerState } from "./schemas";

/**
 * Holds a concept to the one item by which somebody who knows it is through the soonest: of the lowest Bloom level that the gate
 * still lacks the hardest item; once each level was shown, the hardest of all. Only those count that were not asked yet, and where
 * there are any, those that are hard enough for the gate. The gate decides as it does after practice: it opens for nobody sooner
 * because they asked for a test, but hard items move what is believed of them in larger steps.
 * @returns the concept as it is when nothing is left to test with: then practice goes on
 */
export function heldToTest(concept: PathConcept, learner: LearnerState): PathConcept {
  const state = learner.concepts[concept.aim.concept];
  if (state?.status === "mastered") return concept;
  const skill = learner.ability + (state?.offset ?? 0);
  const fresh = concept.items.filter(({ item }) => !state?.items[item]);
  const [level] = state ? missingLevels(state) : concept.aim.levels;
  const asked = level === undefined ? fresh : fresh.filter(({ bloom }) => bloom === level);
  const hard = asked.filter(({ difficulty }) => isHardEnough(difficulty, concept.aim));
  const hardest = nearestToFailing(hard.length > 0 ? hard : asked, skill);
  return hardest ? { ...concept, items: [hardest] } : concept;
}

/** The one that is passed the least likely, luck included. */
function nearestToFailing(items: readonly ItemFacts[], skill: number): ItemFacts | undefined {
  return items.toSorted(
    (one, other) => chanceToPass(skill, one) - chanceToPass(skill, other) || (one.item < other.item ? -1 : 1),
  )[0];
}
