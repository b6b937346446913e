import { chanceToPass } from "./predictor";
import { isHardEnough, missingLevels } from "./gate";
import type { ConceptAim, ConceptState, ItemFacts, LearnerState } from "./schemas";

/** The chance of success at which most is learned and least is given up. */
const TARGET = 0.75;
/** How much nearer an item seems that shows what the gate still lacks. */
const WANTED = 0.07;
/** How much nearer at most an item seems for the learner's own memory of patterns; less than a level that the gate lacks. */
const PULL = 0.05;
/** Only items as near as this to {@link TARGET} are pulled: memory chooses among what fits, never what does not. */
const BAND = 0.15;
/** How often not the nearest is taken but one of those behind it, so that items get to know each other. */
const CHANCE = 0.1;
const BEHIND = 3;

/** A concept as the path has it. */
export interface PathConcept {
  readonly aim: ConceptAim;
  readonly prerequisites: readonly string[];
  readonly items: readonly ItemFacts[];
}

export type ChoiceReason = "pending" | "review_due" | "lapsed" | "frontier";

export interface Choice {
  readonly concept: string;
  readonly item: ItemFacts;
  readonly expected: number;
  readonly review: boolean;
  readonly reason: { readonly code: ChoiceReason; readonly sentence: string };
}

export interface NoChoice {
  readonly item: null;
  readonly reason: { readonly code: "all_mastered" | "locked" | "no_items"; readonly sentence: string };
}

/** Why an item suits this learner beside its difficulty: what they erred at, or have never written. */
export interface Pull {
  /** From 0 to 1. */
  readonly weight: number;
  readonly sentence: string;
}

export interface Situation {
  readonly learner: LearnerState;
  /** In the order in which they should be learned. */
  readonly path: readonly PathConcept[];
  /** What was shown and is not answered yet. */
  readonly pending?: { readonly item: string; readonly review: boolean };
  readonly now: string;
  /** Two numbers from 0 up to 1; the same ones make the same choice. */
  readonly chance: readonly [number, number];
  /** By item. */
  readonly pulls?: ReadonlyMap<string, Pull> | undefined;
}

/** What comes next: what is unfinished, then a due review, then the first concept that is open. */
export function chooseItem(situation: Situation): Choice | NoChoice {
  const { learner, path, pending, now } = situation;
  if (pending) {
    const concept = path.find(({ items }) => items.some(({ item }) => item === pending.item));
    const item = concept?.items.find((one) => one.item === pending.item);
    if (concept && item)
      return choice(situation, concept, item, pending.review, "pending", "You began this and have not answered yet.");
  }

  const due = path
    .flatMap((concept) => {
      const review = learner.concepts[concept.aim.concept]?.review;
      return review && statusOf(learner, concept) === "mastered" && Date.parse(review.due) <= Date.parse(now)
        ? [{ concept, due: review.due }]
        : [];
    })
    .toSorted((one, other) => Date.parse(one.due) - Date.parse(other.due));
  for (const { concept, due: day } of due) {
    const item = pickReview(learner, concept);
    if (item)
      return choice(situation, concept, item, true, "review_due", `A review has been due since ${day.slice(0, 10)}.`);
  }

  const open = path.filter((concept) => isOpen(learner, path, concept));
  for (const concept of [
    ...open.filter((one) => statusOf(learner, one) === "lapsed"),
    ...open.filter((one) => statusOf(learner, one) !== "lapsed"),
  ]) {
    const item = pickPractice(situation, concept);
    if (!item) continue;
    return statusOf(learner, concept) === "lapsed"
      ? choice(situation, concept, item, false, "lapsed", "Its last review was not passed.")
      : choice(situation, concept, item, false, "frontier", "The next concept on your path that is open.");
  }
  return nothing(learner, path);
}

function choice(
  { learner, pulls }: Situation,
  { aim }: PathConcept,
  item: ItemFacts,
  review: boolean,
  code: ChoiceReason,
  why: string,
): Choice {
  const expected = chanceToPass(skillAt(learner, aim.concept), item);
  const pull = review || !isNear(expected) ? undefined : pulls?.get(item.item);
  const own = pull ? ` ${pull.sentence}` : "";
  return {
    concept: aim.concept,
    item,
    expected,
    review,
    reason: { code, sentence: `${why}${own} The chance that you pass is put at ${Math.round(expected * 100)} %.` },
  };
}

