import type { ReactNode } from "react";
import { Panel } from "@/components/ui/panel";
import { Progress } from "@/components/ui/progress";
import { isUnderway, PHASE_WORDS, phaseLines } from "@/lib/analysis/rules";
import type { Analysis } from "@/lib/analysis/schemas";
import { Figures, type Figure } from "./figures";
import { LanguageChart } from "./language-chart";
import { PhaseList } from "./phase-list";

const LATER_PHASES = ["patterns", "security", "insights"] as const;
/** Of what a phase counts, the most telling ones. */
const COUNTS_SHOWN = 4;
const PHASE_FOUND_WORDS = { patterns: "Patterns", security: "Security", insights: "What to do next" } as const;

/** How far an analysis is, phase by phase, with what it has found so far. */
export function AnalysisProgress({
  analysis,
  note,
}: {
  readonly analysis: Pick<Analysis, "status" | "progress" | "found">;
  readonly note?: ReactNode;
}): ReactNode {
  const { clone, languages } = analysis.found;
  const figures: Figure[] = [];
  if (clone) figures.push({ label: "Files in the commit", value: clone.files.toLocaleString("en") });
  if (languages) {
    figures.push(
      { label: "Files counted", value: languages.files.toLocaleString("en") },
      { label: "Lines counted", value: languages.lines.toLocaleString("en") },
      { label: "Languages", value: languages.languages.length.toLocaleString("en") },
    );
  }
  const later = LATER_PHASES.flatMap((phase) => {
    const found = analysis.found[phase];
    return found && "counts" in found ? [{ phase, ...found }] : [];
  });
  figures.push(
    ...later.flatMap(({ counts }) =>
      counts.slice(0, COUNTS_SHOWN).map(({ label, value }) => ({ label, value: value.toLocaleString("en") })),
    ),
  );
  const current = phaseLines(analysis).find((phase) => phase.state === "now");
  return (
    <>
      <Panel title="Progress">
        <div className="flex flex-col gap-4">
          <Progress
            id="analysis-progress"
            label={current ? PHASE_WORDS[current.name] : "Stopped"}
            value={analysis.progress / 100}
          />
          <PhaseList phases={phaseLines(analysis)} />
          {note}
        </div>
      </Panel>
      {figures.length > 0 ? (
        <Panel title={isUnderway(analysis) ? "Found so far" : "Found before it ended"}>
          <div className="flex flex-col gap-6">
            <Figures figures={figures} />
            {later.map(({ phase, highlights }) =>
              highlights.length > 0 ? (
                <section key={phase}>
                  <h3 className="font-semibold">{PHASE_FOUND_WORDS[phase]}</h3>
                  <ul className="flex flex-col gap-0.5 text-sm text-muted wrap-anywhere">
                    {highlights.map((highlight) => (
                      <li key={highlight}>{highlight}</li>
                    ))}
                  </ul>
                </section>
              ) : null,
            )}
            {languages ? <LanguageChart languages={languages.languages} /> : null}
          </div>
        </Panel>
      ) : null}
    </>
  );
}
