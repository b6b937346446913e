import type { ReactNode } from "react";
import { Badge } from "@/components/ui/badge";
import { TextLink } from "@/components/ui/link";
import { RowHeader, Table, Td, Th } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import type { HealthOverview } from "@/lib/platform/health/schemas";

type Operations = NonNullable<HealthOverview["operations"]>;

interface Row {
  readonly what: string;
  readonly present: ReactNode;
  readonly well: boolean;
  readonly next: ReactNode;
}

/** Money first, then what waits. Each row says what it means and where to go. */
export function MoneyHealth({ operations }: { readonly operations: Operations | null }): ReactNode {
  if (!operations)
    return (
      <p className="text-muted">The database does not answer, so nothing is known of money and queues right now.</p>
    );
  return (
    <Table caption="Money and queues">
      <thead>
        <tr>
          <Th>What</Th>
          <Th>State</Th>
          <Th>Now</Th>
          <Th>Where to go</Th>
        </tr>
      </thead>
      <tbody>
        {rowsOf(operations).map((row) => (
          <tr key={row.what}>
            <RowHeader className="min-w-40">{row.what}</RowHeader>
            <Td>
              <Badge tone={row.well ? "success" : "danger"}>{row.well ? "well" : "not well"}</Badge>
            </Td>
            <Td className="min-w-44">{row.present}</Td>
            <Td className="min-w-44">{row.next}</Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

const QUEUES: Readonly<
  Record<keyof Operations["queues"], { readonly what: string; readonly seconds: number; readonly who: string }>
> = {
  outbox: { what: "Events to publish", seconds: 60, who: "The worker, and drain-outbox" },
  webhooks: { what: "Messages from Stripe", seconds: 900, who: "drive-inbox" },
  refunds: { what: "Refunds to send", seconds: 900, who: "send-refunds" },
  payment_checks: { what: "Payments to look at", seconds: 900, who: "sweep-payments" },
  analyses: { what: "Analyses that wait", seconds: 900, who: "analyse-repository" },
};

function rowsOf(operations: Operations): Row[] {
  const { moneyCheck, reconciliation, openDifferences, unknownPayments, deadLetters } = operations;
  const broken = Object.entries(moneyCheck?.broken ?? {});
  const drift = Object.entries(reconciliation?.drift ?? {}).filter(([, minor]) => minor !== 0);
  const dead = Object.values(deadLetters).reduce((sum, count) => sum + count, 0);
  return [
    {
      what: "Invariants of money",
      well: broken.length === 0 && moneyCheck !== null,
      present: moneyCheck ? (
        <>
          {broken.length === 0 ? "All hold" : <Broken check={moneyCheck} />}, checked <Time at={moneyCheck.at} past />
        </>
      ) : (
        "Nobody has looked yet: check-money does each minute"
      ),
      next: broken.length === 0 ? "Nothing to do" : "Stop releases and refunds; docs/alerts.md, MoneyBroken",
    },
    {
      what: "Books and provider",
      well: drift.length === 0 && openDifferences === 0,
      present: reconciliation ? (
        <>
          {drift.length === 0
            ? "No drift"
            : drift.map(([currency, minor]) => `${minor} minor units of ${currency}`).join(", ")}
          , {openDifferences} open, compared <Time at={reconciliation.at} past />
        </>
      ) : (
        "Not compared yet"
      ),
      next: <TextLink href="/admin/reconciliations">Reconciliation</TextLink>,
    },
    {
      what: "Payments of unknown outcome",
      well: unknownPayments.oldestSeconds <= 900,
      present: standing(unknownPayments),
      next: <TextLink href="/admin/pledges?needs=outcome">Pledges</TextLink>,
    },
    ...Object.entries(QUEUES).map(([queue, { what, seconds, who }]): Row => {
      const present = operations.queues[queue as keyof Operations["queues"]];
      return { what, well: present.oldestSeconds <= seconds, present: standing(present), next: who };
    }),
    {
      what: "Dead letters",
      well: dead === 0,
      present: dead === 0 ? "None" : `${dead} given up`,
      next: dead === 0 ? "Nothing to do" : "docs/alerts.md, DeadLetters",
    },
  ];
}

function standing({ waiting, oldestSeconds }: { readonly waiting: number; readonly oldestSeconds: number }): string {
  if (waiting === 0) return "Nothing waits";
  return `${waiting.toLocaleString("en")}, the oldest for ${duration(oldestSeconds)}`;
}

function duration(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  return seconds < 7_200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3_600)} h`;
}

function Broken({ check }: { readonly check: NonNullable<Operations["moneyCheck"]> }): ReactNode {
  return (
    <ul className="flex flex-col gap-1">
      {check.samples.map((sample) => (
        <li key={`${sample.invariant} ${sample.name} ${sample.subject ?? ""}`} className="wrap-anywhere">
          {sample.invariant}: {sample.name} ({sample.subject ?? "no row"})
        </li>
      ))}
    </ul>
  );
}
