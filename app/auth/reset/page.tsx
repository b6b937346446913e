import type { Metadata } from "next";
import type { ReactNode } from "react";
import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Page, PageHeader } from "@/components/ui/page";
import { readAccountLink } from "@/lib/account/read-account-link";
import { ResetForm } from "./reset-form";

export const metadata: Metadata = { title: "Set a new password" };

export default async function ResetPage({
  searchParams,
}: {
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
}): Promise<ReactNode> {
  const token = (await searchParams)["token"];
  const owner = typeof token === "string" && token ? await readAccountLink(token, "reset_password") : null;
  return (
    <Page width="form" className="gap-6">
      <PageHeader
        title="Set a new password"
        {...(owner ? { lead: <>For {owner.email}. Every session of this account is ended, on all devices.</> } : {})}
      />
      {owner && typeof token === "string" ? (
        <ResetForm token={token} email={owner.email} />
      ) : (
        <EmptyState
          title="This link cannot be used"
          action={<ButtonLink href="/forgot-password">Ask for a new link</ButtonLink>}
        >
          It has been used, has expired after an hour, or is not complete.
        </EmptyState>
      )}
    </Page>
  );
}
