import type { Metadata } from "next";
import type { ReactNode } from "react";
import { Page, PageHeader } from "@/components/ui/page";
import { UnsubscribeForm } from "./unsubscribe-form";

export const metadata: Metadata = { title: "End mails about gifts", robots: { index: false, follow: false } };
// What was in the link must not be kept by anybody.
export const dynamic = "force-dynamic";

export default async function UnsubscribePage({
  searchParams,
}: {
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
}): Promise<ReactNode> {
  const { user, token } = await searchParams;
  return (
    <Page width="form">
      <PageHeader
        title="End mails about gifts?"
        lead="You get them because you run campaigns. Mails about gifts that you make yourself still come."
      />
      <UnsubscribeForm user={typeof user === "string" ? user : ""} token={typeof token === "string" ? token : ""} />
    </Page>
  );
}
