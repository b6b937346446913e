import { applyAttempt, NEW_LEARNER } from "../lib/learning/mastery/apply-attempt.ts";
import type { BloomLevel } from "../lib/learning/bloom/schemas.ts";
import { validateAnswer } from "../lib/learning/bloom/validate-answer.ts";
import { nextItem, type Told } from "../lib/learning/mastery/next-item.ts";
import { chanceToPass, movedReference } from "../lib/learning/mastery/predictor.ts";
import type { ConceptAim, ItemFacts, LearnerState } from "../lib/learning/mastery/schemas.ts";
import { pullsOf, type IdiomMemory } from "../lib/learning/patterns/pulls.ts";
import { failuresInARow, SESSION_GOAL } from "../lib/learning/session/rules.ts";
import {
  bktLearner,
  irtLearner,
  REFERENCE,
  seeded,
  simulatedTrack,
  type SimulatedConcept,
  type SimulatedLearner,
} from "./mastery-worlds.ts";

export type World = "irt" | "bkt";
export const GATES = ["ours", "bkt", "three"] as const;
export type GateName = (typeof GATES)[number];

/** After so many answers at a concept the learner is left alone: not everybody gets there. */
const PATIENCE = 40;
/** How often somebody takes a hint first. */
const HINTS = 0.12;

export interface Clearance {
  readonly gate: GateName;
  readonly answers: number;
  readonly masters: boolean;
  readonly atReference: number;
}

export interface Prediction {
  readonly expected: number;
  readonly truth: number;
  readonly right: boolean;
}

export interface Simulated {
  readonly clearances: readonly Clearance[];
  /** How many learners × concepts were worked on. */
  readonly tried: number;
  /** Of the items that the engine chose. */
  readonly predictions: readonly Prediction[];
  /** Of any item of the concept, asked beside it, at the same moments; nobody learns from these. */
  readonly probes: readonly Prediction[];
  /** What was believed of the concept after each answer, until ours has opened. */
  readonly beliefs: readonly Belief[];
}

/** What the engine puts the chance at the reference item at, beside what it is. */
export interface Belief {
  readonly chance: number;
  readonly answers: number;
  readonly truth: number;
}

/** Bayesian knowledge tracing with the usual figures: cleared at 0.95. */
function knowledgeTracing(): (right: boolean) => boolean {
  let known = 0.3;
  return (right) => {
    const slip = 0.1;
    const guess = 0.2;
    const posterior = right
      ? (known * (1 - slip)) / (known * (1 - slip) + (1 - known) * guess)
      : (known * slip) / (known * slip + (1 - known) * (1 - guess));
    known = posterior + (1 - posterior) * 0.15;
    return known >= 0.95;
  };
}

function threeInARow(): (right: boolean) => boolean {
  let row = 0;
  return (right) => {
    row = right ? row + 1 : 0;
    return row >= 3;
  };
}

/**
 * Learners who come one after the other to a track; items learn from all of them. Each gate looks at the same answers,
 * until the last of the three has opened or the learner's patience ends; predictions count until ours has opened.
 * @param masteryAt the true chance at the reference item that is called mastery in the world of item response theory
 */
export function simulate(world: World, seed: number, learners: number, masteryAt: number): Simulated {
  const chance = seeded(seed);
  const track = simulatedTrack(chance);
  const clearances: Clearance[] = [];
  const predictions: Prediction[] = [];
  const probes: Prediction[] = [];
  const beliefs: Belief[] = [];
  const facts = new Map<string, ItemFacts>(
    track.flatMap(({ items }) => items.map(({ facts: known }) => [known.item, known] as const)),
  );
  for (let number = 0; number < learners; number += 1) {
    const learner = world === "irt" ? irtLearner(chance, masteryAt) : bktLearner(chance);
    let state: LearnerState = NEW_LEARNER;
    const course: Course = { answered: 0, memory: new Map() };
    track.forEach((concept, index) => {
      const desk = { learner, course, state, chance, facts, clearances, predictions, probes, beliefs };
      state = workOn(concept, index, desk);
    });
  }
  return { clearances, predictions, probes, beliefs, tried: learners * track.length };
}

