import "server-only";
import type { SourceAt } from "@/components/learning/source-link";
import { getAnalysis } from "@/lib/analysis/read-analyses";
import { foundPhase } from "@/lib/analysis/rules";
import type { AnalysisResult, AnalysisSummary } from "@/lib/analysis/schemas";
import type { Shown } from "@/lib/learning/overview/path/rules";
import type { Db } from "@/lib/platform/supabase/server";
import { shownBy } from "./_shown-by";
import { sourceAt } from "./analyses/_load";

/** What the newest analysis that is done says for a path. */
export interface Portrait {
  readonly analysisId: string;
  /** `owner/name`. */
  readonly repository: string;
  readonly shown: Shown;
  readonly at: SourceAt;
  /** What most of it is written in, where the lessons are in another language. */
  readonly otherLanguage: string | null;
}

/** The languages that tasks are written in, as Linguist calls them. */
const OURS: ReadonlySet<string> = new Set(["TypeScript", "JavaScript", "TSX"]);

/** @param analyses the newest first */
export async function latestPortrait(db: Db, analyses: readonly AnalysisSummary[]): Promise<Portrait | null> {
  const newest = analyses.find(({ status }) => status === "completed");
  if (!newest) return null;
  const analysis = await getAnalysis(db, newest.id);
  const { result } = analysis;
  if (!result) return null;
  return {
    analysisId: analysis.id,
    repository: `${analysis.repository.owner}/${analysis.repository.name}`,
    shown: shownBy(foundPhase(result.phases.insights), foundPhase(result.phases.security)),
    at: sourceAt(analysis, result),
    otherLanguage: otherLanguageOf(result),
  };
}

function otherLanguageOf({ languages }: AnalysisResult): string | null {
  const written = languages.filter(({ kind }) => kind === "programming");
  const [most] = written.toSorted((one, other) => other.bytes - one.bytes);
  return most && !OURS.has(most.name) ? most.name : null;
}
