import type { Metadata } from "next";
import { redirect } from "next/navigation";
import type { ReactNode } from "react";
import { TextLink } from "@/components/ui/link";
import { Page, PageHeader } from "@/components/ui/page";
import { safeNext } from "@/lib/access/safe-next";
import { currentUser } from "@/lib/access/session";
import { GithubForm } from "../login/_components/github-form";
import { RegisterForm } from "./register-form";

export const metadata: Metadata = { title: "Open an account" };

export default async function RegisterPage({
  searchParams,
}: {
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
}): Promise<ReactNode> {
  const next = safeNext((await searchParams)["next"], "");
  if (await currentUser()) redirect(next || safeNext(undefined));
  return (
    <Page width="form" className="gap-6">
      <PageHeader
        title="Open an account"
        lead="It is free, and you can take everything with you or delete it at any time."
      />
      <RegisterForm next={next} />
      <div className="flex flex-col gap-4 border-t border-line pt-5">
        <p>Or let GitHub say who you are. No password is needed then.</p>
        <GithubForm next={next} label="Continue with GitHub" />
        <p>
          You have an account?{" "}
          <TextLink href={next ? `/login?next=${encodeURIComponent(next)}` : "/login"}>Sign in</TextLink>
        </p>
      </div>
    </Page>
  );
}
