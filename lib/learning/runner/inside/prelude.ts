import { addressGlobals, pathModule, type Ask } from "./address";
import { assert as assertions, leaveStuckTest, runTests as run, test as register } from "./assertions";
import { fireNext as fire, sinceStart, timers, virtualDate } from "./clock";
import { webGlobals } from "./web";
import { format } from "./inspect";

/**
 * Runs first inside QuickJS, before any foreign code: makes the globals that server code expects and keeps for itself
 * what it tells the outside with. Bundled as one module by `scripts/engine.ts`; foreign code cannot import it.
 */
interface Outside {
  readonly print: (line: string) => void;
  readonly report: (name: string, passed: boolean, message: string) => void;
  readonly ask: Ask;
}

const inner = globalThis as unknown as { __outside?: Outside } & Record<string, unknown>;
const outside = inner.__outside as Outside;
delete inner.__outside;

const print = (...values: unknown[]): void => outside.print(format(values));
const groups = { log: print, info: print, debug: print, warn: print, error: print };

for (const [name, value] of Object.entries({
  ...timers,
  ...webGlobals,
  ...addressGlobals(outside.ask),
  Date: virtualDate(),
  console: groups,
  performance: { now: sinceStart },
  queueMicrotask: (call: () => void) => void Promise.resolve().then(call),
}))
  Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });

// What cannot be kept aside: `await` itself looks at these.
Object.freeze(Promise);
Object.freeze(Promise.prototype);

export const assert = assertions;
export const test = register;
export const path = pathModule(outside.ask);
export const delay = (ms: number, value?: unknown) =>
  new Promise((resolve) => void timers.setTimeout(() => resolve(value), ms));
/** For the outside alone. */
export const fireNext = fire;
export const leaveStuck = leaveStuckTest;
export const runTests = (limit: number): Promise<void> => run(limit, outside.report);
