import type { ReactNode } from "react";
import { scaleSqrt, scaleSymlog } from "d3-scale";
import { symbol, symbolCircle, symbolDiamond } from "d3-shape";
import { RowHeader, Table, Td, Th } from "@/components/ui/table";
import { TextLink } from "@/components/ui/link";
import type { PatternCount } from "@/lib/analysis/patterns/schemas";

/** Names for ids and slugs, from the catalogue. */
export interface PatternWords {
  readonly patterns: Readonly<Record<string, string>>;
  readonly concepts: Readonly<Record<string, string>>;
}

/** As much of a pattern as the map shows; a shared page has no more. */
export type MappedPattern = Pick<PatternCount, "id" | "kind" | "concept" | "count" | "inTests" | "files">;

interface PatternMapProps {
  readonly patterns: readonly MappedPattern[];
  readonly words: PatternWords;
  /** Where the places of a pattern are shown; without it nothing is linked. */
  readonly base?: string | undefined;
}

const ROWS = 14;
const TICKS = [1, 10, 100, 1_000, 10_000] as const;
/** Percent of the width that is left at both ends, so that no mark is cut. */
const [LEFT, RIGHT] = [3, 96];

/**
 * Every pattern as a mark: a row for each concept, to the right the more often, larger in more files, a diamond where
 * it is worth a look each time. The same as a table below.
 */
export function PatternMap({ patterns, words, base }: PatternMapProps): ReactNode {
  if (patterns.length === 0) return <p className="text-muted">None of the patterns of the catalogue was found.</p>;
  const most = Math.max(10, ...patterns.map(({ count }) => count));
  const x = scaleSymlog().domain([0, most]).range([LEFT, RIGHT]);
  const size = scaleSqrt()
    .domain([1, Math.max(2, ...patterns.map(({ files }) => files))])
    .range([40, 320]);
  const rows = [...Map.groupBy(patterns, ({ concept }) => concept)]
    .map(([concept, list]) => ({ concept, list, total: list.reduce((sum, { count }) => sum + count, 0) }))
    .toSorted((one, other) => other.total - one.total || (one.concept < other.concept ? -1 : 1));
  const ticks = TICKS.filter((tick) => tick <= most);
  return (
    <div className="flex flex-col gap-4">
      <div aria-hidden="true" className="flex flex-col">
        {rows.slice(0, ROWS).map(({ concept, list, total }) => (
          <div key={concept} className="grid items-center border-b border-line py-1 sm:grid-cols-[13rem_1fr]">
            <p className="flex items-baseline justify-between gap-3 pr-4 text-sm">
              <span className="min-w-0 wrap-anywhere">{words.concepts[concept] ?? concept}</span>
              <span className="figures text-xs text-muted">{total.toLocaleString("en")}</span>
            </p>
            <svg className="h-8 w-full overflow-visible">
              {ticks.map((tick) => (
                <line
                  key={tick}
                  x1={`${x(tick)}%`}
                  x2={`${x(tick)}%`}
                  y1="0"
                  y2="100%"
                  stroke="var(--color-line)"
                  strokeDasharray="2 3"
                />
              ))}
              {list
                .toSorted((one, other) => other.files - one.files)
                .map((pattern) => (
                  <svg key={pattern.id} x={`${x(pattern.count)}%`} y="50%" className="overflow-visible">
                    <title>{`${words.patterns[pattern.id] ?? pattern.id}: ${pattern.count} in ${pattern.files} files`}</title>
                    <path
                      d={symbol(pattern.kind === "risk" ? symbolDiamond : symbolCircle, size(pattern.files))() ?? ""}
                      fill={pattern.kind === "risk" ? "var(--color-chart-6)" : "var(--color-chart-5)"}
                      fillOpacity="0.78"
                      stroke="var(--color-surface)"
                      strokeWidth="1.5"
                    />
                  </svg>
                ))}
            </svg>
          </div>
        ))}
        <div className="grid pt-1 sm:grid-cols-[13rem_1fr]">
          <p className="text-xs text-muted">
            {rows.length > ROWS ? `${rows.length - ROWS} more concepts in the table` : ""}
          </p>
          <div className="relative h-5 text-xs text-muted">
            {ticks.map((tick) => (
              <span key={tick} className="figures absolute -translate-x-1/2" style={{ left: `${x(tick)}%` }}>
                {tick.toLocaleString("en")}
              </span>
            ))}
          </div>
        </div>
        <ul className="flex flex-wrap gap-x-6 gap-y-1 pt-2 text-xs text-muted">
          <li>
            <Key shape="circle" /> a habit
          </li>
          <li>
            <Key shape="diamond" /> worth a look each time
          </li>
          <li>to the right: more often; larger: in more files</li>
        </ul>
      </div>
      <details>
        <summary className="cursor-pointer py-1 text-sm font-medium text-accent-ink underline underline-offset-3">
          All patterns as a table
        </summary>
        <Table caption="Patterns by concept, how often and where" className="mt-2">
          <thead>
            <tr>
              <Th>Pattern</Th>
              <Th>Concept</Th>
              <Th numeric>Count</Th>
              <Th numeric>In tests</Th>
              <Th numeric>Files</Th>
            </tr>
          </thead>
          <tbody>
            {rows.flatMap(({ list }) =>
              list.map((pattern) => (
                <tr key={pattern.id}>
                  <RowHeader className="font-normal">
                    {base ? (
                      <TextLink href={`${base}/patterns/${pattern.id}`}>
                        {words.patterns[pattern.id] ?? pattern.id}
                      </TextLink>
                    ) : (
                      (words.patterns[pattern.id] ?? pattern.id)
                    )}
                    {pattern.kind === "risk" ? <span className="text-xs text-muted"> (worth a look)</span> : null}
                  </RowHeader>
                  <Td>{words.concepts[pattern.concept] ?? pattern.concept}</Td>
                  <Td numeric>{pattern.count.toLocaleString("en")}</Td>
                  <Td numeric>{pattern.inTests.toLocaleString("en")}</Td>
                  <Td numeric>{pattern.files.toLocaleString("en")}</Td>
                </tr>
              )),
            )}
          </tbody>
        </Table>
      </details>
    </div>
  );
}

function Key({ shape }: { readonly shape: "circle" | "diamond" }): ReactNode {
  return (
    <svg viewBox="-8 -8 16 16" className="inline size-3.5 align-[-2px]">
      <path
        d={symbol(shape === "circle" ? symbolCircle : symbolDiamond, 110)() ?? ""}
        fill={shape === "circle" ? "var(--color-chart-5)" : "var(--color-chart-6)"}
      />
    </svg>
  );
}
