import type { ReactNode } from "react";
import { TextLink } from "@/components/ui/link";
import { RowHeader, Table, Td, Th } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import { FIGURE_WORDS } from "@/lib/analysis/comparison/rules";
import type { ComparedFinding, Comparison } from "@/lib/analysis/comparison/schemas";
import { formatShare } from "@/lib/analysis/rules";
import { SEVERITY_WORDS } from "@/lib/analysis/security/rules";
import type { PatternWords } from "./pattern-map";

const signed = (value: number): string =>
  value > 0 ? `+${value.toLocaleString("en")}` : value.toLocaleString("en").replace("-", "−");
const share = (value: number | null): string => (value === null ? "none" : formatShare(value));

/** What changed since the analysis before this one. */
export function ComparisonPanel({
  comparison,
  words,
}: {
  readonly comparison: Comparison;
  readonly words: PatternWords;
}): ReactNode {
  const { previous, figures, languages, patterns, findings, insights } = comparison;
  const changed = figures.filter(({ before, after }) => before !== after);
  const nothing =
    changed.length === 0 &&
    languages.length === 0 &&
    patterns.length === 0 &&
    (findings === null || findings.appearedTotal + findings.goneTotal === 0) &&
    (insights === null || insights.appeared.length + insights.gone.length === 0);
  return (
    <div className="flex flex-col gap-5">
      <p className="max-w-measure text-sm text-muted">
        Compared with <TextLink href={`/learn/analyses/${previous.id}`}>the analysis before this one</TextLink>,{" "}
        <Time at={previous.finishedAt} />, of commit <span className="font-mono">{previous.commit.slice(0, 12)}</span>
        {comparison.sameCommit ? ", the same as now" : ""}.{" "}
        {comparison.sameEngine ? "" : "An older version of the analysis made it, so some differences come from that."}
      </p>
      {nothing ? <p>Nothing that is measured has changed.</p> : null}
      {changed.length > 0 ? (
        <Table caption="Figures then and now">
          <thead>
            <tr>
              <Th>Figure</Th>
              <Th numeric>Then</Th>
              <Th numeric>Now</Th>
              <Th numeric>Change</Th>
            </tr>
          </thead>
          <tbody>
            {changed.map(({ figure, before, after }) => (
              <tr key={figure}>
                <RowHeader className="font-normal">{FIGURE_WORDS[figure]}</RowHeader>
                <Td numeric>{before.toLocaleString("en")}</Td>
                <Td numeric>{after.toLocaleString("en")}</Td>
                <Td numeric>{signed(after - before)}</Td>
              </tr>
            ))}
          </tbody>
        </Table>
      ) : null}
      <div className="grid gap-x-10 gap-y-5 md:grid-cols-2">
        {languages.length > 0 ? (
          <Changes title="Languages">
            {languages.map(({ name, before, after }) => (
              <li key={name}>
                {name}: {share(before)} → {share(after)}
              </li>
            ))}
          </Changes>
        ) : null}
        {patterns.length > 0 ? (
          <Changes title="Patterns">
            {patterns.map(({ id, before, after }) => (
              <li key={id}>
                {words.patterns[id] ?? id}: {before.toLocaleString("en")} → {after.toLocaleString("en")}
              </li>
            ))}
          </Changes>
        ) : null}
        {findings && findings.appearedTotal > 0 ? (
          <Changes
            title={`${findings.appearedTotal.toLocaleString("en")} new ${findings.appearedTotal === 1 ? "finding" : "findings"}`}
          >
            <Findings findings={findings.appeared} total={findings.appearedTotal} />
          </Changes>
        ) : null}
        {findings && findings.goneTotal > 0 ? (
          <Changes
            title={`${findings.goneTotal.toLocaleString("en")} ${findings.goneTotal === 1 ? "finding" : "findings"} gone`}
          >
            <Findings findings={findings.gone} total={findings.goneTotal} />
          </Changes>
        ) : null}
        {insights && insights.appeared.length > 0 ? (
          <Changes title="New in the insights">
            {insights.appeared.map(({ sentence }) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </Changes>
        ) : null}
        {insights && insights.gone.length > 0 ? (
          <Changes title="No longer in the insights">
            {insights.gone.map(({ sentence }) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </Changes>
        ) : null}
      </div>
    </div>
  );
}

function Changes({ title, children }: { readonly title: string; readonly children: ReactNode }): ReactNode {
  return (
    <section className="min-w-0">
      <h3 className="border-b border-line pb-1.5 font-semibold">{title}</h3>
      <ul className="flex flex-col gap-1 pt-2 text-sm wrap-anywhere">{children}</ul>
    </section>
  );
}

/** The worst ones, and how many more there are. */
function Findings({
  findings,
  total,
}: {
  readonly findings: readonly ComparedFinding[];
  readonly total: number;
}): ReactNode {
  return (
    <>
      {findings.map(({ id, title, severity, path, line }) => (
        <li key={id}>
          {title} <span className="text-xs text-muted">({SEVERITY_WORDS[severity].toLowerCase()})</span>{" "}
          <span className="font-mono text-xs text-muted">
            {path}:{line}
          </span>
        </li>
      ))}
      {total > findings.length ? (
        <li className="text-muted">and {(total - findings.length).toLocaleString("en")} more</li>
      ) : null}
    </>
  );
}