/** What lasts from concept to concept: how many answers were given, and what went well and wrong with each idiom. */
interface Course {
  answered: number;
  readonly memory: Map<string, IdiomMemory>;
}

interface Desk {
  readonly learner: SimulatedLearner;
  readonly course: Course;
  readonly state: LearnerState;
  readonly chance: () => number;
  readonly facts: Map<string, ItemFacts>;
  readonly clearances: Clearance[];
  readonly predictions: Prediction[];
  readonly probes: Prediction[];
  readonly beliefs: Belief[];
}

function workOn(concept: SimulatedConcept, index: number, desk: Desk): LearnerState {
  const { learner, chance, facts, course } = desk;
  const idioms = new Map(concept.items.map((item) => [item.facts.item, [item.idiom]]));
  const recent: { readonly passed: boolean; readonly standing: "final"; readonly level: string }[] = [];
  let told: Told | undefined;
  const others = { bkt: knowledgeTracing(), three: threeInARow() };
  const open = new Set<GateName>(GATES);
  const shifts = concept.items.map(
    ({ facts: authored }) => (facts.get(authored.item)?.difficulty ?? authored.difficulty) - authored.difficulty,
  );
  const aim = { concept: concept.slug, reference: movedReference(REFERENCE, shifts), levels: [...concept.levels] };
  const clear = (gate: GateName, answers: number) => {
    open.delete(gate);
    desk.clearances.push({ gate, answers, masters: learner.masters(index), atReference: learner.atReference(index) });
  };
  // What the gate sees once ours has opened is a copy: in the product the learner would have moved on.
  let kept: LearnerState | undefined;
  let state = desk.state;
  for (let answers = 1; answers <= PATIENCE && open.size > 0; answers += 1) {
    const items = concept.items.map((item) => facts.get(item.facts.item) ?? item.facts);
    // Unmastered in the copy, so that practice goes on for the other gates.
    const practising = practisingAgain(state, concept.slug);
    const chosen = nextItem({
      learner: practising,
      path: [{ aim, prerequisites: [], items }],
      now: "2026-01-01T00:00:00Z",
      chance: [chance(), chance()],
      told,
      pulls: pullsOf(idioms, course.memory),
    });
    if (chosen.item === null) throw new Error(`Nothing to do: ${chosen.reason.sentence}`);
    const chosenItem = chosen.item;
    const item = concept.items.find((one) => one.facts.item === chosenItem.item);
    if (!item) throw new Error("The engine chose an item that is not there.");
    const hinted = chance() < HINTS;
    if (open.has("ours")) desk.probes.push(probe(concept, index, desk, practising));
    const truth = learner.trueChance(index, item);
    const right = learner.answer(index, item, hinted);
    if (!hinted && open.has("ours")) desk.predictions.push({ expected: chosen.expected, truth, right });
    const levelNext = levelAfter(practising, aim, chosenItem.bloom, right, hinted, recent);
    course.answered += 1;
    // A session is whole after so many answers, and the next one begins without a word on the level.
    told =
      levelNext === null || course.answered % SESSION_GOAL === 0
        ? undefined
        : { concept: concept.slug, level: levelNext };
    recent.unshift({ passed: right, standing: "final", level: chosenItem.bloom });
    remember(course.memory, item.idiom.pattern, right);
    const applied = applyAttempt(practising, {
      id: "00000000-0000-4000-8000-000000000000",
      at: "2026-01-01T00:00:00Z",
      aim,
      facts: chosenItem,
      passed: right,
      hintsUsed: hinted ? 1 : 0,
      review: false,
    });
    state = applied.state;
    if (open.has("ours"))
      desk.beliefs.push({ chance: applied.change.after, answers, truth: learner.atReference(index) });
    facts.set(chosenItem.item, {
      ...chosenItem,
      difficulty: chosenItem.difficulty + applied.itemShift,
      answers: chosenItem.answers + 1,
    });
    if (open.has("ours") && applied.change.reason.code === "gate_passed") {
      clear("ours", answers);
      kept = state;
    }
    // They know no hints: a pass with one tells them nothing.
    if (right && hinted) continue;
    for (const gate of ["bkt", "three"] as const) {
      if (others[gate](right) && open.has(gate)) clear(gate, answers);
    }
  }
  return kept ?? state;
}

