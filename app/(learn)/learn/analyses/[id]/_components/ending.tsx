import type { ReactNode } from "react";
import { Alert } from "@/components/ui/alert";
import { ButtonLink } from "@/components/ui/button";
import type { Analysis } from "@/lib/analysis/schemas";

/** Why there is no result, and what to do about it. */
export function Ending({ analysis }: { readonly analysis: Analysis }): ReactNode {
  if (analysis.status === "canceled") {
    return (
      <Alert
        title="This analysis was canceled"
        action={<ButtonLink href="/learn/repositories">Choose another repository</ButtonLink>}
      >
        Nothing was kept of it but what you see here. Start it again whenever you like.
      </Alert>
    );
  }
  const needsConsent =
    analysis.error?.code === "consent_required" || analysis.error?.code === "repository_not_accessible";
  return (
    <Alert
      tone="danger"
      title="This analysis did not finish"
      action={
        <>
          {needsConsent ? (
            <ButtonLink href={`/auth/github/consent?next=/learn/analyses/${analysis.id}`} variant="primary">
              Give access to private repositories
            </ButtonLink>
          ) : null}
          <ButtonLink href="/learn/repositories">Choose another repository</ButtonLink>
        </>
      }
    >
      {analysis.error?.message}
    </Alert>
  );
}
