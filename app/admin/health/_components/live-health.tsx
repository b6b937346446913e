"use client";

import { useEffect, useState, type ReactNode } from "react";
import { Alert } from "@/components/ui/alert";
import { Panel } from "@/components/ui/panel";
import { RowHeader, Table, Td, Th } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import { overviewSchema, type HealthOverview } from "@/lib/platform/health/schemas";
import { Charts } from "./charts";
import { DependencyTable } from "./dependency-table";
import { MoneyHealth } from "./money-health";

const EVERY_MS = 10_000;

/** The overview, asked for anew every few seconds while somebody looks; without JavaScript it is as of the page's loading. */
export function LiveHealth({ initial }: { readonly initial: HealthOverview }): ReactNode {
  const [overview, setOverview] = useState(initial);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    const controller = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async (): Promise<void> => {
      if (document.visibilityState === "visible") {
        try {
          const signal = AbortSignal.any([controller.signal, AbortSignal.timeout(8_000)]);
          const response = await fetch("/api/health/overview", { headers: { accept: "application/json" }, signal });
          if (!response.ok) throw new Error(`the overview could not be read (${response.status})`);
          setOverview(overviewSchema.parse(await response.json()));
          setFailed(false);
        } catch {
          if (!controller.signal.aborted) setFailed(true);
        }
      }
      if (!controller.signal.aborted) timer = setTimeout(() => void ask(), EVERY_MS);
    };
    timer = setTimeout(() => void ask(), EVERY_MS);
    return () => {
      controller.abort();
      clearTimeout(timer);
    };
  }, []);
  return (
    <>
      {failed ? (
        <Alert tone="warning" title="This page could not be brought up to date" live>
          What you see is from <Time at={overview.checkedAt} past />. The database or this server may be away; it goes
          on trying.
        </Alert>
      ) : null}
      <Verdict overview={overview} />
      <Panel
        title="What we stand on"
        description="Asked now, where asking costs nothing; the rest is what the last calls of this instance told."
        flush
      >
        <DependencyTable dependencies={overview.dependencies} />
      </Panel>
      <Panel
        title="The last hour"
        description="Each figure every 15 seconds, of this instance; events and queues are everybody’s."
      >
        <Charts history={overview.history} />
      </Panel>
      <Panel
        title="Money and queues"
        description="What the database knows, the same from every instance."
        flush={overview.operations !== null}
      >
        <MoneyHealth operations={overview.operations} />
      </Panel>
      <Panel
        title="When to think of a service mesh"
        description="By ADR 5 it is looked at again when two of these hold for a month."
        flush
      >
        <Triggers triggers={overview.triggers} />
      </Panel>
      <p className="text-xs text-muted">
        Instance of build <code className="font-mono">{overview.instance.build}</code> in {overview.instance.region},
        running since <Time at={overview.instance.since} past />.
      </p>
    </>
  );
}

const VERDICTS = {
  well: { tone: "success", title: "All is well" },
  degraded: { tone: "warning", title: "Something is away or behind; the rest works" },
  unwell: { tone: "danger", title: "Something that everybody needs is not well" },
} as const;

function Verdict({ overview }: { readonly overview: HealthOverview }): ReactNode {
  const { tone, title } = VERDICTS[overview.status];
  const troubles = troublesOf(overview);
  return (
    <Alert tone={tone} title={title}>
      {troubles.length === 0 ? null : (
        <ul className="list-disc pl-5">
          {troubles.map((trouble) => (
            <li key={trouble}>{trouble}</li>
          ))}
        </ul>
      )}
      <p className="text-sm text-muted">
        Checked <Time at={overview.checkedAt} past />. What to do about each alert stands in docs/alerts.md.
      </p>
    </Alert>
  );
}

/** What is not as it should be, in words. */
function troublesOf({ dependencies, operations }: HealthOverview): string[] {
  const away = dependencies
    .filter(({ status, breaker }) => status === "down" || breaker === "open")
    .map(({ name, purpose }) => `${name} does not answer: ${purpose.toLowerCase()}.`);
  if (!operations) return [...away, "The database did not say how money and queues stand."];
  const { moneyCheck, queues } = operations;
  const broken = Object.entries(moneyCheck?.broken ?? {}).map(
    ([invariant, rows]) =>
      `Invariant ${invariant} of money is broken by ${rows} ${rows === 1 ? "row" : "rows"}: release and refund nothing before it is understood.`,
  );
  const late =
    queues.outbox.oldestSeconds > 60
      ? [
          `An event has waited ${Math.round(queues.outbox.oldestSeconds)} s to be published: totals and mails stand behind it.`,
        ]
      : [];
  return [...broken, ...away, ...late];
}

function Triggers({ triggers }: Pick<HealthOverview, "triggers">): ReactNode {
  return (
    <Table caption="Triggers of a service mesh">
      <thead>
        <tr>
          <Th>Trigger</Th>
          <Th numeric>Threshold</Th>
          <Th numeric>Now</Th>
          <Th>Holds</Th>
        </tr>
      </thead>
      <tbody>
        {triggers.map((trigger) => (
          <tr key={trigger.what}>
            <RowHeader className="min-w-44">
              {trigger.what}
              <span className="block text-xs font-normal text-muted">{trigger.how}</span>
            </RowHeader>
            <Td numeric className="whitespace-nowrap">
              {trigger.threshold}
            </Td>
            <Td numeric className="min-w-20">
              {trigger.present}
            </Td>
            <Td>{trigger.holds === null ? "—" : trigger.holds ? "Yes" : "No"}</Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
