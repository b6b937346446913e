import type { ReactNode } from "react";
import { TabLinks } from "@/components/ui/tab-links";

/** The rooms of the administration; some are the operators' alone. */
export function AdminTabs({
  current,
  operator,
}: {
  readonly current:
    | "/admin"
    | "/admin/campaigns"
    | "/admin/pledges"
    | "/admin/disputes"
    | "/admin/blocks"
    | "/admin/appeals"
    | "/admin/models"
    | "/admin/reconciliations"
    | "/admin/health";
  readonly operator: boolean;
}): ReactNode {
  return (
    <TabLinks
      label="Administration"
      current={current}
      items={[
        { href: "/admin", label: "Overview" },
        { href: "/admin/campaigns", label: "Campaigns" },
        { href: "/admin/pledges", label: "Pledges" },
        { href: "/admin/disputes", label: "Disputes" },
        ...(operator
          ? [
              { href: "/admin/reconciliations", label: "Reconciliation" },
              { href: "/admin/blocks", label: "Blocks" },
              { href: "/admin/appeals", label: "Appeals" },
              { href: "/admin/models", label: "Models" },
              { href: "/admin/health", label: "Health" },
            ]
          : []),
      ]}
    />
  );
}
