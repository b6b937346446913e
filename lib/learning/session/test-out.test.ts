import { describe, expect, it } from "vitest";
import { readContent } from "../content/read-content";
import { applyAttempt, NEW_LEARNER } from "../mastery/apply-attempt";
import { chooseItem, type PathConcept } from "../mastery/choose-item";
import { GATE } from "../mastery/gate";
import type { ItemFacts, LearnerState } from "../mastery/schemas";
import { heldToTest } from "../mastery/test-out";
import { pathOf } from "./path";

const AT = "2026-05-01T12:00:00.000Z";
const LESSONS = readContent().flatMap(({ concepts }) => concepts);
const [FIRST] = LESSONS;
if (!FIRST) throw new Error("content has no lesson");

function lessonOf(slug: string): PathConcept {
  const [concept] = pathOf(
    LESSONS.filter((lesson) => lesson.slug === slug),
    [],
  );
  if (!concept) throw new Error(`no lesson ${slug}`);
  return concept;
}

function answered(learner: LearnerState, concept: PathConcept, facts: ItemFacts, passed: boolean): LearnerState {
  return applyAttempt(learner, {
    id: "00000000-0000-4000-8000-000000000000",
    at: AT,
    aim: concept.aim,
    facts,
    passed,
    hintsUsed: 0,
    review: false,
  }).state;
}

/** How many answers somebody who passes everything needs until they master it. */
function answersToMastery(concept: PathConcept, held: typeof heldToTest): number {
  let learner = NEW_LEARNER;
  for (let answers = 0; answers < 40; answers += 1) {
    if (learner.concepts[concept.aim.concept]?.status === "mastered") return answers;
    const { item } = chooseItem({ learner, path: [held(concept, learner)], now: AT, chance: [0.5, 0.5] });
    if (item === null) throw new Error("nothing to do");
    learner = answered(learner, concept, item, true);
  }
  return Number.POSITIVE_INFINITY;
}

describe("testing out", () => {
  it.each(LESSONS.map(({ slug }) => slug))("of %s takes an answer for each level, and seldom one more", (slug) => {
    const concept = lessonOf(slug);
    const least = Math.max(GATE.answers, concept.aim.levels.length);
    const tested = answersToMastery(concept, heldToTest);
    expect(tested).toBeLessThanOrEqual(least + 1);
    expect(tested).toBeLessThanOrEqual(answersToMastery(concept, (one) => one));
  });

  it("asks for each level once, from the lowest, with the hardest item that counts", () => {
    const concept = lessonOf(FIRST.slug);
    let learner = NEW_LEARNER;
    const asked: ItemFacts[] = [];
    for (const _ of concept.aim.levels) {
      const { items } = heldToTest(concept, learner);
      expect(items).toHaveLength(1);
      const [item] = items;
      if (!item) throw new Error("nothing was held");
      const others = concept.items.filter(({ bloom, item: id }) => bloom === item.bloom && id !== item.item);
      const hard = (one: ItemFacts) => one.difficulty >= concept.aim.reference - GATE.margin;
      if (others.some(hard)) expect(hard(item)).toBe(true);
      asked.push(item);
      learner = answered(learner, concept, item, true);
    }
    expect(asked.map(({ bloom }) => bloom)).toEqual(concept.aim.levels);
  });

  it("opens the gate for nobody who does not pass", () => {
    const concept = lessonOf(FIRST.slug);
    let learner = NEW_LEARNER;
    for (let answers = 0; answers < 8; answers += 1) {
      const { item } = chooseItem({ learner, path: [heldToTest(concept, learner)], now: AT, chance: [0.5, 0.5] });
      if (item === null) throw new Error("nothing to do");
      learner = answered(learner, concept, item, answers % 2 === 0);
      expect(learner.concepts[concept.aim.concept]?.status).toBe("practising");
    }
  });

  it("leaves a concept as it is that is mastered, or of which every item was asked", () => {
    const concept = lessonOf(FIRST.slug);
    const asked = concept.items.reduce((learner, item) => answered(learner, concept, item, false), NEW_LEARNER);
    expect(heldToTest(concept, asked)).toBe(concept);
    const state = asked.concepts[FIRST.slug];
    if (!state) throw new Error("nothing is believed");
    const mastered = {
      ...NEW_LEARNER,
      concepts: { [FIRST.slug]: { ...state, status: "mastered" as const, items: {} } },
    };
    expect(heldToTest(concept, mastered)).toBe(concept);
  });
});
