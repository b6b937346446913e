import type { Metadata } from "next";
import type { ReactNode } from "react";
import { GiftsChart } from "@/components/giving/gifts-chart";
import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { TextLink } from "@/components/ui/link";
import { Money } from "@/components/ui/money";
import { Page, PageHeader } from "@/components/ui/page";
import { Panel } from "@/components/ui/panel";
import { RowHeader, Table, Td, Th } from "@/components/ui/table";
import { TabLinks } from "@/components/ui/tab-links";
import { overviewOf, pageOfActivity, pageOfPledges } from "@/lib/giving/administration/look-after";
import type { Overview } from "@/lib/giving/administration/schemas";
import { pageOfDisputes } from "@/lib/giving/dispute/answer-dispute";
import { ownerUpdatesOf } from "@/lib/giving/mail/send-giving-mail";
import { AdminTabs } from "./_components/admin-tabs";
import { requireAdministration } from "./_components/guard";
import { HeldPayments } from "./_components/held-payments";
import { LiveActivity } from "./_components/live-activity";
import { OpenDisputes } from "./_components/open-disputes";
import { UpdatesForm } from "./_components/updates-form";

export const metadata: Metadata = { title: "Administration", robots: { index: false } };

// Never prerendered: who looks decides what there is.
export const dynamic = "force-dynamic";

const DAYS = 30;

/** For campaign admins and operators; to everybody else it does not exist. */
export default async function AdminPage({
  searchParams,
}: {
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
}): Promise<ReactNode> {
  const { db, user } = await requireAdministration();
  const { currency } = await searchParams;
  const [overview, activity, held, disputes, updates] = await Promise.all([
    overviewOf(user.id, DAYS),
    pageOfActivity(user.id, 12),
    pageOfPledges(user.id, { needs: "decision" }, 20),
    pageOfDisputes(user.id, "open", 20),
    ownerUpdatesOf(db, user.id),
  ]);
  const range = lastDays(DAYS);
  const isOperator = user.roles.includes("operator");
  return (
    <Page>
      <PageHeader
        title="Administration"
        lead={
          isOperator
            ? "Every campaign: what needs a hand today, and everything behind it."
            : "Your campaigns: what needs a hand today, and everything behind it."
        }
        actions={
          user.roles.includes("campaign_admin") ? (
            <ButtonLink href="/admin/campaigns/new" variant="primary">
              New campaign
            </ButtonLink>
          ) : null
        }
      />
      <AdminTabs current="/admin" operator={isOperator} />
      <NeedsAHand overview={overview} />
      {held.items.length > 0 ? <HeldPayments pledges={held.items} /> : null}
      {disputes.items.length > 0 ? (
        <OpenDisputes disputes={disputes.items} more={disputes.nextCursor !== null} />
      ) : null}
      <Sums overview={overview} />
      <MoneyTaken overview={overview} wanted={currency} range={range} />
      <Panel title="What happened with money" description="Newest first; new steps come by themselves.">
        <LiveActivity initial={activity.items} userId={user.id} everything={isOperator} />
      </Panel>
      <Panel title="Mails about gifts" description="How you hear of gifts to your campaigns.">
        <UpdatesForm updates={updates} />
      </Panel>
    </Page>
  );
}

interface Range {
  readonly from: string;
  readonly to: string;
}

/** A chart of one currency; the others, which cannot share its scale, are a tab away. */
function MoneyTaken({
  overview,
  wanted,
  range,
}: {
  readonly overview: Overview;
  readonly wanted: string | string[] | undefined;
  readonly range: Range;
}): ReactNode {
  const currencies = overview.sums.map(({ currency }) => currency);
  const shown = currencies.find((currency) => currency === wanted) ?? currencies[0];
  if (!shown) return null;
  const addressOf = (currency: string): string => `/admin?currency=${currency}`;
  return (
    <Panel title="Money taken" description={`The last ${DAYS} days.`}>
      <div className="flex flex-col gap-5">
        {currencies.length > 1 ? (
          <TabLinks
            label="Currency"
            keepPlace
            current={addressOf(shown)}
            items={currencies.map((currency) => ({ href: addressOf(currency), label: currency }))}
          />
        ) : null}
        <GiftsChart currency={shown} days={overview.days} {...range} />
      </div>
    </Panel>
  );
}

