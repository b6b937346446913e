"use client";

import type { ReactNode } from "react";
import { Button, ButtonLink } from "@/components/ui/button";
import { Page, PageHeader } from "@/components/ui/page";

interface ErrorPageProps {
  /** In production its message is hidden; the digest leads to the line in our log. */
  readonly error: Error & { readonly digest?: string };
  readonly retry: () => void;
}

export default function ErrorPage({ error, retry }: ErrorPageProps): ReactNode {
  return (
    <Page width="reading" className="items-start">
      <PageHeader
        title="This page could not be shown"
        lead="Something went wrong on our side and has been recorded. What you had saved is safe. Try again; if it stays, come back in a few minutes."
      />
      <div className="flex flex-wrap gap-2">
        <Button variant="primary" onClick={() => retry()}>
          Try again
        </Button>
        <ButtonLink href="/">Go to the start</ButtonLink>
      </div>
      {error.digest ? (
        <p className="text-xs text-muted">
          If you write to us, mention <code>{error.digest}</code>.
        </p>
      ) : null}
    </Page>
  );
}
