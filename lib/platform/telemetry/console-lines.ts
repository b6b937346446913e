import { format } from "node:util";
import { log } from "./log";

/**
 * Makes log lines of what others write to the console: Next prints an uncaught error with message and causes, which
 * may quote an address or a key, and nobody scrubs that on its way to a log store.
 */
export function logConsole(target: Pick<Console, "error" | "warn"> = console): void {
  target.error = (...args: unknown[]) => write("error", args);
  target.warn = (...args: unknown[]) => write("warn", args);
}

function write(level: "error" | "warn", args: readonly unknown[]): void {
  const errors = args.filter((arg) => arg instanceof Error);
  const words = args.filter((arg) => !(arg instanceof Error));
  log[level]({ from: "console", ...(errors.length > 0 ? { error: errors[0] } : {}) }, format(...words) || "an error");
}
