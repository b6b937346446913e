import "server-only";
import { fittingConcepts } from "./fit";
import { chooseFunctions, generateOwnCode, OWN_CODE_BOUNDS, whyNone } from "./generate";
import type { OwnCodeItem, OwnFunction } from "./schemas";
import { failRun, finishRun, keepFunctions, keepItems, nextFunctions, readJob, type KeptItem } from "./store";

/** Steps that any run comes to its end in: the first batch of each is tried however long it takes. */
export const MOST_STEPS = 16;

/** What has to be read for a run; null when it is over or its learner does not want it any more. */
export { readJob as ownCodeJob } from "./store";

/**
 * Keeps the most telling of a repository's functions until they were tried; once, however often it is repeated.
 * @returns how many wait; null when the run is over
 */
export async function keepCandidates(
  runId: string,
  functions: readonly OwnFunction[],
  total: number,
): Promise<number | null> {
  return keepFunctions(runId, chooseFunctions(functions), total);
}

/**
 * Tries the next functions for a few seconds, as much as is lost when it is killed, keeps the exercises that held, and forgets the functions.
 * @returns how many are left; null when the run is over
 * @throws AppError `service_unavailable` when code cannot be run: nothing was kept, and it can be repeated
 */
export async function makeSome(runId: string): Promise<number | null> {
  const job = await readJob(runId);
  if (!job) return null;
  const waiting = await nextFunctions(runId, OWN_CODE_BOUNDS.functions);
  if (waiting.length === 0) return 0;
  const functions = waiting.map((one) => one.function);
  const {
    items,
    functions: counted,
    refused,
  } = await generateOwnCode(functions, {
    most: OWN_CODE_BOUNDS.items - job.items,
  });
  // In the order in which they are tried: what was kept was chosen by the same rule.
  const tried = new Set(chooseFunctions(functions).slice(0, counted.tried));
  return keepItems(runId, {
    positions: waiting.flatMap((one) => (tried.has(one.function) ? [one.position] : [])),
    items: items.flatMap((item) => keptOf(item, functions)),
    used: counted.used,
    refused,
  });
}

/**
 * Ends a run.
 * @param of how many functions the repository has, and how many of them were to be tried
 * @returns how many exercises there are; null when it was over
 */
export async function endRun(
  runId: string,
  of: { readonly found: number; readonly waiting: number },
): Promise<number | null> {
  return finishRun(runId, whyNone(of.found, of.waiting));
}

/** Ends a run with the host's last word, which nobody can mend: it is no dead letter. */
export async function refuseRun(runId: string, words: string): Promise<void> {
  await failRun(runId, words, null, 1);
}

/** Ends a run whose attempts are used up. @param cause for operators */
export async function giveUpRun(runId: string, cause: string, attempts: number): Promise<void> {
  const words =
    "The repository could not be read again, or its functions could not be run, several times in a row. We have been told; what there is already stays.";
  await failRun(runId, words, cause, attempts);
}

function keptOf(item: OwnCodeItem, functions: readonly OwnFunction[]): KeptItem[] {
  const fn = functions.find(({ path, line }) => path === item.path && line === item.line);
  if (!fn) return [];
  const { exercise, about, path, line, endLine, decides } = item;
  return [
    {
      id: exercise.uuid,
      about,
      concepts: fittingConcepts(fn, decides),
      bloom: exercise.bloom,
      difficulty: exercise.difficulty,
      name: fn.name,
      path,
      line,
      endLine,
      snippet: fn.text,
      exercise,
    },
  ];
}
