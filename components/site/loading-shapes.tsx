import type { ReactNode } from "react";
import { Page } from "@/components/ui/page";
import { Skeleton } from "@/components/ui/skeleton";

/** Which shape stands for a page of the giving half while it is on its way; null: what is there stays. */
export function shapeOf(pathname: string): ReactNode {
  return SHAPES.find(([pattern]) => pattern.test(pathname))?.[1] ?? null;
}

const SHAPES: readonly (readonly [RegExp, ReactNode])[] = [
  [/^\/campaigns$/, <CampaignsShape key="shape" />],
  [/^\/campaigns\/[^/]+$/, <CampaignShape key="shape" />],
  [/^\/giving$/, <GivingShape key="shape" />],
  [/^\/pledges\/[^/]+$/, <PledgeShape key="shape" />],
  [/^\/admin$/, <OverviewShape key="shape" />],
  [/^\/admin\/(?:campaigns|pledges|blocks|appeals|reconciliations|models)$/, <AdminListShape key="shape" />],
  [/^\/admin\/campaigns\/[^/]+$/, <AdminFormShape key="shape" />],
  [/^\/admin\/pledges\/[^/]+$/, <StoryShape key="shape" />],
];

const times = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);

/** As PageHeader: the heading's line, and a lead's. */
function HeaderShape({ crumbs = 0 }: { readonly crumbs?: number }): ReactNode {
  return (
    <div className="flex flex-col gap-3">
      {crumbs > 0 ? <Skeleton className="my-1 h-4 w-40" /> : null}
      <div className="flex flex-col gap-2">
        <Line heading className="w-64 max-w-full" />
        <div>
          <Line lead className="w-full max-w-measure" />
          <div className="sm:hidden">
            <Line lead className="w-2/3" />
          </div>
        </div>
      </div>
    </div>
  );
}

/** A line of text at its height, with the bar in the middle of it. */
function Line({
  heading,
  lead,
  className,
}: {
  readonly heading?: boolean;
  readonly lead?: boolean;
  readonly className: string;
}): ReactNode {
  return (
    <span className={`flex items-center ${heading ? "text-2xl leading-tight" : lead ? "text-base" : "text-sm"}`}>
      {/* No text is read out; its height is that of a line in this size. */}
      <span aria-hidden="true" className="w-0 overflow-hidden">
        &nbsp;
      </span>
      <Skeleton className={`h-[0.8em] ${className}`} />
    </span>
  );
}

function TabsShape(): ReactNode {
  return (
    <div className="flex gap-7 border-b border-line px-3.5 py-3">
      {times(3).map((tab) => (
        <Skeleton key={tab} className="h-5 w-20" />
      ))}
    </div>
  );
}

function RowsShape({ rows = 6 }: { readonly rows?: number }): ReactNode {
  return (
    <div className="flex flex-col">
      <div className="border-b border-control px-3 py-2">
        <Skeleton className="h-4 w-1/3" />
      </div>
      {times(rows).map((row) => (
        <div key={row} className="grid grid-cols-[2fr_1fr_1fr] gap-6 border-b border-line px-3 py-3">
          <Skeleton className="h-5" />
          <Skeleton className="h-5" />
          <Skeleton className="h-5" />
        </div>
      ))}
    </div>
  );
}

function PanelShape({ lines = 3 }: { readonly lines?: number }): ReactNode {
  return (
    <div className="rounded-surface border border-line bg-surface">
      <div className="border-b border-line px-4 py-3 sm:px-5">
        <Skeleton className="h-6 w-40" />
      </div>
      <div className="flex flex-col gap-3 px-4 py-4 sm:px-5">
        {times(lines).map((line) => (
          <Skeleton key={line} className="h-5 w-full max-w-measure" />
        ))}
      </div>
    </div>
  );
}

