import type { Metadata } from "next";
import type { ReactNode } from "react";
import { Page, PageHeader } from "@/components/ui/page";
import { serverEnv } from "@/lib/env/server";
import { healthOverview } from "@/lib/platform/health/overview";
import { AdminTabs } from "../_components/admin-tabs";
import { requireOperator } from "../_components/guard";
import { GrafanaPanel } from "./_components/grafana-panel";
import { LiveHealth } from "./_components/live-health";

export const metadata: Metadata = { title: "Health · Administration", robots: { index: false } };

// Never prerendered: it is about this moment.
export const dynamic = "force-dynamic";

/** Is it well; if not, which part, since when, what to do. To everybody but operators it does not exist. */
export default async function HealthPage({
  searchParams,
}: {
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
}): Promise<ReactNode> {
  await requireOperator();
  const { dashboard } = await searchParams;
  const grafana = serverEnv().GRAFANA_DASHBOARD_URL;
  return (
    <Page>
      <PageHeader
        title="Health"
        lead="Whether everything is well; if not, which part, since when, and what to do."
        crumbs={[{ href: "/admin", label: "Administration" }]}
      />
      <AdminTabs current="/admin/health" operator />
      <LiveHealth initial={await healthOverview()} />
      {grafana ? <GrafanaPanel url={grafana} shown={dashboard === "grafana"} /> : null}
    </Page>
  );
}
