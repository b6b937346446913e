import type { ItemFacts } from "../lib/learning/mastery/schemas.ts";
import { authoredDifficulty } from "../lib/learning/mastery/predictor.ts";
import { BLOOM_LEVELS, type BloomLevel } from "../lib/learning/bloom/schemas.ts";
import type { TaskIdiom } from "../lib/learning/patterns/schemas.ts";

/**
 * Two kinds of learner that nobody has told the engine about. Their figures were fixed before anything was tuned; see
 * docs/decisions/0030.
 */

/** @returns numbers from 0 up to 1, the same ones for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function normal(chance: () => number, mean: number, deviation: number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - chance()));
  return mean + deviation * radius * Math.cos(2 * Math.PI * chance());
}

const between = (chance: () => number, low: number, high: number) => low + (high - low) * chance();
const sigma = (x: number) => 1 / (1 + Math.exp(-x));

export interface SimulatedItem {
  readonly facts: ItemFacts;
  /** What the task asks to write; it makes the item neither harder nor easier. */
  readonly idiom: TaskIdiom;
  /** What the author and the engine do not know. */
  readonly trueDifficulty: number;
}

export interface SimulatedConcept {
  readonly slug: string;
  readonly levels: readonly BloomLevel[];
  readonly items: readonly SimulatedItem[];
}

export const REFERENCE = 0;
const CONCEPTS = 6;
const ITEMS = 24;
/** So many idioms share a concept's items. */
const IDIOMS = 5;
/** Which level a concept's items are at: each fourth one. */
const LEVELS = BLOOM_LEVELS.slice(1, 5);

/** A track: each concept with items from easy to hard; a third of them are choices, which can be guessed. */
export function simulatedTrack(chance: () => number): SimulatedConcept[] {
  return Array.from({ length: CONCEPTS }, (_, concept) => ({
    slug: `concept-${concept}`,
    levels: ["understand", "apply", "analyse"],
    items: Array.from({ length: ITEMS }, (__, index) => {
      const authored = 2 + Math.floor(chance() * 8);
      const difficulty = authoredDifficulty(authored);
      const idiom = `idiom-${concept}-${index % IDIOMS}`;
      return {
        idiom: { pattern: idiom, name: idiom, role: "write" },
        facts: {
          item: `00000000-0000-4000-8000-${String(concept * ITEMS + index).padStart(12, "0")}`,
          bloom: LEVELS[index % LEVELS.length] ?? "apply",
          difficulty,
          guess: chance() < 1 / 3 ? 0.25 : 0,
          answers: 0,
        },
        // Authors are off by half a logit.
        trueDifficulty: normal(chance, (authored - 5.5) / 2, 0.5),
      };
    }),
  }));
}

export interface SimulatedLearner {
  /** Works on an item, learns from it, and is right or wrong. */
  answer(concept: number, item: SimulatedItem, hinted: boolean): boolean;
  /** The chance that {@link answer} would be right, before it. */
  trueChance(concept: number, item: SimulatedItem): number;
  /** Whether the learner masters the concept now: what the engine tries to find out. */
  masters(concept: number): boolean;
  /** The chance at an item of the reference's difficulty that cannot be guessed. */
  atReference(concept: number): number;
}

const HINT_HELPS = 1;

/** As item response theory has it: a skill that grows with practice, and items on the same scale. Slips: 3 %. */
export function irtLearner(chance: () => number, masteryAt: number): SimulatedLearner {
  const ability = normal(chance, -0.2, 1);
  const speed = between(chance, 0.04, 0.2);
  const skills = Array.from({ length: CONCEPTS }, () => ability + normal(chance, -0.3, 0.7));
  const skill = (concept: number) => skills[concept] ?? 0;
  const chanceAt = (concept: number, difficulty: number, guess: number, help: number) =>
    Math.max(guess, 0.97 * (guess + (1 - guess) * sigma(skill(concept) + help - difficulty)));
  const atReference = (concept: number) => sigma(skill(concept) - REFERENCE);
  return {
    trueChance: (concept, item) => chanceAt(concept, item.trueDifficulty, item.facts.guess, 0),
    answer(concept, item, hinted) {
      const right = chance() < chanceAt(concept, item.trueDifficulty, item.facts.guess, hinted ? HINT_HELPS : 0);
      skills[concept] = skill(concept) + speed;
      return right;
    },
    atReference,
    masters: (concept) => atReference(concept) >= masteryAt,
  };
}

/** As knowledge tracing has it: a concept is known or it is not, and becomes known at some answer. */
export function bktLearner(chance: () => number): SimulatedLearner {
  const prior = between(chance, 0.05, 0.5);
  const transit = between(chance, 0.06, 0.22);
  const slip = between(chance, 0.04, 0.14);
  const luck = between(chance, 0.08, 0.22);
  const known = Array.from({ length: CONCEPTS }, () => chance() < prior);
  const chanceAt = (concept: number, guess: number, help: number) =>
    Math.min(0.98, (known[concept] ? 1 - slip : Math.max(guess, luck)) + help);
  return {
    trueChance: (concept, item) => chanceAt(concept, item.facts.guess, 0),
    answer(concept, item, hinted) {
      const right = chance() < chanceAt(concept, item.facts.guess, hinted ? 0.25 : 0);
      if (!known[concept] && chance() < transit) known[concept] = true;
      return right;
    },
    atReference: (concept) => chanceAt(concept, 0, 0),
    masters: (concept) => known[concept] === true,
  };
}
