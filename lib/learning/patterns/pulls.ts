import type { Pull } from "../mastery/choose-item";
import type { LearnerPatternKind, PatternCorrection, TaskIdiom } from "./schemas";

/** What is remembered of one idiom: how often it went well, and how often not. */
export interface IdiomMemory {
  readonly kind: LearnerPatternKind;
  readonly good: number;
  readonly missed: number;
  readonly correction: PatternCorrection | null;
}

/** What is only read speaks half as loud as what is written. */
const READ = 0.5;
/** Weights below it say no more than that the idiom is known. */
const LEAST = 0.2;

/**
 * What a learner's memory says for each task: the share of times that its idiom went wrong, half a time each way assumed
 * beforehand, so that one never written stands in the middle. Of several idioms the one that speaks loudest counts. The
 * learner's own word stands above all that was seen.
 * @param idioms those of each task, by its id
 * @param memory by the pattern's id
 */
export function pullsOf(
  idioms: ReadonlyMap<string, readonly TaskIdiom[]>,
  memory: ReadonlyMap<string, IdiomMemory>,
): Map<string, Pull> {
  const pulls = new Map<string, Pull>();
  for (const [item, own] of idioms) {
    for (const idiom of own) {
      const pull = pullOf(idiom, memory.get(idiom.pattern));
      if (pull.weight >= LEAST && pull.weight > (pulls.get(item)?.weight ?? 0)) pulls.set(item, pull);
    }
  }
  return pulls;
}

function pullOf({ name, role }: TaskIdiom, known: IdiomMemory | undefined): Pull {
  const correction = known?.correction ?? null;
  const loudness = role === "read" ? READ : 1;
  if (correction === "known") return { weight: 0, sentence: "" };
  if (correction === "want_to_learn")
    return { weight: loudness, sentence: `It is about “${name}”, which you want to learn.` };
  // What the learner says is not theirs, or was misread, was not seen of them.
  const seen = correction === null ? known : undefined;
  const [good, missed] = [seen?.good ?? 0, seen?.missed ?? 0];
  // A risk that nobody has seen in their code is nothing they would have to mend.
  if (role === "mend" && missed === 0) return { weight: 0, sentence: "" };
  const weight = (loudness * (missed + 0.5)) / (good + missed + 1);
  const times = missed === 1 ? "once" : `${missed.toLocaleString("en")} times`;
  if (role === "mend") return { weight, sentence: `It mends “${name}”, seen ${times} in your code.` };
  const asks = `It ${role === "write" ? "asks for" : "shows"} “${name}”`;
  if (missed > 0) return { weight, sentence: `${asks}, which went wrong ${times} so far.` };
  return { weight, sentence: good === 0 ? `${asks}, which you were not seen to write yet.` : `${asks}.` };
}
