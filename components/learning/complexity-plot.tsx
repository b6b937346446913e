import type { ReactNode } from "react";
import { scaleLinear, scaleLog } from "d3-scale";
import { RowHeader, Table, Td, Th } from "@/components/ui/table";
import type { Distribution, FunctionMeasure } from "@/lib/analysis/patterns/schemas";
import { SourceLink, type SourceAt } from "./source-link";

/** SonarSource's limit for one function (rule S3776). */
const LIMIT = 15;

interface ComplexityPlotProps {
  readonly functions: number;
  readonly cognitive: Distribution;
  /** None on a shared page of a private repository. */
  readonly hotspots: readonly FunctionMeasure[];
  readonly at: SourceAt | null;
}

/** How hard the functions are to follow: all of them by score, and the hardest by length; the same as tables. */
export function ComplexityPlot({ functions, cognitive, hotspots, at }: ComplexityPlotProps): ReactNode {
  if (functions === 0) return <p className="text-muted">No function was found in a language that is parsed.</p>;
  return (
    <div className="flex flex-col gap-6">
      <div className="grid gap-x-10 gap-y-8 lg:grid-cols-2">
        <Spread functions={functions} cognitive={cognitive} />
        {hotspots.length > 0 ? <Hardest hotspots={hotspots} /> : null}
      </div>
      {hotspots.length > 0 ? (
        <details>
          <summary className="cursor-pointer py-1 text-sm font-medium text-accent-ink underline underline-offset-3">
            The most complex functions as a table
          </summary>
          <Table caption="The most complex functions" className="mt-2">
            <thead>
              <tr>
                <Th>Function</Th>
                <Th numeric>Cognitive</Th>
                <Th numeric>Paths</Th>
                <Th numeric>Lines</Th>
                <Th numeric>Parameters</Th>
              </tr>
            </thead>
            <tbody>
              {hotspots.map((each) => (
                <tr key={`${each.path}:${each.line}:${each.name}`}>
                  <RowHeader className="font-normal">
                    <span className="block font-mono text-sm wrap-anywhere">{each.name}</span>
                    {at ? <SourceLink at={at} path={each.path} line={each.line} endLine={each.endLine} /> : null}
                  </RowHeader>
                  <Td numeric>{each.cognitive}</Td>
                  <Td numeric>{each.cyclomatic}</Td>
                  <Td numeric>{each.lines.toLocaleString("en")}</Td>
                  <Td numeric>{each.parameters}</Td>
                </tr>
              ))}
            </tbody>
          </Table>
        </details>
      ) : null}
    </div>
  );
}

function bucketWords(from: number, upTo: number | null): string {
  if (upTo === null) return `${from} and more`;
  return from === upTo ? `${upTo}` : `${from}–${upTo}`;
}

