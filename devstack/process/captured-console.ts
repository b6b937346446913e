import { AsyncLocalStorage } from "node:async_hooks";
import { formatWithOptions } from "node:util";
import type { Log } from "../service.ts";

const current = new AsyncLocalStorage<Log>();
const METHODS = ["log", "info", "warn", "error", "debug"] as const;
let patched = false;

/**
 * Runs `work` with everything that it, or what it awaits, prints on the console written to `log`
 * instead. Several services share the supervisor's process; their libraries print there.
 */
export function withConsoleTo<T>(log: Log, work: () => T): T {
  if (!patched) {
    patched = true;
    for (const method of METHODS) {
      const original = console[method].bind(console);
      console[method] = (...values: unknown[]) => {
        const target = current.getStore();
        if (target) target(formatWithOptions({ colors: false }, ...values));
        else original(...values);
      };
    }
  }
  return current.run(log, work);
}
