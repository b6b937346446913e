import type { ReactNode } from "react";
import { Badge, type BadgeTone } from "@/components/ui/badge";

/** What a pledge's state is called, from the donor's side. */
export const PLEDGE_WORDS: Readonly<Record<string, { readonly label: string; readonly tone: BadgeTone }>> = {
  pending: { label: "Promised", tone: "warning" },
  authorized: { label: "Held on the card", tone: "warning" },
  captured: { label: "Taken", tone: "success" },
  completed: { label: "Arrived", tone: "success" },
  failed: { label: "Did not go through", tone: "danger" },
  canceled: { label: "Cancelled", tone: "neutral" },
  partly_refunded: { label: "Partly returned", tone: "info" },
  refunded: { label: "Returned", tone: "info" },
  disputed: { label: "Disputed", tone: "warning" },
  charged_back: { label: "Taken back by the bank", tone: "danger" },
};

export function PledgeBadge({ status }: { readonly status: string }): ReactNode {
  const words = PLEDGE_WORDS[status] ?? { label: status, tone: "neutral" as const };
  return <Badge tone={words.tone}>{words.label}</Badge>;
}
