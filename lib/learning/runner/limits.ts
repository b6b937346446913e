/** What one run of foreign code may use. The first limit asks, the later ones do not. */
export const RUN_LIMITS = {
  /** QuickJS is asked to stop. */
  interruptMs: 2_000,
  /** The worker is ended, wherever it is. */
  terminateMs: 4_000,
  /** The process is killed, should ending the worker not have been enough. */
  killMs: 5_000,
  /** QuickJS's own heap, buffers included. */
  memoryBytes: 64 * 1024 * 1024,
  stackBytes: 1024 * 1024,
  outputChars: 64 * 1024,
  tests: 200,
  /** Steps of the virtual clock: an interval that nobody clears is ended here. */
  timers: 20_000,
  /** Resident memory of the process round the worker. */
  residentBytes: 640 * 1024 * 1024,
} as const;

/** Processes that run code; each runs one piece at a time. */
export const RUNNERS = 2;
/** Runs that may wait for their turn before new ones are refused. */
export const MAX_WAITING = 64;
/** A process is replaced after so many runs. */
export const RUNS_PER_PROCESS = 500;