function CampaignsShape(): ReactNode {
  return (
    <Page>
      <HeaderShape />
      <div className="flex flex-col gap-6">
        <div className="flex flex-col gap-1">
          <Skeleton className="h-5 w-36" />
          <Skeleton className="h-11 w-full sm:max-w-form" />
        </div>
        <TabsShape />
        <div className="grid gap-5 sm:grid-cols-2 lg:grid-cols-3">
          {times(6).map((card) => (
            <div key={card} className="overflow-clip rounded-surface border border-line bg-surface">
              <Skeleton className="aspect-16/9 w-full rounded-none" />
              <div className="flex flex-col gap-3 p-4">
                <Skeleton className="h-5 w-4/5" />
                <Skeleton className="h-14 w-full" />
                <Skeleton className="h-2 w-full" />
                <Skeleton className="h-5 w-2/3" />
              </div>
            </div>
          ))}
        </div>
      </div>
    </Page>
  );
}

function CampaignShape(): ReactNode {
  return (
    <Page>
      <div className="flex flex-col gap-3">
        <Skeleton className="h-4 w-28" />
        <Skeleton className="h-9 w-[28ch] max-w-full" />
        <Line lead className="w-full max-w-measure" />
      </div>
      <div className="grid items-start gap-x-10 gap-y-8 lg:grid-cols-[7fr_5fr]">
        <Skeleton className="aspect-16/9 w-full rounded-surface" />
        <div className="flex flex-col gap-4 rounded-surface border border-line bg-surface p-5">
          <Skeleton className="h-9 w-1/2" />
          <Skeleton className="h-3 w-full" />
          <Skeleton className="h-24 w-full" />
          <Skeleton className="h-32 w-full" />
          <Skeleton className="h-12 w-full" />
        </div>
      </div>
    </Page>
  );
}

function GivingShape(): ReactNode {
  return (
    <Page>
      <HeaderShape />
      <div className="flex flex-col gap-3">
        <Skeleton className="h-6 w-20" />
        <RowsShape />
      </div>
      <div className="grid items-start gap-6 lg:grid-cols-2">
        <PanelShape />
        <PanelShape />
      </div>
    </Page>
  );
}

/** A gift's page. */
function PledgeShape(): ReactNode {
  return (
    <Page width="reading">
      <PledgeLines />
    </Page>
  );
}

/** What of a gift's page comes once its key was read: the page itself shows it until then. */
export function PledgeLines(): ReactNode {
  return (
    <div className="flex flex-col gap-8">
      <HeaderShape />
      <div className="flex flex-col gap-4">
        {times(4).map((step) => (
          <div key={step} className="flex items-center gap-3">
            <Skeleton className="size-6 shrink-0 rounded-full" />
            <Skeleton className="h-5 w-2/3" />
          </div>
        ))}
      </div>
      <PanelShape />
    </div>
  );
}

function OverviewShape(): ReactNode {
  return (
    <Page>
      <HeaderShape />
      <TabsShape />
      <RowsShape rows={3} />
      <RowsShape rows={4} />
      <div className="rounded-surface border border-line bg-surface p-5">
        <Skeleton className="h-72 w-full" />
      </div>
    </Page>
  );
}

function AdminListShape(): ReactNode {
  return (
    <Page>
      <HeaderShape crumbs={1} />
      <TabsShape />
      <RowsShape rows={8} />
    </Page>
  );
}

function AdminFormShape(): ReactNode {
  return (
    <Page>
      <HeaderShape crumbs={2} />
      <div className="grid items-start gap-6 lg:grid-cols-2">
        <div className="flex flex-col gap-5">
          {times(5).map((field) => (
            <div key={field} className="flex flex-col gap-1">
              <Skeleton className="h-5 w-24" />
              <Skeleton className="h-11 w-full" />
            </div>
          ))}
        </div>
        <PanelShape lines={5} />
      </div>
    </Page>
  );
}

function StoryShape(): ReactNode {
  return (
    <Page>
      <HeaderShape crumbs={2} />
      <PanelShape lines={3} />
      <PanelShape lines={2} />
      <PanelShape lines={6} />
    </Page>
  );
}
