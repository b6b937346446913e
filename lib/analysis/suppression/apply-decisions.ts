import "server-only";
import { CATALOGUE_VIEW } from "../insights/catalogue-view";
import { deriveInsights } from "../insights/derive";
import { foundPhase } from "../rules";
import type { AnalysisResult } from "../schemas";
import { decide, type Decisions } from "./rules";

/**
 * A result as somebody sees it who has marked findings as all right. What is said about the code is derived anew from
 * what is left, so that no next step is about something that is settled.
 */
export function applyDecisions(result: AnalysisResult, decisions: Decisions): AnalysisResult {
  const before = foundPhase(result.phases.security);
  if (!before || decisions.size === 0) return result;
  const security = decide(before, decisions);
  if (security === before) return result;
  if (!foundPhase(result.phases.insights)) return { ...result, phases: { ...result.phases, security } };
  const { files, lines, bytes, languages, skipped, limits } = result;
  const patterns = foundPhase(result.phases.patterns);
  const insights = deriveInsights(
    { languages: { files, lines, bytes, languages, skipped, limits, measuredMs: 0 }, patterns, security },
    CATALOGUE_VIEW,
  );
  return { ...result, phases: { ...result.phases, security, insights } };
}
