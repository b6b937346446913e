import type { ReactNode } from "react";
import { LineChart } from "@/components/operations/line-chart";
import type { Moment } from "@/lib/platform/health/schemas";

const perSecond = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)}/s`;
const percent = (value: number): string => `${(value * 100).toFixed(value < 0.1 ? 1 : 0)} %`;
const seconds = (value: number): string =>
  value < 1 ? `${Math.round(value * 1000)} ms` : `${value.toFixed(value < 10 ? 1 : 0)} s`;
const megabytes = (value: number): string => `${Math.round(value / 1_048_576)} MB`;
const whole = (value: number): string => String(Math.round(value));

interface Chart {
  readonly title: string;
  readonly of: (moment: Moment) => number | null;
  readonly write: (value: number) => string;
  readonly least: number;
  readonly limit?: number;
}

/** What each shows is what the alerts of the same name look at (docs/alerts.md). */
const CHARTS: readonly Chart[] = [
  { title: "Requests", of: ({ requests }) => requests, write: perSecond, least: 1 },
  { title: "Answered with a fault of ours", of: ({ failing }) => failing, write: percent, least: 0.02, limit: 0.0144 },
  { title: "95 % are answered within", of: ({ slow }) => slow, write: seconds, least: 0.5, limit: 1 },
  { title: "Failing calls to others", of: ({ outsideFailures }) => outsideFailures, write: perSecond, least: 1 },
  { title: "Oldest unpublished event", of: ({ oldestEvent }) => oldestEvent, write: seconds, least: 10, limit: 60 },
  { title: "Waiting in queues", of: ({ waiting }) => waiting, write: whole, least: 10 },
  { title: "Cache hits", of: ({ cacheHits }) => cacheHits, write: percent, least: 1 },
  { title: "Thread busy", of: ({ busy }) => busy, write: percent, least: 1 },
  { title: "Memory", of: ({ memoryBytes }) => memoryBytes, write: megabytes, least: 536_870_912, limit: 2e9 },
];

export function Charts({ history }: { readonly history: readonly Moment[] }): ReactNode {
  return (
    <div className="grid gap-x-8 gap-y-6 sm:grid-cols-2 lg:grid-cols-3">
      {CHARTS.map(({ title, of, write, least, limit }) => (
        <LineChart
          key={title}
          title={title}
          points={history.map((moment) => ({ at: moment.at, value: of(moment) }))}
          write={write}
          least={least}
          {...(limit === undefined ? {} : { limit })}
        />
      ))}
    </div>
  );
}
