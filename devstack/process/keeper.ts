import { setTimeout as sleep } from "node:timers/promises";
import type { Log, RunningService } from "../service.ts";
import { isAlive } from "./alive.ts";
import type { Guardian } from "./guardian.ts";

/** A service with a process of its own; `pid` is null when it runs inside ours after all. */
export interface NativeService extends RunningService {
  readonly pid: number | null;
  readonly exited?: Promise<void>;
}

export interface Kept<Service extends NativeService> {
  readonly current: Service;
  readonly restarts: number;
  /** False from the moment the process ended until its successor answers. */
  readonly up: boolean;
  /** Resolves when it is not started again any more; never, where no `patience` was given. */
  readonly gaveUp: Promise<void>;
  close(): Promise<void>;
}

/** How often in a row a service may die soon after its start before it is left dead. */
export interface Patience {
  readonly deaths: number;
  /** What counts as soon, in ms from its first answer; a start that fails counts as well. */
  readonly withinMs: number;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;
/** After so long without a crash the pauses start small again. */
const CALM_MS = 30_000;
const LOOK_EVERY_MS = 200;

/**
 * Starts a native service and starts it again whenever its process ends by itself, on the same port,
 * with pauses that double. The guardian is told of each process.
 * @param start given the port of the first start, 0 never again; its signal tells that we are closing meanwhile.
 * @param patience without one it is started again for ever.
 */
export async function keep<Service extends NativeService>(
  start: (port: number | null, signal: AbortSignal) => Promise<Service>,
  guardian: Pick<Guardian, "add" | "drop">,
  log: Log,
  patience?: Patience,
): Promise<Kept<Service>> {
  const closer = new AbortController();
  const despair = Promise.withResolvers<void>();
  let current = await start(null, closer.signal);
  let up = true;
  let restarts = 0;
  let closing = false;
  const { port } = current;
  if (current.pid !== null) guardian.add(current.pid);

  const watch = async () => {
    let pause = FIRST_PAUSE_MS;
    let quickDeaths = 0;
    const hopeless = () => {
      if (patience === undefined || quickDeaths < patience.deaths) return false;
      log(`it ended ${quickDeaths} times in a row within ${patience.withinMs / 1000} s of its start; given up`);
      despair.resolve();
      return true;
    };
    while (!closing) {
      const began = Date.now();
      await ended(current, () => closing);
      if (closing) return;
      up = false;
      if (current.pid !== null) guardian.drop(current.pid);
      if (Date.now() - began > CALM_MS) pause = FIRST_PAUSE_MS;
      quickDeaths = Date.now() - began > (patience?.withinMs ?? 0) ? 0 : quickDeaths + 1;
      if (hopeless()) return;
      log(`its process (pid ${current.pid}) ended unexpectedly; starting it again in ${pause} ms`);
      for (;;) {
        await sleep(pause);
        pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
        if (closing) return;
        try {
          current = await start(port, closer.signal);
          break;
        } catch (error) {
          if (closing) return;
          quickDeaths += 1;
          if (hopeless()) return;
          log(
            `could not be started again, next try in ${pause} ms: ${error instanceof Error ? error.message : String(error)}`,
          );
        }
      }
      if (current.pid !== null) guardian.add(current.pid);
      if (closing) {
        await current.close(); // close() saw its predecessor alone.
        if (current.pid !== null) guardian.drop(current.pid);
        return;
      }
      restarts += 1;
      up = true;
      log(`is back (pid ${current.pid}), restart ${restarts}`);
    }
  };
  const watching = watch();

  return {
    get current() {
      return current;
    },
    get restarts() {
      return restarts;
    },
    get up() {
      return up;
    },
    gaveUp: despair.promise,
    async close() {
      closing = true;
      closer.abort();
      const { pid } = current;
      await current.close();
      if (pid !== null) guardian.drop(pid);
      await watching;
    },
  };
}

async function ended(service: NativeService, isClosing: () => boolean): Promise<void> {
  const { pid, exited } = service;
  if (exited) return exited;
  while (!isClosing() && (pid === null || isAlive(pid))) await sleep(LOOK_EVERY_MS);
}
