import type { Metadata } from "next";
import type { ReactNode } from "react";
import { ButtonLink } from "@/components/ui/button";
import { Page, PageHeader } from "@/components/ui/page";

export const metadata: Metadata = { title: "Nothing here", robots: { index: false } };

export default function NotFound(): ReactNode {
  return (
    <Page width="reading" className="items-start">
      <PageHeader
        title="There is nothing at this address"
        lead="The link may be old or mistyped, or it leads to something that is not yours to see."
      />
      <div className="flex flex-wrap gap-2">
        <ButtonLink href="/" variant="primary">
          Go to the start
        </ButtonLink>
        <ButtonLink href="/campaigns">See campaigns</ButtonLink>
      </div>
    </Page>
  );
}
