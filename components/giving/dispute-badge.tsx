import type { ReactNode } from "react";
import { Badge, type BadgeTone } from "@/components/ui/badge";
import type { DisputeRow } from "@/lib/giving/dispute/schemas";

const STATES: Readonly<Record<DisputeRow["status"], readonly [words: string, tone: BadgeTone]>> = {
  warning_needs_response: ["The bank asks", "warning"],
  warning_under_review: ["Question answered", "info"],
  warning_closed: ["Question closed", "success"],
  needs_response: ["Wants an answer", "danger"],
  under_review: ["The bank decides", "info"],
  won: ["Won", "success"],
  lost: ["Lost", "danger"],
  prevented: ["Prevented", "success"],
};

/** How a dispute stands, in words. */
export function DisputeBadge({ status }: { readonly status: DisputeRow["status"] }): ReactNode {
  const [words, tone] = STATES[status];
  return <Badge tone={tone}>{words}</Badge>;
}
