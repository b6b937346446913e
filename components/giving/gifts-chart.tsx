import { scaleBand, scaleLinear } from "d3-scale";
import { curveMonotoneX, line } from "d3-shape";
import type { ReactNode } from "react";
import { RowHeader, Table, Td, Th } from "@/components/ui/table";
import type { DayOfGifts } from "@/lib/giving/administration/schemas";
import { formatMoney, formatRoundMoney } from "@/lib/kernel/money";
import { MoneyAxis, moneyTicks } from "./money-axis";

const HEIGHT = 200;
const BOTTOM = 24;
const TOP = 14;
/** Two drawings of the same: letters keep their size, so a narrow screen needs one of its own. */
const WIDE = 720;
const NARROW = 340;

const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
const dayWords = (day: string): string => DAY.format(new Date(`${day}T00:00:00Z`));

interface GiftsChartProps {
  readonly currency: string;
  readonly days: readonly DayOfGifts[];
  /** First and last day, `YYYY-MM-DD` in UTC. */
  readonly from: string;
  readonly to: string;
}

/** Money taken by day in one currency: bars from zero, days without gifts too, and the same as a table. */
export function GiftsChart({ currency, days, from, to }: GiftsChartProps): ReactNode {
  const series = fill(days, currency, from, to);
  const total = series.reduce((sum, entry) => sum + entry.amountMinor, 0);
  const most = series.reduce((max, entry) => Math.max(max, entry.amountMinor), 0);
  const means = meansOf(series);
  const spoken = `Money taken by day in ${currency}: ${formatMoney(total, currency)} in all, at most ${formatMoney(most, currency)} in a day. The table below has each day.`;
  return (
    <figure className="flex flex-col gap-3">
      <figcaption className="text-sm text-muted">
        <span className="figures font-medium text-ink">{formatMoney(total, currency)}</span> taken between{" "}
        {dayWords(from)} and {dayWords(to)}, by day in UTC.
        {means.length > 0 ? " The line is the mean of seven days." : ""}
      </figcaption>
      <Plot width={WIDE} className="hidden sm:block" {...{ series, means, currency, spoken }} />
      <Plot width={NARROW} className="sm:hidden" {...{ series, means, currency, spoken }} />
      <details>
        <summary className="touch-target flex w-fit cursor-pointer items-center text-sm font-medium text-accent-ink underline underline-offset-3">
          The same as a table
        </summary>
        <Table caption={`Money taken by day in ${currency}`} className="mt-2">
          <thead>
            <tr>
              <Th>Day</Th>
              <Th numeric>Gifts</Th>
              <Th numeric>Amount</Th>
            </tr>
          </thead>
          <tbody>
            {series.toReversed().map((entry) => (
              <tr key={entry.day}>
                <RowHeader>{dayWords(entry.day)}</RowHeader>
                <Td numeric>{entry.gifts}</Td>
                <Td numeric>{formatMoney(entry.amountMinor, currency)}</Td>
              </tr>
            ))}
          </tbody>
        </Table>
      </details>
    </figure>
  );
}

interface Mean {
  readonly day: string;
  readonly mean: number;
}

interface PlotProps {
  readonly width: number;
  readonly className: string;
  readonly series: readonly DayOfGifts[];
  readonly means: readonly Mean[];
  readonly currency: string;
  /** What it shows, for those who do not see it. */
  readonly spoken: string;
}

function Plot({ width, className, series, means, currency, spoken }: PlotProps): ReactNode {
  const y = scaleLinear()
    .domain([0, Math.max(1, ...series.map((entry) => entry.amountMinor))])
    .nice(4)
    .range([HEIGHT - BOTTOM, TOP]);
  const { ticks, left } = moneyTicks(y, 4, currency);
  const x = scaleBand<string>()
    .domain(series.map((entry) => entry.day))
    .range([left, width])
    .padding(0.25);
  const centre = (day: string): number => (x(day) ?? 0) + x.bandwidth() / 2;
  const meanPath = line<Mean>()
    .x((entry) => centre(entry.day))
    .y((entry) => y(entry.mean))
    .curve(curveMonotoneX)([...means]);
  const best = series.reduce((max, entry) => (entry.amountMinor > max.amountMinor ? entry : max), {
    day: "",
    amountMinor: 0,
  });
  const labelled = series.filter((_, at) => at % 7 === (series.length - 1) % 7);
  return (
    <svg viewBox={`0 0 ${width} ${HEIGHT}`} role="img" aria-label={spoken} className={`w-full ${className}`}>
      <MoneyAxis {...{ ticks, left, width, y }} />
      {series.map((entry) => (
        <rect
          key={entry.day}
          x={x(entry.day) ?? 0}
          width={x.bandwidth()}
          y={y(entry.amountMinor)}
          height={Math.max(0, HEIGHT - BOTTOM - y(entry.amountMinor))}
          rx="1.5"
          fill="var(--color-chart-5)"
        >
          <title>{`${dayWords(entry.day)}: ${formatMoney(entry.amountMinor, currency)}`}</title>
        </rect>
      ))}
      {meanPath ? (
        <path d={meanPath} fill="none" stroke="var(--color-chart-6)" strokeWidth="1.8" strokeLinejoin="round" />
      ) : null}
      {best.amountMinor > 0 ? (
        <text
          x={centre(best.day) > width / 2 ? centre(best.day) + x.bandwidth() / 2 : centre(best.day) - x.bandwidth() / 2}
          y={y(best.amountMinor) - 4}
          textAnchor={centre(best.day) > width / 2 ? "end" : "start"}
          fontSize="11"
          fontWeight="600"
          fill="var(--color-ink)"
          className="figures"
        >
          {formatRoundMoney(best.amountMinor, currency)}
        </text>
      ) : null}
      {labelled.map((entry, at) => (
        <text
          key={entry.day}
          x={at === labelled.length - 1 ? width : centre(entry.day)}
          y={HEIGHT - 6}
          textAnchor={at === labelled.length - 1 ? "end" : "middle"}
          fontSize="11"
          fill="var(--color-muted)"
        >
          {dayWords(entry.day)}
        </text>
      ))}
    </svg>
  );
}

/**
 * The mean of each day and the six before it, from the seventh day on: before that it would not be one of seven. None
 * where fewer than seven days had gifts: a line through them would say more than they do.
 */
function meansOf(series: readonly DayOfGifts[]): readonly Mean[] {
  if (series.filter((entry) => entry.gifts > 0).length < 7) return [];
  return series.flatMap(({ day }, at) => {
    const week = series.slice(Math.max(0, at - 6), at + 1);
    return week.length < 7 ? [] : [{ day, mean: week.reduce((sum, entry) => sum + entry.amountMinor, 0) / 7 }];
  });
}

const DAY_MS = 86_400_000;

/** Every day between the two, those without gifts at zero. */
function fill(days: readonly DayOfGifts[], currency: string, from: string, to: string): readonly DayOfGifts[] {
  const known = new Map(days.filter((entry) => entry.currency === currency).map((entry) => [entry.day, entry]));
  const filled: DayOfGifts[] = [];
  for (let at = Date.parse(`${from}T00:00:00Z`); at <= Date.parse(`${to}T00:00:00Z`); at += DAY_MS) {
    const day = new Date(at).toISOString().slice(0, 10);
    filled.push(known.get(day) ?? { day, currency, amountMinor: 0, gifts: 0 });
  }
  return filled;
}
