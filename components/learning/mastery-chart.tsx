import type { ReactNode } from "react";
import { Badge } from "@/components/ui/badge";
import { TextLink } from "@/components/ui/link";
import { RowHeader, Table, Td, Th } from "@/components/ui/table";
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
const answered = (count: number): string => `${count} ${count === 1 ? "answer" : "answers"}`;

const STATUS = {
  mastered: ["mastered", "success"],
  practising: ["in practice", "accent"],
  lapsed: ["open again", "warning"],
} as const;

/** A dot for each chance, a bar for how sure it is, and the line that mastery asks for; the same as a table. */
export function MasteryChart({ bars, asked }: MasteryChartProps): ReactNode {
  return (
    <figure className="flex min-w-0 flex-col gap-3">
      <figcaption className="flex max-w-measure flex-col gap-2 text-sm text-muted">
        <p>
          How likely you are to pass a typical task of each concept, without a hint. In simulations with learners of
          whom the same was believed after as many answers, at least four of five really were within the bar.
        </p>
        <p aria-hidden="true" className="flex flex-wrap gap-x-5 gap-y-1 text-xs">
          <Key mark={<Dot />}>the chance</Key>
          <Key mark={<span className="h-2.5 w-6 rounded-full bg-chart-2" />}>where it may lie</Key>
          <Key mark={<span className="h-4 border-l-2 border-dashed border-chart-6" />}>
            {percent(asked)}, asked for mastery beside unaided passes
          </Key>
        </p>
      </figcaption>
      <ul className="flex flex-col">
        {bars.map((bar) => (
          <Row key={bar.concept} bar={bar} asked={asked} />
        ))}
      </ul>
      <details>
        <summary className="w-fit cursor-pointer py-1 text-sm font-medium text-accent-ink underline underline-offset-3">
          The same as a table
        </summary>
        <AsTable bars={bars} />
      </details>
    </figure>
  );
}

function Key({ mark, children }: { readonly mark: ReactNode; readonly children: ReactNode }): ReactNode {
  return (
    <span className="inline-flex items-center gap-1.5">
      {mark}
      {children}
    </span>
  );
}

function Dot(): ReactNode {
  return <span className="size-3.5 rounded-full border-2 border-surface bg-chart-5 outline outline-chart-5" />;
}

function Row({ bar, asked }: { readonly bar: MasteryBar; readonly asked: number }): ReactNode {
  const [words, tone] = STATUS[bar.status];
  return (
    <li className="grid items-center gap-x-6 gap-y-1 border-t border-line py-3 first:border-t-0 md:grid-cols-[14rem_1fr]">
      <p className="flex flex-wrap items-baseline gap-x-2 gap-y-1 font-medium md:flex-col">
        {bar.href === null ? bar.title : <TextLink href={bar.href}>{bar.title}</TextLink>}
        <Badge tone={tone}>{words}</Badge>
      </p>
      <div className="min-w-0">
        <div aria-hidden="true" className="relative mx-2 h-6">
          <div className="absolute inset-x-0 top-1/2 h-px bg-control" />
          <div
            className="absolute top-1/2 h-2.5 -translate-y-1/2 rounded-full bg-chart-2"
            style={{ left: `${bar.low * 100}%`, width: `${(bar.high - bar.low) * 100}%` }}
          />
          <div
            className="absolute inset-y-0 border-l-2 border-dashed border-chart-6"
            style={{ left: `${asked * 100}%` }}
          />
          <div className="absolute top-1/2 flex -translate-1/2" style={{ left: `${bar.chance * 100}%` }}>
            <Dot />
          </div>
        </div>
        <p className="figures text-xs text-muted">
          {percent(bar.chance)}, between {percent(bar.low)} and {percent(bar.high)}, by {answered(bar.answers)}
        </p>
      </div>
    </li>
  );
}

function AsTable({ bars }: { readonly bars: readonly MasteryBar[] }): ReactNode {
  return (
    <Table caption="What is believed about each concept, and how surely" className="mt-2 text-sm">
      <thead>
        <tr>
          <Th>Concept</Th>
          <Th>State</Th>
          <Th numeric>Chance</Th>
          <Th numeric>Between</Th>
          <Th numeric>Answers</Th>
          <Th>Why it changed the last time</Th>
        </tr>
      </thead>
      <tbody>
        {bars.map(({ concept, title, status, chance, low, high, answers, latest }) => (
          <tr key={concept}>
            <RowHeader>{title}</RowHeader>
            <Td className="whitespace-nowrap">{STATUS[status][0]}</Td>
            <Td numeric>{percent(chance)}</Td>
            <Td numeric className="whitespace-nowrap">
              {percent(low)} to {percent(high)}
            </Td>
            <Td numeric>{answers}</Td>
            <Td className="min-w-64">
              {latest ? (
                <>
                  {latest.reason} <Time at={latest.at} />
                </>
              ) : (
                "Long ago."
              )}
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
