/** How the outbox is relayed. Nothing of this product is imported here: the Deno edge function loads it too. */
export const OUTBOX = {
  /** Events taken at once. */
  batch: 100,
  /** Longer than publishing a batch piece by piece may take, in seconds. */
  leaseSeconds: 60,
  /** Share of the lease after which the rest of a batch is handed back unsent. */
  leaseShare: 0.6,
  /** The worker looks this often, in ms. */
  pollMs: 100,
  /** Requests that end within this time of a drain share the next one, in ms: under load a look for each costs more than it finds. */
  shareMs: 50,
  /** Longest pause of a worker while nobody can be reached, in ms. */
  longestPauseMs: 10_000,
  /** One publish call, in ms. */
  publishTimeoutMs: 5_000,
  /** No plan of Inngest takes a larger event; a smaller one may still be refused (413) by the plan in use. */
  largestEventBytes: 3 * 1024 * 1024,
  /** A batch that is larger goes in several calls. */
  largestCallBytes: 3 * 1024 * 1024,
  /** An event that was taken this often without being published is suspected when a call with it gets no answer. */
  suspectAttempts: 4,
  /** Waits between tries to write down what was published, in ms. */
  settleRetriesMs: [200, 800, 2_000],
} as const;
