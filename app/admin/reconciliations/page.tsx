import type { Metadata } from "next";
import type { ReactNode } from "react";
import { DriftChart } from "@/components/giving/drift-chart";
import { Badge } from "@/components/ui/badge";
import { EmptyState } from "@/components/ui/empty-state";
import { Money } from "@/components/ui/money";
import { Page, PageHeader } from "@/components/ui/page";
import { Pagination } from "@/components/ui/pagination";
import { Panel } from "@/components/ui/panel";
import { RowHeader, Table, Td, Th } from "@/components/ui/table";
import { TabLinks } from "@/components/ui/tab-links";
import { Time } from "@/components/ui/time";
import { pageOfDiscrepancies, pageOfRuns } from "@/lib/giving/reconciliation/look-after-runs";
import { keptByRun } from "@/lib/giving/reconciliation/rules";
import type { Run, Stage } from "@/lib/giving/reconciliation/schemas";
import { AdminTabs } from "../_components/admin-tabs";
import { requireOperator } from "../_components/guard";
import { DiscrepancyCard } from "./_components/discrepancy-card";
import { RequestForm } from "./_components/request-form";

export const metadata: Metadata = { title: "Reconciliation · Administration", robots: { index: false } };
export const dynamic = "force-dynamic";

const RUNS = 20;
const DISCREPANCIES = 20;
const ADDRESS = "/admin/reconciliations";

const CAUSES: Readonly<Record<Run["cause"], string>> = {
  schedule: "The night",
  payout: "A payout",
  operator: "By hand",
};

const STAGES: Readonly<Record<Stage, string>> = {
  intents: "comparing payments",
  charges: "comparing charges",
  refunds: "comparing refunds",
  disputes: "comparing disputes",
  balance: "comparing the balance",
  ours: "asking for what only we have",
  done: "ending",
};

/** What the payment provider says, beside what we have booked. To everybody but operators it does not exist. */
export default async function ReconciliationsPage({
  searchParams,
}: {
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
}): Promise<ReactNode> {
  const { user } = await requireOperator();
  const { currency, cursor, differences } = await searchParams;
  const [runs, open] = await Promise.all([
    pageOfRuns(user.id, RUNS, textOf(cursor)),
    pageOfDiscrepancies(user.id, "open", DISCREPANCIES, textOf(differences)),
  ]);
  return (
    <Page>
      <PageHeader
        title="Reconciliation"
        lead="Each payment, refund and dispute beside the provider’s own. What has one right answer is mended at once; the rest is yours to decide."
        crumbs={[{ href: "/admin", label: "Administration" }]}
      />
      <AdminTabs current={ADDRESS} operator />
      <Panel
        title={open.items.length === 0 ? "No open differences" : "Open differences"}
        description={
          open.items.length === 0
            ? undefined
            : "Each stays until somebody decides, or until a comparison no longer finds it."
        }
      >
        {open.items.length === 0 ? (
          <p className="text-muted">
            {runs.items.length === 0 ? "Nothing has been compared yet." : "What was compared matches."}
          </p>
        ) : (
          <ul className="divide-y divide-line">
            {open.items.map((discrepancy) => (
              <DiscrepancyCard key={discrepancy.id} discrepancy={discrepancy} />
            ))}
          </ul>
        )}
      </Panel>
      <Pagination
        label="Open differences"
        {...(textOf(differences) ? { firstHref: ADDRESS } : {})}
        {...(open.nextCursor ? { nextHref: `${ADDRESS}?differences=${encodeURIComponent(open.nextCursor)}` } : {})}
      />
      <Drift runs={runs.items} wanted={textOf(currency)} />
      <Panel title="Compare now" description="It runs each night and after each payout by itself.">
        <RequestForm />
      </Panel>
      {runs.items.length === 0 ? (
        <EmptyState title="No comparison yet">The first runs tonight, or as soon as you begin one.</EmptyState>
      ) : (
        <Panel title="Comparisons" flush>
          <RunTable runs={runs.items} />
        </Panel>
      )}
      <Pagination
        label="Comparisons"
        {...(textOf(cursor) ? { firstHref: ADDRESS } : {})}
        {...(runs.nextCursor ? { nextHref: `${ADDRESS}?cursor=${encodeURIComponent(runs.nextCursor)}` } : {})}
      />
    </Page>
  );
}

