import type { ReactNode } from "react";
import { TextLink } from "@/components/ui/link";
import { Time } from "@/components/ui/time";
import type { CampaignChecked } from "@/lib/giving/reconciliation/schemas";

/** Whether a campaign's total was compared with the payment provider's books, in one sentence, with where to read more. */
export function CheckedLine({
  slug,
  checked,
}: {
  readonly slug: string;
  readonly checked: CampaignChecked | null;
}): ReactNode {
  return (
    <p className="text-sm text-muted">
      {checked ? (
        <>
          Checked against the payment provider <Time at={checked.checkedAt} />: {sayOf(checked)}
        </>
      ) : (
        "Not checked against the payment provider yet: that happens each night."
      )}{" "}
      <TextLink href={`/campaigns/${slug}/check`}>How the total is made</TextLink>
    </p>
  );
}

function sayOf({ matches, open }: CampaignChecked): string {
  if (matches) return "matches.";
  return open === 1
    ? "one payment differs and is being looked at."
    : `${open} payments differ and are being looked at.`;
}
