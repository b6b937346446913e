import { AsyncLocalStorage } from "node:async_hooks";

/**
 * What Next gives a route handler, for a process that serves the production routes without Next's server: esbuild puts this in the
 * place of `next/server`, `next/headers` and `next/cache`.
 */
type Task = Promise<unknown> | (() => unknown);

const requests = new AsyncLocalStorage<Task[]>();

/** `next/server`: what is to be done once the answer is out. */
export function after(task: Task): void {
  const later = requests.getStore();
  if (later) later.push(task);
  else void run(task);
}

async function run(task: Task): Promise<void> {
  try {
    await (typeof task === "function" ? task() : task);
  } catch (error) {
    process.stderr.write(`after an answer: ${error instanceof Error ? error.stack : String(error)}\n`);
  }
}

/** Runs a handler in a request's scope. @returns its answer, and what starts the tasks that it left for afterwards */
export async function inRequest<T>(handler: () => Promise<T>): Promise<{ answer: T; finish: () => void }> {
  const later: Task[] = [];
  const answer = await requests.run(later, handler);
  return {
    answer,
    finish: () => {
      for (const task of later.splice(0)) void run(task);
    },
  };
}

/** `next/headers`: callers here carry no cookies. */
export const headers = async (): Promise<Headers> => new Headers();
export const cookies = async () => ({ getAll: () => [], get: () => undefined, set: () => undefined });

/** `next/cache`: there are no prerendered pages here. */
export const revalidateTag = (): void => undefined;
