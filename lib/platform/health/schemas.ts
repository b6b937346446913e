import { z } from "zod";
import { operationsSchema } from "../telemetry/operations";

const momentSchema = z.object({
  /** Milliseconds of the epoch. */
  at: z.number(),
  /** A second, of this instance. */
  requests: z.number(),
  /** Share answered 5xx; null without requests. */
  failing: z.number().nullable(),
  /** 95th percentile in seconds; null without requests. */
  slow: z.number().nullable(),
  /** Calls to services that did not end well, a second. */
  outsideFailures: z.number(),
  /** Share of reads that memory or Redis answered; null without reads. */
  cacheHits: z.number().nullable(),
  /** Share of time in which the process's one thread was busy. */
  busy: z.number(),
  memoryBytes: z.number(),
  /** From the database, the same for every instance; null while it does not answer. */
  oldestEvent: z.number().nullable(),
  waiting: z.number().nullable(),
});

/** How an instance stood at one moment. */
export type Moment = z.output<typeof momentSchema>;

const dependencySchema = z.object({
  name: z.string(),
  /** What it is to us, in a few words. */
  purpose: z.string(),
  /** Without it nothing works. */
  needed: z.boolean(),
  /** `untold`: it is not asked on purpose, and only calls that were made tell of it. */
  status: z.enum(["up", "down", "untold"]),
  ms: z.number().nullable(),
  breaker: z.enum(["closed", "half_open", "open", "none"]),
  since: z.string().nullable(),
  lastCall: z.object({ at: z.string(), ms: z.number(), outcome: z.string() }).nullable(),
  lastError: z.object({ at: z.string(), text: z.string() }).nullable(),
});

export type DependencyHealth = z.output<typeof dependencySchema>;

const triggerSchema = z.object({
  what: z.string(),
  threshold: z.string(),
  present: z.string(),
  /** Null where it is not measured. */
  holds: z.boolean().nullable(),
  how: z.string(),
});

export type Trigger = z.output<typeof triggerSchema>;

/** What `GET /api/health/overview` answers. */
export const overviewSchema = z.object({
  /** `unwell`: something that all needs is down, or money is not in order. */
  status: z.enum(["well", "degraded", "unwell"]),
  checkedAt: z.string(),
  instance: z.object({ since: z.string(), build: z.string(), region: z.string() }),
  dependencies: z.array(dependencySchema),
  /** Null while the database does not answer. */
  operations: operationsSchema.nullable(),
  history: z.array(momentSchema),
  triggers: z.array(triggerSchema),
});

export type HealthOverview = z.output<typeof overviewSchema>;
