import { askGate, chanceAtReference, GATE, isHardEnough } from "./gate";
import { moveRatings } from "./predictor";
import { nextReview } from "./reviews";
import type { Attempt, ConceptState, ConceptStatus, LearnerState, MasteryChange } from "./schemas";

/** Below this chance at the reference item a mastered concept's review does not wait for its day. */
const DOUBT = 0.6;
/** So many of the latest passes are looked at: twice what the gate asks for. */
const KEPT_PASSES = 2 * GATE.passes;

export const NEW_LEARNER: LearnerState = { ability: 0, attempts: 0, concepts: {} };

interface Applied {
  readonly state: LearnerState;
  readonly change: MasteryChange;
  /** How much the answer moves the item's difficulty, for everybody. */
  readonly itemShift: number;
}

/** Takes one graded answer into what is believed about a learner, and says what it changed and why. */
export function applyAttempt(learner: LearnerState, attempt: Attempt): Applied {
  const { aim, facts } = attempt;
  const before = learner.concepts[aim.concept] ?? beginning(attempt);
  const moved = moveRatings({ ability: learner.ability, offset: before.offset }, learner.attempts, facts, attempt);
  const counted = count({ ...before, aim, offset: moved.offset }, attempt);
  const chanceBefore = chanceAtReference(learner.ability, before.offset, aim);
  const chanceAfter = chanceAtReference(moved.ability, moved.offset, aim);
  const decided = decide(counted, before.status, attempt, {
    expected: moved.expected,
    ability: moved.ability,
    chance: chanceAfter,
  });
  return {
    state: {
      ability: moved.ability,
      attempts: learner.attempts + 1,
      concepts: { ...learner.concepts, [aim.concept]: decided.concept },
    },
    change: {
      attempt: attempt.id,
      concept: aim.concept,
      at: attempt.at,
      before: chanceBefore,
      after: chanceAfter,
      statusBefore: before.status,
      statusAfter: decided.concept.status,
      expected: moved.expected,
      reason: decided.reason,
      gate: askGate(decided.concept, moved.ability),
    },
    itemShift: moved.difficulty - facts.difficulty,
  };
}

/** @returns the state that the answers lead to, one after the other: what is stored is only ever this. */
export function replay(attempts: readonly Attempt[]): LearnerState {
  return attempts.reduce((state, attempt) => applyAttempt(state, attempt).state, NEW_LEARNER);
}

function beginning(attempt: Attempt): ConceptState {
  return {
    aim: attempt.aim,
    status: "practising",
    offset: 0,
    attempts: 0,
    passes: [],
    levels: [],
    items: {},
    review: null,
    lastAt: attempt.at,
  };
}

/** What an answer adds to the evidence, before anything is decided by it. */
function count(concept: ConceptState, { facts, aim, at, passed, hintsUsed }: Attempt): ConceptState {
  const unaided = passed && hintsUsed === 0;
  const attempts = concept.attempts + 1;
  const item = concept.items[facts.item];
  return {
    ...concept,
    attempts,
    lastAt: at,
    passes:
      unaided && isHardEnough(facts.difficulty, aim)
        ? [...concept.passes, facts.item].slice(-KEPT_PASSES)
        : concept.passes,
    levels: unaided && !concept.levels.includes(facts.bloom) ? [...concept.levels, facts.bloom] : concept.levels,
    items: {
      ...concept.items,
      [facts.item]: { times: (item?.times ?? 0) + 1, passed: passed || (item?.passed ?? false), last: attempts },
    },
  };
}

interface Belief {
  readonly expected: number;
  readonly ability: number;
  readonly chance: number;
}

function decide(
  concept: ConceptState,
  status: ConceptStatus,
  attempt: Attempt,
  belief: Belief,
): { readonly concept: ConceptState; readonly reason: MasteryChange["reason"] } {
  const { passed, hintsUsed, at } = attempt;
  const odds = `${Math.round(belief.expected * 100)} % were expected`;
  const hints = `${hintsUsed} ${hintsUsed === 1 ? "hint" : "hints"}`;

  if (status === "mastered" && attempt.review) {
    const review = nextReview(concept.review, at, passed ? (hintsUsed > 0 ? "with_hints" : "unaided") : "failed");
    if (!passed) {
      return {
        concept: { ...concept, status: "lapsed", passes: [], review },
        reason: {
          code: "review_failed",
          sentence: `A review was not passed, so the concept is open again: ${GATE.passes} passes without a hint give it back.`,
        },
      };
    }
    return {
      concept: { ...concept, review },
      reason: {
        code: "review_passed",
        sentence: `Remembered${hintsUsed > 0 ? ` with ${hints}` : ""}. The next review is on ${review.due.slice(0, 10)}.`,
      },
    };
  }

  if (status === "mastered") {
    if (!passed && belief.chance < DOUBT && concept.review && Date.parse(concept.review.due) > Date.parse(at)) {
      return {
        concept: { ...concept, review: { ...concept.review, due: new Date(at).toISOString() } },
        reason: {
          code: "review_brought_forward",
          sentence: `Not passed, and the chance at a typical task is now put at ${Math.round(belief.chance * 100)} %: the review comes now instead of later.`,
        },
      };
    }
  } else if (passed && hintsUsed === 0 && askGate(concept, belief.ability).every(({ holds }) => holds)) {
    const review = nextReview(concept.review, at, "unaided");
    return {
      concept: { ...concept, status: "mastered", review },
      reason: {
        code: "gate_passed",
        sentence: `All that the concept asks for was shown. The first review is on ${review.due.slice(0, 10)}.`,
      },
    };
  }

  if (!passed) return { concept, reason: { code: "failed", sentence: `Not passed; ${odds}.` } };
  return hintsUsed > 0
    ? { concept, reason: { code: "passed_with_hints", sentence: `Passed with ${hints}, which counts half; ${odds}.` } }
    : { concept, reason: { code: "passed", sentence: `Passed without a hint; ${odds}.` } };
}
