import { z } from "zod";
import { insightsFoundSchema } from "./insights/schemas";
import { patternsFoundSchema } from "./patterns/schemas";
import { securityFoundSchema } from "./security/schemas";

/** Grows when a phase learns something new; results of an older engine are not answered from the cache. */
export const ENGINE_VERSION = 3;

/** The phases in order, and how far the whole is once each is done. */
export const PHASES = [
  { name: "clone", progress: 10 },
  { name: "languages", progress: 20 },
  { name: "patterns", progress: 40 },
  { name: "security", progress: 60 },
  { name: "insights", progress: 80 },
  { name: "store", progress: 90 },
  { name: "done", progress: 100 },
] as const;

export type PhaseName = (typeof PHASES)[number]["name"];

/** @returns how far an analysis is, in percent, once `phase` is done. */
export function progressOf(phase: PhaseName): number {
  return PHASES.find((entry) => entry.name === phase)?.progress ?? 0;
}

export const analysisStatusSchema = z.enum(["queued", "running", "completed", "failed", "canceled"]);
export type AnalysisStatus = z.infer<typeof analysisStatusSchema>;

const count = z.number().int().min(0);

export const languageCountSchema = z.strictObject({
  name: z.string(),
  kind: z.enum(["programming", "markup", "data", "prose"]),
  /** Linguist's colour, `#rrggbb`. */
  color: z.string().nullable(),
  files: count,
  lines: count,
  bytes: count,
  /** Part of all bytes of code and markup, 0 to 1; null for data and prose, which are not part of it. */
  share: z.number().min(0).max(1).nullable(),
});
export type LanguageCount = z.infer<typeof languageCountSchema>;

/** Why a file is not counted. */
export const skipReasonSchema = z.enum([
  "vendored",
  "generated",
  "documentation",
  "not_detectable",
  "binary",
  "too_large",
  "over_budget",
  "too_deep",
  "over_limit",
  "symlink",
  "submodule",
  "unknown_language",
]);

export const skippedCountSchema = z.strictObject({
  reason: skipReasonSchema,
  files: count,
  /** Bytes not counted; a file whose size nobody fetched adds none. */
  bytes: count,
  /** Of vendored ones: code that somebody else wrote; the others are test data, settings of the repository and the like. */
  copied: count.optional(),
  examples: z.array(z.string()),
});
export type SkippedCount = z.infer<typeof skippedCountSchema>;

/**
 * What became of one file: its language and how that was found, or why it does not count. `popular`: of several
 * languages that could be it, the only widespread one; `company`: the one that the rest of the repository is written in.
 */
export const fileVerdictSchema = z.strictObject({
  path: z.string(),
  language: z.string().nullable(),
  why: z
    .enum([
      "attribute",
      "modeline",
      "filename",
      "shebang",
      "extension",
      "xml",
      "manpage",
      "heuristic",
      "popular",
      "company",
    ])
    .nullable(),
  skipped: skipReasonSchema.nullable(),
  bytes: count,
  lines: count,
});

export type FileVerdict = z.infer<typeof fileVerdictSchema>;

/** A bound of ours that cut the analysis short. */
export const limitHitSchema = z.strictObject({
  limit: z.enum(["files", "bytes", "depth", "attributes", "memory", "cpu", "time", "crash"]),
  /** The bound: files, bytes, folders in folders, or milliseconds. 0 where there is none (`crash`). */
  value: count,
  /** The one file that was left out because of it; absent when reading ended there for good. */
  path: z.string().optional(),
});
export type LimitHit = z.infer<typeof limitHitSchema>;

/** What cloning found: the first thing that people see. */
export const cloneFoundSchema = z.strictObject({ commit: z.string(), ref: z.string(), files: count });

export const languagesFoundSchema = z.strictObject({
  files: count,
  lines: count,
  bytes: count,
  languages: z.array(languageCountSchema),
  skipped: z.array(skippedCountSchema),
  limits: z.array(limitHitSchema),
  measuredMs: count,
});
export type LanguagesFound = z.infer<typeof languagesFoundSchema>;

/** A phase that this version of the analysis does not have says so. */
export const notYetSchema = z.strictObject({ status: z.literal("not_yet"), message: z.string() });
export type NotYet = z.infer<typeof notYetSchema>;

