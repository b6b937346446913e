import "server-only";
import type { Db } from "@/lib/platform/supabase/server";
import { foundPhase } from "../rules";
import type { Analysis, AnalysisResult } from "../schemas";
import { applyDecisions } from "../suppression/apply-decisions";
import { readSuppressions } from "../suppression/store";
import { compare, type Comparable } from "./rules";
import type { Comparison } from "./schemas";
import { readEarlier } from "./store";

/**
 * What changed since the caller's analysis before this one of the same repository and branch.
 * What they marked as all right counts as that in both.
 * @param analysis as `getAnalysis` gives it
 * @returns null when there is none, or when this one has no result
 */
export async function compareWithPrevious(db: Db, analysis: Analysis): Promise<Comparison | null> {
  if (!analysis.result || analysis.finishedAt === null) return null;
  const repoUrl = analysis.repository.url;
  const [earlier, decided] = await Promise.all([
    readEarlier(db, { id: analysis.id, repoUrl, ref: analysis.ref ?? "", finishedAt: analysis.finishedAt }),
    readSuppressions(db, repoUrl),
  ]);
  if (!earlier) return null;
  const then = applyDecisions(earlier.result, new Map(decided.map(({ finding, reason }) => [finding, reason])));
  return compare({ ...comparable(then), id: earlier.id, finishedAt: earlier.finishedAt }, comparable(analysis.result));
}

function comparable({ engine, commit, lines, files, languages, phases }: AnalysisResult): Comparable {
  return {
    engine,
    commit,
    lines,
    files,
    languages,
    patterns: foundPhase(phases.patterns),
    security: foundPhase(phases.security),
    insights: foundPhase(phases.insights),
  };
}
