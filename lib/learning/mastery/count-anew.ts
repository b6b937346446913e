import { NEW_LEARNER, replay } from "./apply-attempt";
import { askGate, chanceAtReference } from "./gate";
import type { Attempt, LearnerState, MasteryChange } from "./schemas";

interface Anew {
  readonly state: LearnerState;
  readonly changes: readonly MasteryChange[];
}

const SENTENCES = {
  person: {
    passed: "An answer was looked at again and passed after all; what came since was counted anew.",
    failed: "An answer was looked at and did not pass; what came since was counted anew.",
  },
  model: {
    passed:
      "A model found in an answer’s own words what no check can tell, and it passed; what came since was counted anew.",
    failed: "A model did not find in an answer’s words what no check can tell; what came since was counted anew.",
  },
} as const;

/**
 * What is believed once a reviewer or a model has said whether an answer passed: all answers are counted anew, with that one as it was
 * settled, and each concept that moves says why.
 * @param before what is believed now
 * @param attempts all answers in their order, the settled one among them
 */
export function countAnew(
  before: LearnerState,
  attempts: readonly Attempt[],
  settled: { readonly id: string; readonly passed: boolean; readonly at: string; readonly by: "person" | "model" },
): Anew {
  const state = replay(attempts.map((one) => (one.id === settled.id ? { ...one, passed: settled.passed } : one)));
  const sentence = SENTENCES[settled.by][settled.passed ? "passed" : "failed"];
  const changes = Object.entries(state.concepts).flatMap(([slug, after]): MasteryChange[] => {
    const was = before.concepts[slug];
    const chanceBefore = was
      ? chanceAtReference(before.ability, was.offset, was.aim)
      : chanceAtReference(NEW_LEARNER.ability, 0, after.aim);
    const chanceAfter = chanceAtReference(state.ability, after.offset, after.aim);
    if (was && chanceBefore === chanceAfter && was.status === after.status) return [];
    return [
      {
        attempt: settled.id,
        concept: slug,
        at: settled.at,
        before: chanceBefore,
        after: chanceAfter,
        statusBefore: was?.status ?? "practising",
        statusAfter: after.status,
        expected: null,
        reason: { code: "counted_anew", sentence },
        gate: askGate(after, state.ability),
      },
    ];
  });
  return { state, changes };
}