/** What a phase found in a few words, while the analysis goes on; the result holds the rest. */
export const phaseSummarySchema = z.strictObject({
  counts: z.array(z.strictObject({ label: z.string().max(80), value: count })).max(12),
  highlights: z.array(z.string().max(300)).max(8),
});

/** What each of the later phases leaves behind, whole. */
export const phaseResultSchemas = {
  patterns: z.union([notYetSchema, patternsFoundSchema]),
  security: z.union([notYetSchema, securityFoundSchema]),
  insights: z.union([notYetSchema, insightsFoundSchema]),
} as const;
export type LaterPhase = keyof typeof phaseResultSchemas;
export type PhaseResult<P extends LaterPhase = LaterPhase> = z.infer<(typeof phaseResultSchemas)[P]>;

const phaseFoundSchema = z.union([notYetSchema, phaseSummarySchema]);

export const foundSchema = z.object({
  clone: cloneFoundSchema.optional(),
  languages: languagesFoundSchema.optional(),
  patterns: phaseFoundSchema.optional(),
  security: phaseFoundSchema.optional(),
  insights: phaseFoundSchema.optional(),
});
export type Found = z.infer<typeof foundSchema>;

export const analysisResultSchema = z.strictObject({
  engine: z.number().int(),
  commit: z.string(),
  ref: z.string(),
  /** Files in the commit; those below are the ones counted. */
  totalFiles: count,
  files: count,
  lines: count,
  bytes: count,
  languages: z.array(languageCountSchema),
  skipped: z.array(skippedCountSchema),
  limits: z.array(limitHitSchema),
  phases: z.strictObject(phaseResultSchemas),
  measuredAt: z.iso.datetime(),
  /** From the first phase to the last, in milliseconds, waiting between retries included. */
  durationMs: count,
});
export type AnalysisResult = z.infer<typeof analysisResultSchema>;

export const repositorySchema = z.strictObject({ url: z.url(), host: z.string(), owner: z.string(), name: z.string() });

/** One analysis as the API and the pages know it. */
export const analysisSchema = z.strictObject({
  id: z.uuid(),
  repository: repositorySchema,
  ref: z.string().nullable(),
  commit: z.string().nullable(),
  private: z.boolean(),
  status: analysisStatusSchema,
  phase: z.string(),
  progress: z.number().int().min(0).max(100),
  /** Of the newest message about it; a client drops messages that are not newer. */
  version: z.number().int(),
  estimatedSeconds: z.number().int(),
  createdAt: z.iso.datetime(),
  startedAt: z.iso.datetime().nullable(),
  finishedAt: z.iso.datetime().nullable(),
  /** What is known so far, by phase. */
  found: foundSchema,
  result: analysisResultSchema.optional(),
  error: z.strictObject({ code: z.string(), message: z.string() }).optional(),
});
export type Analysis = z.infer<typeof analysisSchema>;

/** The same without what is large, for lists. */
export const analysisSummarySchema = analysisSchema.omit({ found: true, result: true }).extend({
  topLanguages: z.array(z.strictObject({ name: z.string(), share: z.number() })),
});
export type AnalysisSummary = z.infer<typeof analysisSummarySchema>;

/** A repository at GitHub that the caller could have analysed. */
export const ownRepositorySchema = z.strictObject({
  fullName: z.string(),
  owner: z.string(),
  name: z.string(),
  /** What to send as `repoUrl`. */
  url: z.url(),
  private: z.boolean(),
  description: z.string().nullable(),
  language: z.string().nullable(),
  defaultBranch: z.string().nullable(),
  archived: z.boolean(),
  fork: z.boolean(),
  pushedAt: z.string().nullable(),
});
export type OwnRepository = z.infer<typeof ownRepositorySchema>;

export const ownRepositoriesSchema = z.strictObject({
  items: z.array(ownRepositorySchema),
  /** More were there than were read: search by name. */
  truncated: z.boolean(),
  /** False while only public repositories may be seen. */
  includesPrivate: z.boolean(),
});
export type OwnRepositories = z.infer<typeof ownRepositoriesSchema>;
