import type { Metadata } from "next";
import type { ReactNode } from "react";
import { ButtonLink } from "@/components/ui/button";
import { Page, PageHeader } from "@/components/ui/page";
import { Badge } from "@/components/ui/badge";
import { requireUser } from "@/lib/access/session";
import { getMe } from "@/lib/account/get-me";
import { pageOfAnalyses } from "@/lib/analysis/read-analyses";
import { FormatForm, LeaveForm } from "./forms";

export const metadata: Metadata = { title: "Your first analysis" };

export default async function OnboardingPage(): Promise<ReactNode> {
  const { db } = await requireUser();
  const [me, { items: analyses }] = await Promise.all([getMe(db), pageOfAnalyses(db, 20)]);
  const done = new Set(me.profile.onboarding.steps);
  // What has happened counts, however somebody got there.
  if (analyses.length > 0) done.add("repository");
  if (analyses.some((analysis) => analysis.status === "completed")) done.add("analysis");
  const steps = [
    {
      key: "format" as const,
      title: "Say how you like things explained",
      text: "It changes the form only, never how difficult anything is. You can change it in the settings.",
      content: <FormatForm chosen={me.preferences.contentFormat} />,
    },
    {
      key: "repository" as const,
      title: "Pick a repository",
      text: "One of your own, or any public one. We clone it, read it and never write to it.",
      content: (
        <ButtonLink href="/learn/repositories" variant="primary" className="self-start">
          Choose a repository
        </ButtonLink>
      ),
    },
    {
      key: "analysis" as const,
      title: "Watch it being read",
      text: "It takes about a minute. You see what is found as it is found, and you may leave: a notice tells you when it is done.",
      content: null,
    },
  ];
  const current = steps.find((step) => !done.has(step.key))?.key;
  return (
    <Page width="reading" className="gap-8">
      <PageHeader
        title={`Welcome, ${me.profile.displayName}`}
        lead="Three steps to your first analysis. You can leave at any time; what you have done is remembered."
      />
      <ol className="flex flex-col">
        {steps.map((step, index) => (
          <li
            key={step.key}
            aria-current={step.key === current ? "step" : undefined}
            className="flex gap-4 border-t border-line py-6 first:border-t-0 first:pt-0"
          >
            <span
              aria-hidden="true"
              className="figures flex size-8 shrink-0 items-center justify-center rounded-full border border-control text-sm font-semibold"
            >
              {index + 1}
            </span>
            <div className="flex min-w-0 flex-1 flex-col gap-3">
              <h2 className="flex flex-wrap items-center gap-3 text-lg">
                {step.title}
                {done.has(step.key) ? <Badge tone="success">done</Badge> : null}
              </h2>
              <p className="max-w-measure text-muted">{step.text}</p>
              {step.key === current ? step.content : null}
            </div>
          </li>
        ))}
      </ol>
      <div className="border-t border-line pt-6">
        {current === undefined ? (
          <LeaveForm step="finish" label="Done, show me my repositories" />
        ) : me.isNewUser ? (
          <LeaveForm step="skip" label="Skip this, I know my way" />
        ) : null}
      </div>
    </Page>
  );
}