const textOf = (value: string | string[] | undefined): string | undefined =>
  typeof value === "string" ? value : undefined;

/** A chart of one currency; the others, which cannot share its scale, are a tab away. */
function Drift({ runs, wanted }: { readonly runs: readonly Run[]; readonly wanted: string | undefined }): ReactNode {
  const ended = runs.filter(({ state }) => state === "completed").toReversed();
  const currencies = [...new Set(ended.flatMap(({ sums }) => sums.map((sum) => sum.currency)))].toSorted();
  const shown = currencies.find((currency) => currency === wanted) ?? currencies[0];
  if (!shown) return null;
  const addressOf = (currency: string): string => `${ADDRESS}?currency=${currency}`;
  return (
    <Panel title="Drift" description="The nearer to zero, the better.">
      <div className="flex flex-col gap-5">
        {currencies.length > 1 ? (
          <TabLinks
            label="Currency"
            keepPlace
            current={addressOf(shown)}
            items={currencies.map((currency) => ({ href: addressOf(currency), label: currency }))}
          />
        ) : null}
        <DriftChart
          currency={shown}
          runs={ended.map((run) => ({ id: run.id, at: run.startedAt, ...keptByRun(run, shown) }))}
        />
      </div>
    </Panel>
  );
}

function RunTable({ runs }: { readonly runs: readonly Run[] }): ReactNode {
  return (
    <Table caption="Comparisons, newest first">
      <thead>
        <tr>
          <Th>Begun</Th>
          <Th>By</Th>
          <Th>What was made</Th>
          <Th>State</Th>
          <Th numeric>Compared</Th>
          <Th numeric>Mended</Th>
          <Th numeric>Different</Th>
          <Th numeric>Drift</Th>
        </tr>
      </thead>
      <tbody>
        {runs.map((run) => (
          <tr key={run.id}>
            <RowHeader className="whitespace-nowrap">
              <Time at={run.startedAt} />
            </RowHeader>
            <Td>{run.requestedBy ?? CAUSES[run.cause]}</Td>
            <Td className="whitespace-nowrap">
              <Time at={run.from} /> to <Time at={run.to} />
            </Td>
            <Td className="min-w-40">
              <StateOf run={run} />
            </Td>
            <Td numeric>{compared(run)}</Td>
            <Td numeric>{run.counts["healed"] ?? 0}</Td>
            <Td numeric>{run.counts["different"] ?? 0}</Td>
            <Td numeric>
              <DriftOf run={run} />
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

const compared = ({ counts }: Run): number =>
  (["intents", "charges", "refunds", "disputes", "balance"] as const).reduce((sum, key) => sum + (counts[key] ?? 0), 0);

function StateOf({ run }: { readonly run: Run }): ReactNode {
  if (run.state === "completed") return <Badge tone="success">Ended</Badge>;
  if (run.state === "failed")
    return (
      <>
        <Badge tone="danger">Given up</Badge>
        <span className="block text-xs text-muted wrap-anywhere">{run.error}</span>
      </>
    );
  return (
    <>
      <Badge tone="info">Going</Badge>
      <span className="block text-xs text-muted">{STAGES[run.stage]}</span>
    </>
  );
}

function DriftOf({ run }: { readonly run: Run }): ReactNode {
  const currencies = [...new Set(run.sums.map(({ currency }) => currency))];
  const drifts = currencies.flatMap((currency) => {
    const { theirsMinor, oursMinor } = keptByRun(run, currency);
    return theirsMinor === oursMinor ? [] : [{ currency, amountMinor: theirsMinor - oursMinor }];
  });
  if (drifts.length === 0) return "None";
  return drifts.map((drift) => (
    <span key={drift.currency} className="block">
      <Money {...drift} />
    </span>
  ));
}
