import "server-only";
import { z } from "zod";
import { callTrusted } from "@/lib/platform/supabase/trusted";
import { patternsFoundSchema } from "./schemas";

const shownSchema = z.object({
  repoUrl: z.url(),
  commit: z.string(),
  // A phase that this version of the analysis did not have is not read.
  patterns: patternsFoundSchema.nullable().catch(null),
});
export type AnalysisPatterns = z.infer<typeof shownSchema>;

/** What a finished analysis found of patterns, whoever asked for it; null when there is no such analysis. */
export async function readAnalysisPatterns(analysisId: string): Promise<AnalysisPatterns | null> {
  return shownSchema.nullable().parse(await callTrusted("read_analysis_patterns", { p_analysis: analysisId }));
}
