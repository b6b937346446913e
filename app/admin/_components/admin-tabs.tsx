import type { ReactNode } from "react";
import { TabLinks } from "@/components/ui/tab-links";

/** The rooms of the giving administration. */
export function AdminTabs({
  current,
}: {
  readonly current: "/admin" | "/admin/campaigns" | "/admin/pledges";
}): ReactNode {
  return (
    <TabLinks
      label="Administration"
      current={current}
      items={[
        { href: "/admin", label: "Overview" },
        { href: "/admin/campaigns", label: "Campaigns" },
        { href: "/admin/pledges", label: "Pledges" },
      ]}
    />
  );
}
