import type { Metadata } from "next";
import type { ReactNode } from "react";
import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Page, PageHeader } from "@/components/ui/page";
import { readAccountLink } from "@/lib/account/read-account-link";
import { VerifyForm } from "./verify-form";

export const metadata: Metadata = { title: "Confirm your address" };

export default async function VerifyPage({
  searchParams,
}: {
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
}): Promise<ReactNode> {
  const token = (await searchParams)["token"];
  const owner = typeof token === "string" && token ? await readAccountLink(token, "verify_email") : null;
  return (
    <Page width="form" className="gap-6">
      <PageHeader
        title="Confirm your address"
        {...(owner
          ? { lead: <>Is {owner.email} yours, and did you open an account with it? If not, just close this page.</> }
          : {})}
      />
      {owner && typeof token === "string" ? (
        <VerifyForm token={token} />
      ) : (
        <EmptyState
          title="This link cannot be used"
          action={<ButtonLink href="/settings#account">Ask for a new link</ButtonLink>}
        >
          It has been used, has expired after three days, or is not complete. If your address is confirmed already,
          there is nothing to do.
        </EmptyState>
      )}
    </Page>
  );
}
