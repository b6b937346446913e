import "server-only";
import { z } from "zod";
import type { Json } from "@/lib/platform/supabase/database.types";
import { callTrusted } from "@/lib/platform/supabase/trusted";

const time = z.coerce.date().transform((date) => date.toISOString());

const placeSchema = z.object({
  path: z.string(),
  line: z.number().int().min(1),
  endLine: z.number().int().min(1),
  language: z.string(),
});
export type PatternPlace = z.infer<typeof placeSchema>;

/** What a source showed of a pattern. */
export interface PatternShown {
  readonly pattern: string;
  readonly kind: "habit" | "risk" | "misconception";
  readonly concept: string;
  readonly count: number;
  /** Of {@link count}, those that were done well. */
  readonly good: number;
  /** A few, at most 10. */
  readonly places: readonly PatternPlace[];
  /** Structures, at most 20. */
  readonly fingerprints: readonly string[];
}

export type PatternSource =
  | {
      readonly kind: "repository";
      readonly analysisId: string;
      readonly repoUrl: string;
      readonly commit: string;
    }
  | { readonly kind: "exercise"; readonly responseId: string };

/**
 * Takes along what a source showed; the same source again replaces what it said before.
 * @returns how many patterns it spoke of
 */
export async function rememberPatterns(
  userId: string,
  source: PatternSource,
  patterns: readonly PatternShown[],
): Promise<number> {
  return z.number().parse(
    await callTrusted("remember_patterns", {
      p_user: userId,
      p_source: source.kind,
      p_source_id: source.kind === "repository" ? source.analysisId : source.responseId,
      p_repo_url: source.kind === "repository" ? source.repoUrl : "",
      p_commit: source.kind === "repository" ? source.commit : "",
      p_patterns: patterns as unknown as Json,
    }),
  );
}

const correctionSchema = z.enum(["known", "not_mine", "want_to_learn"]);
export type PatternCorrection = z.infer<typeof correctionSchema>;

const believedSchema = z.object({
  id: z.uuid(),
  pattern: z.string(),
  kind: z.enum(["habit", "risk", "misconception"]),
  concept: z.string(),
  correction: correctionSchema.nullable(),
  correctionNote: z.string().nullable(),
  correctedAt: time.nullable(),
  count: z.number().int(),
  good: z.number().int(),
  /** Null once each source that showed it is gone. */
  lastSeenAt: time.nullable(),
  sightings: z.array(
    z.object({
      source: z.enum(["repository", "exercise"]),
      analysisId: z.uuid().nullable(),
      responseId: z.uuid().nullable(),
      repoUrl: z.string().nullable(),
      commit: z.string().nullable(),
      count: z.number().int(),
      good: z.number().int(),
      places: z.array(placeSchema),
      seenAt: time,
    }),
  ),
});
/** What is believed of a learner's pattern, with where it was seen. */
export type BelievedPattern = z.infer<typeof believedSchema>;

/** The last seen first. */
export async function readPatterns(userId: string): Promise<BelievedPattern[]> {
  return z.array(believedSchema).parse(await callTrusted("read_learner_patterns", { p_user: userId }));
}

const matchSchema = z.object({
  id: z.uuid(),
  pattern: z.string(),
  concept: z.string(),
  /** How many of the asked structures are the learner's too, and how many of theirs are known. */
  shared: z.number().int(),
  of: z.number().int(),
});
export type PatternMatch = z.infer<typeof matchSchema>;

/** A learner's patterns that share a structure with these, the nearest first. */
export async function matchPatterns(userId: string, fingerprints: readonly string[]): Promise<PatternMatch[]> {
  return z
    .array(matchSchema)
    .parse(await callTrusted("match_learner_patterns", { p_user: userId, p_fingerprints: [...fingerprints] }));
}

/**
 * Writes down the learner's own word on a pattern. SQL refuses with not_found or rule_broken.
 * @param correction null takes it back
 */
export async function correctPattern(
  userId: string,
  patternId: string,
  correction: PatternCorrection | null,
  note: string,
): Promise<void> {
  await callTrusted("correct_pattern", {
    p_user: userId,
    p_pattern: patternId,
    p_correction: correction ?? "",
    p_note: note,
  });
}

/** @returns whether there was such a pattern; it is gone with all that was seen of it */
export async function forgetPattern(userId: string, patternId: string): Promise<boolean> {
  return z.boolean().parse(await callTrusted("forget_pattern", { p_user: userId, p_pattern: patternId }));
}
