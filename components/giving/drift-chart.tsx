import { scaleBand, scaleLinear } from "d3-scale";
import type { ReactNode } from "react";
import { RowHeader, Table, Td, Th } from "@/components/ui/table";
import { formatMoney } from "@/lib/kernel/money";
import { MoneyAxis, moneyTicks } from "./money-axis";

const HEIGHT = 160;
const BOTTOM = 24;
const TOP = 14;
/** Two drawings of the same: letters keep their size, so a narrow screen needs one of its own. */
const WIDE = 720;
const NARROW = 340;
/** A run without drift is a mark on the line, so that it is seen that it was. */
const MARK = 3;

const DAY = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  timeZone: "UTC",
});

/** One comparison: minor units, the provider's less ours. */
export interface DriftOfRun {
  readonly id: string;
  /** ISO 8601. */
  readonly at: string;
  readonly theirsMinor: number;
  readonly oursMinor: number;
}

/** How far our books were from the provider's at each comparison, in one currency: bars from zero, and the same as a table. */
export function DriftChart({
  currency,
  runs,
}: {
  readonly currency: string;
  readonly runs: readonly DriftOfRun[];
}): ReactNode {
  const drifted = runs.filter((run) => driftOf(run) !== 0).length;
  const spoken =
    drifted === 0
      ? `No drift in ${currency} in the last ${runs.length} comparisons.`
      : `Drift in ${currency}: ${drifted} of the last ${runs.length} comparisons. The table below has each.`;
  return (
    <figure className="flex flex-col gap-3">
      <figcaption className="text-sm text-muted">
        What the provider says it kept for gifts, less what we have booked, at{" "}
        {runs.length === 1 ? "the one comparison so far" : `each of the last ${runs.length} comparisons`}.{" "}
        {drifted > 0 ? null : runs.length === 1 ? "It was nothing." : "It was nothing each time."}
      </figcaption>
      <Plot width={WIDE} className="hidden sm:block" {...{ currency, runs, spoken }} />
      <Plot width={NARROW} className="sm:hidden" {...{ currency, runs, spoken }} />
      <details>
        <summary className="touch-target flex w-fit cursor-pointer items-center text-sm font-medium text-accent-ink underline underline-offset-3">
          The same as a table
        </summary>
        <Table caption={`Drift by comparison in ${currency}`} className="mt-2">
          <thead>
            <tr>
              <Th>Comparison (UTC)</Th>
              <Th numeric>Provider</Th>
              <Th numeric>We</Th>
              <Th numeric>Drift</Th>
            </tr>
          </thead>
          <tbody>
            {runs.toReversed().map((run) => (
              <tr key={run.id}>
                <RowHeader>{DAY.format(new Date(run.at))}</RowHeader>
                <Td numeric>{formatMoney(run.theirsMinor, currency)}</Td>
                <Td numeric>{formatMoney(run.oursMinor, currency)}</Td>
                <Td numeric>{formatMoney(driftOf(run), currency)}</Td>
              </tr>
            ))}
          </tbody>
        </Table>
      </details>
    </figure>
  );
}

const driftOf = ({ theirsMinor, oursMinor }: DriftOfRun): number => theirsMinor - oursMinor;

function Plot({
  width,
  className,
  currency,
  runs,
  spoken,
}: {
  readonly width: number;
  readonly className: string;
  readonly currency: string;
  readonly runs: readonly DriftOfRun[];
  readonly spoken: string;
}): ReactNode {
  const drifts = runs.map(driftOf);
  const y = scaleLinear()
    .domain([Math.min(0, ...drifts), Math.max(1, ...drifts)])
    .nice(3)
    .range([HEIGHT - BOTTOM, TOP]);
  const { ticks, left } = moneyTicks(y, 3, currency);
  const x = scaleBand<string>()
    .domain(runs.map(({ id }) => id))
    .range([left, width])
    .padding(0.3);
  const [first, last] = [runs[0], runs.at(-1)];
  return (
    <svg viewBox={`0 0 ${width} ${HEIGHT}`} role="img" aria-label={spoken} className={`w-full ${className}`}>
      <MoneyAxis {...{ ticks, left, width, y }} />
      {runs.map((run) => {
        const drift = driftOf(run);
        const [top, bottom] = drift >= 0 ? [y(drift), y(0)] : [y(0), y(drift)];
        return (
          <rect
            key={run.id}
            x={x(run.id) ?? 0}
            width={x.bandwidth()}
            y={drift === 0 ? y(0) - MARK / 2 : top}
            height={drift === 0 ? MARK : Math.max(MARK, bottom - top)}
            rx="1.5"
            fill={drift === 0 ? "var(--color-success)" : "var(--color-danger)"}
          >
            <title>{`${DAY.format(new Date(run.at))}: ${formatMoney(drift, currency)}`}</title>
          </rect>
        );
      })}
      {first ? (
        <text x={left} y={HEIGHT - 6} fontSize="11" fill="var(--color-muted)">
          {DAY.format(new Date(first.at))}
        </text>
      ) : null}
      {last && last !== first ? (
        <text x={width} y={HEIGHT - 6} textAnchor="end" fontSize="11" fill="var(--color-muted)">
          {DAY.format(new Date(last.at))}
        </text>
      ) : null}
    </svg>
  );
}
