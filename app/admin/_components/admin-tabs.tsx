import type { ReactNode } from "react";
import { TabLinks } from "@/components/ui/tab-links";

/** The rooms of the administration; what models cost is for operators alone. */
export function AdminTabs({
  current,
  isOperator,
}: {
  readonly current: "/admin" | "/admin/campaigns" | "/admin/pledges" | "/admin/models";
  readonly isOperator: boolean;
}): ReactNode {
  return (
    <TabLinks
      label="Administration"
      current={current}
      items={[
        { href: "/admin", label: "Overview" },
        { href: "/admin/campaigns", label: "Campaigns" },
        { href: "/admin/pledges", label: "Pledges" },
        ...(isOperator ? [{ href: "/admin/models", label: "Models" }] : []),
      ]}
    />
  );
}
