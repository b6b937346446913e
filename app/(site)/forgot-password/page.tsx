import type { Metadata } from "next";
import type { ReactNode } from "react";
import { connection } from "next/server";
import { TextLink } from "@/components/ui/link";
import { Page, PageHeader } from "@/components/ui/page";
import { ForgotPasswordForm } from "./forgot-password-form";

export const metadata: Metadata = { title: "Set a new password" };

export default async function ForgotPasswordPage(): Promise<ReactNode> {
  // On request, so that its scripts carry the nonce of its policy (proxy.ts).
  await connection();
  return (
    <Page width="form" className="gap-6">
      <PageHeader
        title="Set a new password"
        lead="Tell us your address. We mail you a link that works for an hour and once."
      />
      <ForgotPasswordForm />
      <p>
        <TextLink href="/login">Back to sign in</TextLink>
      </p>
    </Page>
  );
}
