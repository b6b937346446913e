import type { BloomLevel } from "../bloom/schemas";
import { logistic } from "./predictor";
import type { ConceptAim, ConceptState, Condition } from "./schemas";

/** The gate's figures; tuned in `bench/mastery.ts`, ADR 30. */
export const GATE = { answers: 4, chance: 0.85, passes: 4, items: 2, margin: 0.5 } as const;

/** @returns the chance to pass the concept's reference item, which nobody can guess. */
export function chanceAtReference(ability: number, offset: number, aim: ConceptAim): number {
  return logistic(ability + offset - aim.reference);
}

/** @returns whether a pass of an item of this difficulty counts at the gate. */
export function isHardEnough(difficulty: number, aim: ConceptAim): boolean {
  return difficulty >= aim.reference - GATE.margin;
}

/** @returns the levels that the concept asks for and that no unaided success has shown yet. */
export function missingLevels(state: Pick<ConceptState, "aim" | "levels">): BloomLevel[] {
  return state.aim.levels.filter((level) => !state.levels.includes(level));
}

const percent = (chance: number) => `${Math.round(chance * 100)} %`;
const words = (list: readonly string[]) => list.join(", ").replace(/, ([^,]*)$/, " and $1");

/** @returns the gate's four questions, each with its answer. Mastery is given when all hold. */
export function askGate(state: Omit<ConceptState, "status" | "review" | "lastAt">, ability: number): Condition[] {
  const chance = chanceAtReference(ability, state.offset, state.aim);
  const missing = missingLevels(state);
  const items = new Set(state.passes).size;
  return [
    {
      code: "enough_answers",
      holds: state.attempts >= GATE.answers,
      sentence: `${state.attempts} of at least ${GATE.answers} answers.`,
    },
    {
      code: "likely_enough",
      holds: chance >= GATE.chance,
      sentence: `The chance to pass a typical task is put at ${percent(chance)}; ${percent(GATE.chance)} are asked for.`,
    },
    {
      code: "passed_unaided",
      holds: state.passes.length >= GATE.passes && items >= GATE.items,
      sentence: `Without a hint, and as hard as is asked for: ${Math.min(state.passes.length, GATE.passes)} of ${GATE.passes} passes, of ${Math.min(items, GATE.items)} of ${GATE.items} different tasks.`,
    },
    {
      code: "levels_shown",
      holds: missing.length === 0,
      sentence:
        missing.length === 0
          ? "Each level that the concept asks for was shown."
          : `Still to be shown without a hint: ${words(missing)}.`,
    },
  ];
}
