import { AsyncLocalStorage } from "node:async_hooks";

/**
 * What Next gives a route handler, for a process that serves the routes without Next's server: esbuild puts this module in the place
 * of `next/server`, `next/headers` and `next/cache`. Donors in a simulation carry no cookies, and there are no prerendered pages.
 */
type Task = Promise<unknown> | (() => unknown);

const requests = new AsyncLocalStorage<Task[]>();
const running = new Set<Promise<unknown>>();

/** `next/server`: what is to be done once the answer is out. */
export function after(task: Task): void {
  const later = requests.getStore();
  if (later) later.push(task);
  else start(task);
}

function start(task: Task): void {
  const run = Promise.resolve(typeof task === "function" ? Promise.resolve().then(task) : task)
    .catch((error: unknown) => process.stderr.write(`after an answer: ${String(error)}\n`))
    .finally(() => running.delete(run));
  running.add(run);
}

/** Runs a handler in a request's scope. @returns its answer, and what starts the tasks that it left for afterwards */
export async function inRequest<T>(handler: () => Promise<T>): Promise<{ answer: T; finish: () => void }> {
  const later: Task[] = [];
  const answer = await requests.run(later, handler);
  return {
    answer,
    finish: () => {
      for (const task of later.splice(0)) start(task);
    },
  };
}

/** Counts a request as running until this ends. */
export function hold(open: Promise<unknown>): void {
  start(open);
}

/** Resolves when no request is open and nothing that was left for after an answer still runs. */
export async function idle(): Promise<void> {
  while (running.size > 0) await Promise.all(running);
}

/** `next/headers` */
export const headers = async (): Promise<Headers> => new Headers();
export const cookies = async () => ({
  getAll: () => [],
  get: () => undefined,
  has: () => false,
  set: () => undefined,
  delete: () => undefined,
});

/** `next/cache` */
export const revalidateTag = (): void => undefined;
export const unstable_cache = <F>(read: F): F => read;
