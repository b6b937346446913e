import type { Schedule, Step } from "./steps.ts";

/** How a schedule ended: what broke, or null when it ran clean. */
export type Judge = (schedule: Schedule) => Promise<string | null>;

export interface Shrunk {
  readonly schedule: Schedule;
  /** What breaks in it. */
  readonly problem: string;
  /** How many schedules were run for it. */
  readonly runs: number;
  /** False: the budget was used up, a shorter one may exist. */
  readonly minimal: boolean;
}

/**
 * Finds the shortest schedule that still breaks, by leaving out parts of it: halves, then smaller ones, then single steps
 * (delta debugging); then simplifies what steps are left. Any part of a schedule is a schedule.
 *
 * @param failing one that breaks
 * @param problem what it breaks with; a shorter one counts only when it breaks the same (the first line is compared), because
 *   another failure is another finding
 * @param budget how many runs it may take at most
 */
export async function shrink(failing: Schedule, problem: string, judge: Judge, budget = 200): Promise<Shrunk> {
  let runs = 0;
  let best = failing.steps;
  let said = problem;
  const breaks = async (steps: readonly Step[]): Promise<boolean> => {
    if (runs >= budget) return false;
    runs += 1;
    const found = await judge({ seed: failing.seed, steps: [...steps] });
    if (found === null || firstLine(found) !== firstLine(problem)) return false;
    best = [...steps];
    said = found;
    return true;
  };
  for (let size = Math.ceil(best.length / 2); size >= 1;) {
    let shorter = false;
    // From the end: what comes after the step that broke it was never needed.
    for (let end = best.length; end > 0 && runs < budget; end -= size) {
      const start = Math.max(0, end - size);
      if (best.length > 1 && (await breaks(best.toSpliced(start, end - start)))) shorter = true;
    }
    if (size === 1 && !shorter) break;
    size = size === 1 ? 1 : Math.ceil(size / 2);
    if (runs >= budget) break;
  }
  for (let at = 0; at < best.length; at += 1) {
    for (;;) {
      const step = best[at];
      const simpler = step === undefined ? [] : simplerThan(step);
      let taken = false;
      for (const one of simpler) {
        if (await breaks(best.with(at, one))) {
          taken = true;
          break;
        }
      }
      if (!taken) break;
    }
  }
  return { schedule: { seed: failing.seed, steps: [...best] }, problem: said, runs, minimal: runs < budget };
}

const firstLine = (text: string): string => text.split("\n", 1)[0] ?? "";

/** Steps that do less than this one, each in one way; none for the simplest. */
function simplerThan(step: Step): Step[] {
  const simpler: Step[] = [];
  if ("times" in step && step.times > 1) simpler.push({ ...step, times: 1 } as Step);
  if ("count" in step && step.count > 1) simpler.push({ ...step, count: 1 });
  if ("twice" in step && step.twice) simpler.push({ ...step, twice: false });
  if ("abreast" in step && step.abreast > 1) simpler.push({ ...step, abreast: 1 });
  if ("coverFees" in step && step.coverFees) simpler.push({ ...step, coverFees: false });
  if ("share" in step && step.share < 1) simpler.push({ ...step, share: 1 });
  if ("card" in step && step.card !== "good") simpler.push({ ...step, card: "good" });
  if ("order" in step && typeof step.order === "string" && step.order !== "as they came")
    simpler.push({ ...step, order: "as they came" });
  return simpler;
}
