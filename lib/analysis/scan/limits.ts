/** Bounds of one analysis. A larger repository is analysed as far as they reach, and the result says so. */
export const SCAN_LIMITS = {
  maxFiles: 50_000,
  /** As in the clone's filter: a larger file is data, whatever its name. */
  maxFileBytes: 1024 * 1024,
  maxTotalBytes: 256 * 1024 * 1024,
  /** Folders in folders; deeper files are counted apart. */
  maxDepth: 100,
} as const;

/** What one child process may use. Each is enforced from outside; the child itself stops reading earlier. */
export interface ChildLimits {
  /** From start to end. */
  readonly wallMs: number;
  /** On one file, or on the summing up between two. */
  readonly stallMs: number;
  /** Resident memory, WebAssembly and buffers included. */
  readonly memoryBytes: number;
  /** JavaScript's own heap, in MiB. */
  readonly heapMiB: number;
  readonly cpuSeconds: number;
  /** All messages together. */
  readonly messageBytes: number;
}

export const CHILD_LIMITS: ChildLimits = {
  wallMs: 120_000,
  stallMs: 10_000,
  memoryBytes: 768 * 1024 * 1024,
  heapMiB: 384,
  // Two threads, each for as long as the wall time.
  cpuSeconds: 240,
  messageBytes: 64 * 1024 * 1024,
};

/** When the child stops reading by itself and sums up what it has: a part of what would kill it. */
export const SOFT_SHARE = 0.75;

/** How often a child that was killed over one file is started again without that file. */
export const MAX_RESTARTS = 4;
