import type { PhaseSummary } from "./engine";
import type { Found, LaterPhase, NotYet, PhaseResult } from "./schemas";
import { summarise as summariseInsights } from "./insights/rules";
import { summarise as summarisePatterns } from "./patterns/rules";
import { summarise as summariseSecurity } from "./security/rules";

type Whole<P extends LaterPhase> = Exclude<PhaseResult<P>, NotYet>;

const SUMMARISE: { readonly [P in LaterPhase]?: (found: Whole<P>) => PhaseSummary } = {
  patterns: summarisePatterns,
  security: summariseSecurity,
  insights: summariseInsights,
};

/** What a phase found in a few words; a phase that this engine does not have says just that. */
export function summaryOf<P extends LaterPhase>(phase: P, result: PhaseResult<P>): Found[P] {
  if (isNotYet(result)) return result as Found[P];
  const summarise = SUMMARISE[phase] as ((found: Whole<P>) => PhaseSummary) | undefined;
  if (!summarise) throw new Error(`the phase ${phase} cannot be put into a few words`);
  const { counts, highlights } = summarise(result as Whole<P>);
  return {
    counts: counts.slice(0, 12).map(({ label, value }) => ({ label: label.slice(0, 80), value })),
    highlights: highlights.slice(0, 8).map((highlight) => highlight.slice(0, 300)),
  } as Found[P];
}

function isNotYet(result: PhaseResult): result is NotYet {
  return "status" in result && result.status === "not_yet";
}
