import { z } from "zod";

/**
 * What is counted about the product's use, and all that an event may hold: kinds, outcomes and sizes. Never a person,
 * an address, a repository or a text that somebody wrote.
 */
export const ANALYTICS_EVENTS = {
  "analysis.started": z.strictObject({
    /** Whether it was begun, joined while it ran for somebody else, or known already. */
    outcome: z.enum(["started", "joined", "cached"]),
    private: z.boolean(),
  }),
  "analysis.completed": z.strictObject({
    outcome: z.enum(["completed", "failed"]),
    /** Whole seconds from the start of the work; of a failure null. */
    seconds: z.number().int().nonnegative().nullable(),
  }),
  // Learning: written by the SQL functions themselves, in the transaction of what they count.
  "learning.enrolled": z.strictObject({ track: z.string() }),
  "learning.session_started": z.strictObject({ track: z.string().nullable() }),
  "learning.session_ended": z.strictObject({
    outcome: z.enum(["completed", "left", "expired"]),
    seconds: z.number().int().nonnegative(),
    answers: z.number().int().nonnegative(),
  }),
  "learning.response_graded": z.strictObject({
    passed: z.boolean(),
    standing: z.enum(["final", "needs_review"]),
    level: z.string().nullable(),
    hints: z.number().int().nonnegative(),
  }),
  "learning.response_appealed": z.strictObject({ level: z.string().nullable() }),
  "learning.response_settled": z.strictObject({ overturned: z.boolean() }),
  "learning.pattern_corrected": z.strictObject({ correction: z.string().nullable() }),
  "learning.pattern_forgotten": z.strictObject({}),
} as const satisfies Record<string, z.ZodObject>;

export type AnalyticsName = keyof typeof ANALYTICS_EVENTS;
export type AnalyticsProperties<Name extends AnalyticsName> = z.infer<(typeof ANALYTICS_EVENTS)[Name]>;

/** One event as it is kept. */
export interface AnalyticsEvent {
  readonly id: string;
  readonly name: AnalyticsName;
  readonly properties: Readonly<Record<string, string | number | boolean | null>>;
  /** ISO 8601. */
  readonly occurredAt: string;
}
