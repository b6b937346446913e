import type { Result } from "./run-schedule.ts";

const share = (sorted: readonly number[], part: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;

/** What a batch came to, in lines for people. */
export function summarise(results: readonly Result[], wallMs: number): string {
  const struck: Record<string, number> = {};
  const died: Record<string, number> = {};
  for (const result of results) {
    for (const [fault, times] of Object.entries(result.struck)) struck[fault] = (struck[fault] ?? 0) + times;
    for (const point of result.died) died[point] = (died[point] ?? 0) + 1;
  }
  const killed = results.filter((result) => result.died.length > 0 || (result.struck["kill_after_ms"] ?? 0) > 0).length;
  const restarted = results.filter(({ struck: own }) => (own["postgres_restart"] ?? 0) > 0).length;
  const recovered = results
    .flatMap(({ drained }) => (drained ? [drained.recoveredMs] : []))
    .toSorted((one, other) => one - other);
  const failed = results.filter(({ problem }) => problem !== null);
  const operations = results.reduce((sum, result) => sum + result.operations, 0);
  const seconds = wallMs / 1_000;
  const list = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts)
      .toSorted(([, one], [, other]) => other - one)
      .map(([name, times]) => `${name} ${times}`)
      .join(", ") || "none";
  return [
    `${results.length} seeds, ${operations} operations, ${results.reduce((sum, { gifts }) => sum + gifts, 0)} gifts in ${seconds.toFixed(0)} s (${(operations / seconds).toFixed(1)} operations/s)`,
    `with SIGKILL ${killed} seeds, with PostgreSQL restarted ${restarted} seeds`,
    `faults: ${list(struck)}`,
    `killed after ${Object.keys(died).length} different calls: ${list(died)}`,
    `from the last fault to a gift: median ${share(recovered, 0.5).toFixed(0)} ms, 95 % ${share(recovered, 0.95).toFixed(0)} ms, longest ${(recovered.at(-1) ?? 0).toFixed(0)} ms`,
    failed.length === 0 ? "all ran clean" : `FAILED: ${failed.map(({ seed }) => seed).join(", ")}`,
  ].join("\n");
}
