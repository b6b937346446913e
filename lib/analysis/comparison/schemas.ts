import { z } from "zod";
import { severitySchema } from "../security/schemas";

const count = z.number().int().min(0);

/** A figure then and now. */
export const changedFigureSchema = z.strictObject({
  figure: z.enum([
    "lines",
    "files",
    "functions",
    "cognitive_p90",
    "cognitive_max",
    "test_cases",
    "documented_functions",
    "findings",
  ]),
  before: count,
  after: count,
});
export type ChangedFigure = z.infer<typeof changedFigureSchema>;

export const comparedFindingSchema = z.strictObject({
  id: z.string(),
  title: z.string(),
  severity: severitySchema,
  path: z.string(),
  line: z.number().int().min(1),
});
export type ComparedFinding = z.infer<typeof comparedFindingSchema>;

/** What changed between an analysis and the one before it of the same repository and branch. */
export const comparisonSchema = z.strictObject({
  previous: z.strictObject({
    id: z.uuid(),
    commit: z.string(),
    finishedAt: z.iso.datetime(),
    engine: z.number().int(),
  }),
  /** The same commit was measured twice: what differs comes from the analysis, not from the code. */
  sameCommit: z.boolean(),
  /** Another version of the analysis made the older result: some differences come from that. */
  sameEngine: z.boolean(),
  /** Those that both analyses have, changed or not. */
  figures: z.array(changedFigureSchema),
  /** Languages whose share moved by a tenth of a point or more; null where it was not there. */
  languages: z.array(z.strictObject({ name: z.string(), before: z.number().nullable(), after: z.number().nullable() })),
  /** Patterns whose count changed, the largest change first; at most {@link MAX_COMPARED}. */
  patterns: z.array(z.strictObject({ id: z.string(), before: count, after: count })),
  /** Findings by their id, which survives moved lines. Null when one of the two has none to compare. */
  findings: z
    .strictObject({
      appeared: z.array(comparedFindingSchema),
      gone: z.array(comparedFindingSchema),
      kept: count,
      appearedTotal: count,
      goneTotal: count,
    })
    .nullable(),
  /** What is said now and was not, and the other way round, by rule and sentence. */
  insights: z
    .strictObject({
      appeared: z.array(z.strictObject({ ruleId: z.string(), sentence: z.string() })),
      gone: z.array(z.strictObject({ ruleId: z.string(), sentence: z.string() })),
    })
    .nullable(),
});
export type Comparison = z.infer<typeof comparisonSchema>;

/** How many changes of a kind are listed. */
export const MAX_COMPARED = 12;