/** Each kind of trouble with what to do about it; nothing to do is said too. */
function NeedsAHand({ overview }: { readonly overview: Overview }): ReactNode {
  const tasks = [
    {
      count: overview.held,
      one: "payment is held for you to decide",
      many: "payments are held for you to decide",
      href: "/admin/pledges?needs=decision",
      urgent: true,
    },
    {
      count: overview.disputes,
      one: "dispute wants an answer",
      many: "disputes want an answer",
      href: "/admin/pledges?needs=answer",
      urgent: true,
    },
    {
      count: overview.refundsToApprove,
      one: "refund waits for a second pair of eyes",
      many: "refunds wait for a second pair of eyes",
      href: "/admin/pledges?needs=approval",
      urgent: true,
    },
    {
      count: overview.refundsFailed,
      one: "refund did not go through",
      many: "refunds did not go through",
      href: "/admin/pledges?needs=refund",
      urgent: true,
    },
    {
      count: overview.discrepancies,
      one: "difference to the payment provider is open",
      many: "differences to the payment provider are open",
      href: "/admin/reconciliations",
      urgent: true,
    },
    {
      count: overview.unknown,
      one: "payment’s outcome is not known yet",
      many: "payments’ outcomes are not known yet",
      href: "/admin/pledges?needs=outcome",
      urgent: false,
    },
    {
      count: overview.ended,
      one: "campaign’s time is over: complete it",
      many: "campaigns’ time is over: complete them",
      href: "/admin/campaigns",
      urgent: false,
    },
    {
      count: overview.endingSoon,
      one: "campaign ends within a week",
      many: "campaigns end within a week",
      href: "/admin/campaigns",
      urgent: false,
    },
    {
      count: overview.drafts,
      one: "draft is not published",
      many: "drafts are not published",
      href: "/admin/campaigns",
      urgent: false,
    },
  ].filter(({ count }) => count > 0);
  return (
    <section aria-labelledby="today" className="flex flex-col gap-3">
      <h2 id="today" className="text-lg">
        What needs a hand
      </h2>
      {tasks.length === 0 ? (
        <p className="text-muted">Nothing. Payments are captured, refunds are through, no campaign waits.</p>
      ) : (
        <ul className="divide-y divide-line border-y border-line">
          {tasks.map((task) => (
            <li key={task.many} className="flex items-center gap-3 py-2.5">
              <span
                aria-hidden="true"
                className={`figures inline-flex min-w-8 justify-center rounded-control px-2 py-0.5 text-sm font-semibold ${task.urgent ? "bg-danger-wash text-danger" : "bg-sunk"}`}
              >
                {task.count}
              </span>
              <TextLink href={task.href}>
                <span className="sr-only">{task.count} </span>
                {task.count === 1 ? task.one : task.many}
              </TextLink>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Sums({ overview }: { readonly overview: Overview }): ReactNode {
  if (overview.sums.length === 0)
    return (
      <EmptyState
        title="No campaign is public yet"
        action={<ButtonLink href="/admin/campaigns/new">Write the first one</ButtonLink>}
      >
        Sums and charts stand here as soon as one is.
      </EmptyState>
    );
  return (
    <section aria-labelledby="sums" className="flex flex-col gap-3">
      <h2 id="sums" className="text-lg">
        Totals
      </h2>
      <Table caption="Totals by currency">
        <thead>
          <tr>
            <Th>Currency</Th>
            <Th numeric>Raised</Th>
            <Th numeric>Pending</Th>
            <Th numeric>Returned</Th>
            <Th numeric>Disputed</Th>
            <Th numeric>Donors</Th>
            <Th numeric>Campaigns</Th>
          </tr>
        </thead>
        <tbody>
          {overview.sums.map((sum) => (
            <tr key={sum.currency}>
              <RowHeader>{sum.currency}</RowHeader>
              {[sum.raisedMinor, sum.pendingMinor, sum.refundedMinor, sum.disputedMinor].map((minor, at) => (
                <Td key={["raised", "pending", "returned", "disputed"][at]} numeric>
                  <Money amountMinor={minor} currency={sum.currency} />
                </Td>
              ))}
              <Td numeric>{sum.donorCount.toLocaleString("en")}</Td>
              <Td numeric>{sum.campaigns}</Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </section>
  );
}

/** The last days, today included, in UTC. */
function lastDays(count: number): Range {
  const day = (back: number): string => new Date(Date.now() - back * 86_400_000).toISOString().slice(0, 10);
  return { from: day(count - 1), to: day(0) };
}
