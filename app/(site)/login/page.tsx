import type { Metadata } from "next";
import { redirect } from "next/navigation";
import type { ReactNode } from "react";
import { Alert } from "@/components/ui/alert";
import { TextLink } from "@/components/ui/link";
import { Page, PageHeader } from "@/components/ui/page";
import { safeNext } from "@/lib/access/safe-next";
import { currentUser } from "@/lib/access/session";
import { GithubForm } from "./_components/github-form";
import { LoginForm } from "./_components/login-form";
import { problemOf } from "./problems";

export const metadata: Metadata = {
  title: "Sign in",
  description: "Two ways into DevMentor: with GitHub, or with an address and a password.",
};

type Search = Promise<Record<string, string | string[] | undefined>>;

export default async function LoginPage({ searchParams }: { readonly searchParams: Search }): Promise<ReactNode> {
  const query = await searchParams;
  const next = safeNext(query["next"], "");
  const problem = problemOf(query["problem"]);
  if (!problem && (await currentUser())) redirect(next || safeNext(undefined));
  return (
    <Page width="form" className="gap-6">
      <PageHeader title="Sign in" lead="Two ways in. With GitHub you can have your repositories analysed right away." />
      {problem ? (
        <Alert tone="warning" title={problem.title}>
          {problem.detail}
        </Alert>
      ) : null}
      {query["done"] === "password" ? (
        <Alert tone="success" title="Your password is set">
          All earlier sessions were ended. Sign in with your new password.
        </Alert>
      ) : null}
      {query["done"] === "deleted" ? (
        <Alert tone="success" title="Your account is deleted">
          Everything that hung on it is gone. You are welcome to come back.
        </Alert>
      ) : null}
      <GithubForm next={next} label="Continue with GitHub" />
      <Divider />
      <LoginForm next={next} email="" />
      <p className="border-t border-line pt-5">
        No account yet?{" "}
        <TextLink href={next ? `/register?next=${encodeURIComponent(next)}` : "/register"}>
          Open one with your address
        </TextLink>
      </p>
    </Page>
  );
}

function Divider(): ReactNode {
  return (
    <div className="flex items-center gap-3 text-sm text-muted" role="presentation">
      <span className="h-px flex-1 bg-line" />
      or with an address
      <span className="h-px flex-1 bg-line" />
    </div>
  );
}
