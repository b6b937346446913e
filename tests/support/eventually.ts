import { vi } from "vitest";

/** How long something may take before it counts as never, in ms: the machine may be busy with other suites. */
const PATIENCE_MS = 60_000;

/**
 * Waits until `look` no longer throws, and answers with what it returned.
 * @throws what it last threw, after a minute
 */
export function eventually<T>(look: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(look, { timeout: PATIENCE_MS, interval: 15 });
}
