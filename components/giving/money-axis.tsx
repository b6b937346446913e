import type { ScaleLinear } from "d3-scale";
import type { ReactNode } from "react";
import { formatRoundMoney } from "@/lib/kernel/money";

interface Tick {
  /** Minor units. */
  readonly tick: number;
  readonly words: string;
}

/** The amounts that a chart of money names at its side: whole minor units alone, with the room that their words take. */
export function moneyTicks(
  y: ScaleLinear<number, number>,
  count: number,
  currency: string,
): { readonly ticks: readonly Tick[]; readonly left: number } {
  const ticks = y
    .ticks(count)
    .filter((tick) => Number.isInteger(tick))
    .map((tick) => ({ tick, words: formatRoundMoney(tick, currency) }));
  return { ticks, left: 14 + 6.4 * Math.max(...ticks.map(({ words }) => words.length)) };
}

/** Their lines and words; zero is drawn stronger than the others. */
export function MoneyAxis({
  ticks,
  left,
  width,
  y,
}: {
  readonly ticks: readonly Tick[];
  readonly left: number;
  readonly width: number;
  readonly y: ScaleLinear<number, number>;
}): ReactNode {
  return ticks.map(({ tick, words }) => (
    <g key={tick}>
      <line
        x1={left}
        x2={width}
        y1={y(tick)}
        y2={y(tick)}
        stroke={tick === 0 ? "var(--color-control)" : "var(--color-line)"}
      />
      <text
        x={left - 8}
        y={y(tick)}
        dy="0.32em"
        textAnchor="end"
        fontSize="11"
        fill="var(--color-muted)"
        className="figures"
      >
        {words}
      </text>
    </g>
  ));
}