/** Bars from zero; a table for everybody, with the bars in it. */
function Spread({ functions, cognitive }: { readonly functions: number; readonly cognitive: Distribution }): ReactNode {
  const most = Math.max(1, ...cognitive.buckets.map((bucket) => bucket.functions));
  return (
    <figure className="min-w-0">
      <figcaption className="pb-2 text-sm text-muted">
        {functions.toLocaleString("en")} functions by cognitive complexity: half have at most {cognitive.p50}, nine of
        ten at most {cognitive.p90}, the highest {cognitive.max.toLocaleString("en")}.
      </figcaption>
      <table className="w-full border-collapse text-left text-sm">
        <caption className="sr-only">Functions by cognitive complexity</caption>
        <thead className="sr-only">
          <tr>
            <th scope="col">Cognitive complexity</th>
            <th scope="col">Functions</th>
          </tr>
        </thead>
        <tbody>
          {cognitive.buckets.map(({ upTo, functions: count }, index) => {
            const from = index === 0 ? 0 : (cognitive.buckets[index - 1]?.upTo ?? 0) + 1;
            return (
              <tr key={from}>
                <th scope="row" className="figures w-px py-1 pr-3 text-right font-normal whitespace-nowrap">
                  {bucketWords(from, upTo)}
                </th>
                <td className="py-1">
                  <CountBar count={count} most={most} over={from > LIMIT} />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <p className="pt-1 text-xs text-muted">Above {LIMIT}, SonarSource’s limit, a function is hard to follow.</p>
    </figure>
  );
}

interface CountBarProps {
  readonly count: number;
  readonly most: number;
  /** Past the limit. */
  readonly over: boolean;
}

function CountBar({ count, most, over }: CountBarProps): ReactNode {
  return (
    <span className="flex items-center gap-2">
      <span
        aria-hidden="true"
        className={`h-4 rounded-r-[2px] ${count === 0 ? "" : "min-w-0.5"} ${over ? "bg-chart-6" : "bg-chart-5"}`}
        style={{ width: `${(count / most) * 80}%` }}
      />
      <span className="figures text-xs text-muted">{count.toLocaleString("en")}</span>
    </span>
  );
}

const [WIDTH, HEIGHT] = [440, 260];
const MARGIN = { top: 12, right: 16, bottom: 34, left: 40 };

/** Length against complexity; the table below says the same. */
function Hardest({ hotspots }: { readonly hotspots: readonly FunctionMeasure[] }): ReactNode {
  const x = scaleLog()
    .domain([
      Math.max(1, Math.min(5, ...hotspots.map(({ lines }) => lines))),
      Math.max(100, ...hotspots.map(({ lines }) => lines)),
    ])
    .range([MARGIN.left, WIDTH - MARGIN.right]);
  const y = scaleLinear()
    .domain([0, Math.max(LIMIT + 5, ...hotspots.map(({ cognitive }) => cognitive))])
    .nice()
    .range([HEIGHT - MARGIN.bottom, MARGIN.top]);
  const worst = hotspots[0];
  return (
    <figure className="min-w-0">
      <figcaption className="pb-2 text-sm text-muted">
        The {hotspots.length} most complex functions: lines to the right, cognitive complexity upwards.
      </figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true" className="h-auto w-full text-[13px]">
        {y.ticks(5).map((tick) => (
          <g key={tick}>
            <line x1={MARGIN.left} x2={WIDTH - MARGIN.right} y1={y(tick)} y2={y(tick)} stroke="var(--color-line)" />
            <text x={MARGIN.left - 8} y={y(tick)} dy="0.32em" textAnchor="end" fill="var(--color-muted)">
              {tick}
            </text>
          </g>
        ))}
        {[5, 10, 20, 50, 100, 200, 500, 1_000]
          .filter((tick) => tick >= (x.domain()[0] ?? 1) && tick <= (x.domain()[1] ?? 100))
          .map((tick) => (
            <text key={tick} x={x(tick)} y={HEIGHT - MARGIN.bottom + 20} textAnchor="middle" fill="var(--color-muted)">
              {tick.toLocaleString("en")}
            </text>
          ))}
        <line
          x1={MARGIN.left}
          x2={WIDTH - MARGIN.right}
          y1={y(LIMIT)}
          y2={y(LIMIT)}
          stroke="var(--color-chart-6)"
          strokeDasharray="5 4"
          strokeWidth="1.5"
        />
        <text x={WIDTH - MARGIN.right} y={y(LIMIT) + 15} textAnchor="end" fill="var(--color-muted)">
          limit {LIMIT}
        </text>
        {hotspots.map((each) => (
          <circle
            key={`${each.path}:${each.line}:${each.name}`}
            cx={x(Math.max(1, each.lines))}
            cy={y(each.cognitive)}
            r="6"
            fill={each.cognitive > LIMIT ? "var(--color-chart-6)" : "var(--color-chart-5)"}
            fillOpacity="0.8"
            stroke="var(--color-surface)"
            strokeWidth="1.5"
          >
            <title>{`${each.name}: ${each.cognitive} in ${each.lines} lines`}</title>
          </circle>
        ))}
        {worst ? (
          <text
            x={x(Math.max(1, worst.lines)) - 10}
            y={y(worst.cognitive)}
            dy="0.32em"
            textAnchor="end"
            fill="var(--color-ink)"
          >
            {worst.name.length > 24 ? `${worst.name.slice(0, 23)}…` : worst.name}
          </text>
        ) : null}
      </svg>
    </figure>
  );
}
