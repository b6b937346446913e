import type { Metadata } from "next";
import { notFound } from "next/navigation";
import type { ReactNode } from "react";
import { z } from "zod";
import { Alert } from "@/components/ui/alert";
import { Page } from "@/components/ui/page";
import { serverEnv } from "@/lib/env/server";
import { PledgeStatus } from "./_components/pledge-status";

export const metadata: Metadata = { title: "Your gift", robots: { index: false }, referrer: "no-referrer" };
export const dynamic = "force-dynamic";

/**
 * Where one's money is. The page itself knows nothing: what opens a gift stands in the address behind the #, which no
 * server sees, or is the donor's session, which the API checks.
 */
export default async function PledgePage({
  params,
}: {
  readonly params: Promise<{ readonly id: string }>;
}): Promise<ReactNode> {
  const { id } = await params;
  if (!z.uuid().safeParse(id).success) notFound();
  const env = serverEnv();
  return (
    <Page width="reading">
      <noscript>
        <Alert tone="warning" title="This page needs JavaScript">
          The link in your mail keeps its key behind the #, where only your browser sees it. Your receipt comes by mail
          in any case.
        </Alert>
      </noscript>
      <PledgeStatus
        id={id}
        stripe={{ scriptUrl: env.STRIPE_JS_URL, publishableKey: env.STRIPE_PUBLISHABLE_KEY }}
        origin={env.APP_URL}
      />
    </Page>
  );
}
