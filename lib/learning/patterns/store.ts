import "server-only";
import { z } from "zod";
import { STANDINGS } from "../bloom/rules";
import { answerSchema } from "../content/schemas";
import type { Json } from "@/lib/platform/supabase/database.types";
import { callTrusted } from "@/lib/platform/supabase/trusted";
import {
  believedSchema,
  matchSchema,
  type BelievedPattern,
  type LearnerPatternKind,
  type PatternCorrection,
  type PatternMatch,
  type PatternPlace,
  type PatternQuery,
} from "./schemas";

/** What a source showed of a pattern. */
export interface PatternShown {
  readonly pattern: string;
  readonly kind: LearnerPatternKind;
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

/** The last seen first. */
export async function readPatterns(userId: string): Promise<BelievedPattern[]> {
  return z.array(believedSchema).parse(await callTrusted("read_learner_patterns", { p_user: userId }));
}

/** Where a page of them ends. */
export interface PatternPosition {
  readonly count: number;
  readonly id: string;
}

/** A page of them, the most often seen first, after `after`. */
export async function readPatternPage(
  userId: string,
  filter: Pick<PatternQuery, "kind" | "concept" | "correction"> & { readonly id?: string },
  after: PatternPosition | null,
  limit: number,
): Promise<BelievedPattern[]> {
  return z.array(believedSchema).parse(
    await callTrusted("page_learner_patterns", {
      p_user: userId,
      p_filter: filter as Json,
      p_after: after as unknown as Json,
      p_limit: limit,
    }),
  );
}

/**
 * A learner's patterns that share a structure with these, the nearest first; without those that they said are not theirs.
 * @param exceptAnalysis what this analysis itself showed does not count
 */
export async function matchPatterns(
  userId: string,
  fingerprints: readonly string[],
  exceptAnalysis?: string,
): Promise<PatternMatch[]> {
  return z.array(matchSchema).parse(
    await callTrusted("match_learner_patterns", {
      p_user: userId,
      p_fingerprints: [...fingerprints],
      ...(exceptAnalysis === undefined ? {} : { p_except: exceptAnalysis }),
    }),
  );
}

const structuresSchema = z.array(z.object({ pattern: z.string(), structures: z.array(z.string()) }));

/**
 * Which of these structures are the learner's, by pattern; without what they said is not theirs.
 * @param fingerprints bound by the caller
 */
export async function knownStructures(
  userId: string,
  fingerprints: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = structuresSchema.parse(
    await callTrusted("known_structures", { p_user: userId, p_fingerprints: [...fingerprints] }),
  );
  return new Map(found.map(({ pattern, structures }) => [pattern, structures]));
}

const givenSchema = z.object({
  userId: z.uuid(),
  activityId: z.uuid(),
  // What an older version took as an answer shows nothing.
  answer: answerSchema.nullable().catch(null),
  passed: z.boolean(),
  standing: z.enum(STANDINGS),
});
/** An answer as it was given, with its verdict. */
export type RememberedAnswer = z.infer<typeof givenSchema>;

/** @returns null when the answer is gone, with its session or its learner */
export async function readAnswer(responseId: string): Promise<RememberedAnswer | null> {
  return givenSchema.nullable().parse(await callTrusted("read_answer", { p_response: responseId }));
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