/** The level that the validator names after an answer: the product's own rule, asked with a rubric of one line. */
function levelAfter(
  { concepts }: LearnerState,
  aim: ConceptAim,
  level: BloomLevel,
  passed: boolean,
  hinted: boolean,
  recent: Parameters<typeof failuresInARow>[0],
): BloomLevel | null {
  const text = "The answer is right.";
  return validateAnswer({
    level,
    rubric: [{ id: "right", text, weight: 1, required: true }],
    answer: "",
    checks: [{ criterion: "right", passed, evidence: { shows: text, quote: null, line: null } }],
    graded: [],
    hintsUsed: hinted ? 1 : 0,
    asked: aim.levels,
    shown: concepts[aim.concept]?.levels ?? [],
    failuresBefore: failuresInARow(recent, level),
  }).nextLevel;
}

function remember(memory: Map<string, IdiomMemory>, pattern: string, well: boolean): void {
  const known = memory.get(pattern);
  memory.set(pattern, {
    kind: "habit",
    good: (known?.good ?? 0) + (well ? 1 : 0),
    missed: (known?.missed ?? 0) + (well ? 0 : 1),
    correction: null,
  });
}

function probe(concept: SimulatedConcept, index: number, desk: Desk, state: LearnerState): Prediction {
  const item = concept.items[Math.floor(desk.chance() * concept.items.length)];
  if (!item) throw new Error("A concept has no item.");
  const truth = desk.learner.trueChance(index, item);
  const skill = state.ability + (state.concepts[concept.slug]?.offset ?? 0);
  const expected = chanceToPass(skill, desk.facts.get(item.facts.item) ?? item.facts);
  return { expected, truth, right: desk.chance() < truth };
}

function practisingAgain(state: LearnerState, slug: string): LearnerState {
  const concept = state.concepts[slug];
  if (concept?.status !== "mastered") return state;
  return { ...state, concepts: { ...state.concepts, [slug]: { ...concept, status: "practising" } } };
}

export function auc(predictions: readonly Pick<Prediction, "right">[], value: readonly number[]): number {
  const sorted = predictions
    .map(({ right }, index) => ({ right, value: value[index] ?? 0 }))
    .toSorted((one, other) => one.value - other.value);
  let rankSum = 0;
  let rights = 0;
  for (let from = 0; from < sorted.length;) {
    let to = from;
    while (to < sorted.length && sorted[to]?.value === sorted[from]?.value) to += 1;
    const rank = (from + 1 + to) / 2;
    for (const one of sorted.slice(from, to)) {
      if (!one.right) continue;
      rights += 1;
      rankSum += rank;
    }
    from = to;
  }
  const wrongs = sorted.length - rights;
  return (rankSum - (rights * (rights + 1)) / 2) / (rights * wrongs);
}

export function logLoss(predictions: readonly Prediction[]): number {
  const loss = predictions.reduce((sum, { expected, right }) => sum - Math.log(right ? expected : 1 - expected), 0);
  return loss / predictions.length;
}

/** Expected calibration error over ten bins of equal width. */
export function calibrationError(predictions: readonly Prediction[]): number {
  const bins = Array.from({ length: 10 }, () => ({ count: 0, expected: 0, right: 0 }));
  for (const { expected, right } of predictions) {
    const bin = bins[Math.min(9, Math.floor(expected * 10))];
    if (!bin) continue;
    bin.count += 1;
    bin.expected += expected;
    bin.right += right ? 1 : 0;
  }
  return bins.reduce((sum, bin) => sum + Math.abs(bin.expected - bin.right), 0) / predictions.length;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
