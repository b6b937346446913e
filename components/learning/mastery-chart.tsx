import type { ReactNode } from "react";
import { Badge } from "@/components/ui/badge";
import { TextLink } from "@/components/ui/link";
import { Time } from "@/components/ui/time";

/** What is believed about a concept, with the range in which it lies. */
export interface MasteryBar {
  readonly concept: string;
  readonly title: string;
  readonly href: string | null;
  readonly status: "practising" | "mastered" | "lapsed";
  readonly chance: number;
  readonly low: number;
  readonly high: number;
  readonly answers: number;
  readonly latest: { readonly reason: string; readonly at: string } | null;
}

interface MasteryChartProps {
  readonly bars: readonly MasteryBar[];
  /** The chance that mastery asks for. */
  readonly asked: number;
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;

const STATUS = {
  mastered: ["mastered", "success"],
  practising: ["in practice", "accent"],
  lapsed: ["open again", "warning"],
} as const;

/** A dot for each chance, a bar for how sure it is, and the line that mastery asks for; all of it a table. */
export function MasteryChart({ bars, asked }: MasteryChartProps): ReactNode {
  return (
    <figure className="flex flex-col gap-3">
      <figcaption className="max-w-measure text-sm text-muted">
        The chance that you pass a typical task of the concept. The bar is where it lies for four of five people who
        answered as often; the fewer answers, the wider. The line is {percent(asked)}, which mastery asks for beside
        unaided passes at each level.
      </figcaption>
      <table className="w-full border-collapse text-left text-sm">
        <caption className="sr-only">What is believed about each concept, and how surely</caption>
        <thead className="sr-only">
          <tr>
            <th scope="col">Concept</th>
            <th scope="col">Chance to pass, and its range</th>
            <th scope="col">Why it changed the last time</th>
          </tr>
        </thead>
        <tbody>
          {bars.map((bar) => (
            <Row key={bar.concept} bar={bar} asked={asked} />
          ))}
        </tbody>
      </table>
    </figure>
  );
}

function Row({ bar, asked }: { readonly bar: MasteryBar; readonly asked: number }): ReactNode {
  const [words, tone] = STATUS[bar.status];
  return (
    <tr className="grid gap-x-6 gap-y-1 border-t border-line py-3 first:border-t-0 md:grid-cols-[13rem_1fr_17rem]">
      <th scope="row" className="flex flex-wrap items-baseline gap-x-2 font-medium">
        {bar.href === null ? bar.title : <TextLink href={bar.href}>{bar.title}</TextLink>}
        <Badge tone={tone}>{words}</Badge>
      </th>
      <td className="min-w-0">
        <div aria-hidden="true" className="relative h-6">
          <div className="absolute inset-x-0 top-1/2 h-px bg-control" />
          <div
            className="absolute top-1/2 h-3 -translate-y-1/2 rounded-full bg-chart-2"
            style={{ left: `${bar.low * 100}%`, width: `${(bar.high - bar.low) * 100}%` }}
          />
          <div className="absolute inset-y-0 w-0.5 bg-chart-6" style={{ left: `${asked * 100}%` }} />
          <div
            className="absolute top-1/2 size-3.5 -translate-1/2 rounded-full border-2 border-surface bg-chart-5"
            style={{ left: `${bar.chance * 100}%` }}
          />
        </div>
        <p className="figures text-xs text-muted">
          {percent(bar.chance)}, between {percent(bar.low)} and {percent(bar.high)}, by {bar.answers}{" "}
          {bar.answers === 1 ? "answer" : "answers"}
        </p>
      </td>
      <td className="text-xs text-muted">
        {bar.latest ? (
          <>
            {bar.latest.reason} <Time at={bar.latest.at} />
          </>
        ) : null}
      </td>
    </tr>
  );
}
