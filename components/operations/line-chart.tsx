import { scaleLinear } from "d3-scale";
import { area, line } from "d3-shape";
import type { ReactNode } from "react";

const WIDTH = 340;
const HEIGHT = 112;
const TOP = 10;
const BOTTOM = 20;

const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "UTC" });

export interface Point {
  /** Milliseconds of the epoch. */
  readonly at: number;
  /** Null: nothing is known of this moment, and the line has a gap. */
  readonly value: number | null;
}

/** How one figure went: a line from zero up, what it is now, and how high it was. Small enough to stand among others. */
export function LineChart({
  title,
  points,
  write,
  least,
  limit,
}: {
  readonly title: string;
  readonly points: readonly Point[];
  /** Writes a value with its unit. */
  readonly write: (value: number) => string;
  /** The scale reaches at least this far, so that noise near zero does not look like a peak. */
  readonly least: number;
  /** Beyond it somebody is told; drawn as a line. */
  readonly limit?: number;
}): ReactNode {
  const known = points.filter((point): point is Point & { readonly value: number } => point.value !== null);
  const [first, last] = [points[0], points.at(-1)];
  const now = last?.value ?? null;
  const highest = known.reduce((most, { value }) => Math.max(most, value), 0);
  const words = now === null ? "not known" : write(now);
  const beyond = limit !== undefined && now !== null && now > limit;
  return (
    <figure className="flex min-w-0 flex-col gap-1.5">
      <figcaption className="flex items-baseline justify-between gap-3">
        <span className="text-muted">{title}</span>
        <span className={`figures text-right font-semibold ${beyond ? "text-danger" : ""}`}>
          {words}
          {beyond ? <span className="sr-only">, beyond the limit</span> : null}
        </span>
      </figcaption>
      {first && last && first !== last && known.length > 0 ? (
        <Plot {...{ points, known, highest, least, limit, write, beyond }} from={first.at} to={last.at} />
      ) : (
        <p className="flex h-28 items-center text-xs text-muted">
          {points.length < 2
            ? "A line is drawn from the second look on, in half a minute."
            : "There was nothing to measure."}
        </p>
      )}
    </figure>
  );
}

function Plot({
  points,
  known,
  from,
  to,
  highest,
  least,
  limit,
  write,
  beyond,
}: {
  readonly points: readonly Point[];
  readonly known: readonly { readonly at: number; readonly value: number }[];
  readonly from: number;
  readonly to: number;
  readonly highest: number;
  readonly least: number;
  readonly limit: number | undefined;
  readonly write: (value: number) => string;
  readonly beyond: boolean;
}): ReactNode {
  const x = scaleLinear().domain([from, to]).range([0, WIDTH]);
  const y = scaleLinear()
    .domain([0, Math.max(highest, least)])
    .range([HEIGHT - BOTTOM, TOP]);
  const isKnown = ({ value }: Point): boolean => value !== null;
  const path = line<Point>(
    ({ at }) => x(at),
    ({ value }) => y(value ?? 0),
  ).defined(isKnown);
  const under = area<Point>(
    ({ at }) => x(at),
    y(0),
    ({ value }) => y(value ?? 0),
  ).defined(isKnown);
  const colour = beyond ? "var(--color-danger)" : "var(--color-info)";
  const alone = known.length === 1 ? known[0] : undefined;
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={`From ${CLOCK.format(from)} to ${CLOCK.format(to)} UTC, at most ${write(highest)}.`}
      className="w-full"
    >
      <line x1="0" x2={WIDTH} y1={y(0)} y2={y(0)} stroke="var(--color-control)" />
      {limit !== undefined && limit <= Math.max(highest, least) ? (
        <line x1="0" x2={WIDTH} y1={y(limit)} y2={y(limit)} stroke="var(--color-danger)" strokeDasharray="4 4" />
      ) : null}
      <path d={under(points) ?? ""} fill={colour} opacity="0.12" />
      <path d={path(points) ?? ""} fill="none" stroke={colour} strokeWidth="1.75" strokeLinejoin="round" />
      {alone ? <circle cx={x(alone.at)} cy={y(alone.value)} r="2.5" fill={colour} /> : null}
      <text x="0" y={HEIGHT - 5} fontSize="11" fill="var(--color-muted)">
        {CLOCK.format(from)}
      </text>
      <text x={WIDTH / 2} y={HEIGHT - 5} textAnchor="middle" fontSize="11" fill="var(--color-muted)">
        at most {write(highest)}
      </text>
      <text x={WIDTH} y={HEIGHT - 5} textAnchor="end" fontSize="11" fill="var(--color-muted)">
        {CLOCK.format(to)}
      </text>
    </svg>
  );
}