function nothing(learner: LearnerState, path: readonly PathConcept[]): NoChoice {
  const left = path.filter((concept) => statusOf(learner, concept) !== "mastered");
  if (left.length === 0)
    return {
      item: null,
      reason: { code: "all_mastered", sentence: "Every concept here is mastered, and no review is due." },
    };
  return left.some((concept) => isOpen(learner, path, concept))
    ? { item: null, reason: { code: "no_items", sentence: "The concepts that are open have no task yet." } }
    : {
        item: null,
        reason: { code: "locked", sentence: "What is left builds on concepts that are not mastered yet." },
      };
}

function statusOf(learner: LearnerState, { aim }: PathConcept) {
  return learner.concepts[aim.concept]?.status;
}

/** Open is what is not mastered, and stands on nothing of this path that is not. */
function isOpen(learner: LearnerState, path: readonly PathConcept[], concept: PathConcept): boolean {
  if (statusOf(learner, concept) === "mastered") return false;
  return path.every(
    (other) => !concept.prerequisites.includes(other.aim.concept) || statusOf(learner, other) === "mastered",
  );
}

function skillAt(learner: LearnerState, concept: string): number {
  return learner.ability + (learner.concepts[concept]?.offset ?? 0);
}

function isNear(expected: number): boolean {
  return Math.abs(expected - TARGET) <= BAND;
}

/**
 * The nearest to the target chance, among those that were not passed yet; with a little chance one behind it. Nearer seem
 * those that show a level the gate lacks, and, within {@link BAND}, those that the learner's memory of patterns speaks for.
 */
function pickPractice({ learner, chance, pulls }: Situation, concept: PathConcept): ItemFacts | undefined {
  const state = learner.concepts[concept.aim.concept];
  const skill = skillAt(learner, concept.aim.concept);
  const wanted = state ? missingLevels(state) : concept.aim.levels;
  const distance = (item: ItemFacts) => {
    const expected = chanceToPass(skill, item);
    const pull = isNear(expected) ? Math.min(1, Math.max(0, pulls?.get(item.item)?.weight ?? 0)) : 0;
    return Math.abs(expected - TARGET) - (wanted.includes(item.bloom) ? WANTED : 0) - PULL * pull;
  };
  const ranked = rested(concept, state)
    .map((item) => ({ item, distance: distance(item) }))
    .toSorted((one, other) => one.distance - other.distance || (one.item.item < other.item.item ? -1 : 1));
  const [roll, which] = chance;
  const at = roll < CHANCE ? Math.min(ranked.length - 1, 1 + Math.floor(which * BEHIND)) : 0;
  return ranked[at]?.item;
}

/** The nearest to the reference of those that the gate would count, not the one answered last where there is another. */
function pickReview(learner: LearnerState, concept: PathConcept): ItemFacts | undefined {
  const state = learner.concepts[concept.aim.concept];
  const hard = concept.items.filter((item) => isHardEnough(item.difficulty, concept.aim));
  const candidates = hard.length > 0 ? hard : concept.items;
  const age = (item: ItemFacts) => state?.items[item.item]?.last ?? 0;
  const newest = Math.max(0, ...candidates.map(age));
  const others = candidates.filter((item) => age(item) < newest || age(item) === 0);
  return (others.length > 0 ? others : candidates).toSorted(
    (one, other) =>
      Math.abs(one.difficulty - concept.aim.reference) - Math.abs(other.difficulty - concept.aim.reference) ||
      (one.item < other.item ? -1 : 1),
  )[0];
}

/**
 * What may be asked: items never answered and those answered wrongly a while ago; when there are none, all but the last one
 * again, the longest ago first; when there is only that one, that one.
 */
function rested(concept: PathConcept, state: ConceptState | undefined): readonly ItemFacts[] {
  if (!state) return concept.items;
  const seen = (item: ItemFacts) => state.items[item.item];
  const fresh = concept.items.filter((item) => {
    const before = seen(item);
    return !before || (!before.passed && state.attempts - before.last >= BEHIND);
  });
  if (fresh.length > 0) return fresh;
  const others = concept.items.filter((item) => seen(item)?.last !== state.attempts);
  if (others.length === 0) return concept.items;
  const oldest = Math.min(...others.map((item) => seen(item)?.last ?? 0));
  return others.filter((item) => (seen(item)?.last ?? 0) === oldest);
}
