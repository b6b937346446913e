import type { Metadata } from "next";
import type { ReactNode } from "react";
import { ButtonLink } from "@/components/ui/button";
import { Page, PageHeader } from "@/components/ui/page";
import { Badge } from "@/components/ui/badge";
import { requireUser } from "@/lib/access/session";
import { getMe } from "@/lib/account/get-me";
import { patternWords } from "@/lib/analysis/insights/catalogue-view";
import { pageOfAnalyses } from "@/lib/analysis/read-analyses";
import type { AnalysisSummary } from "@/lib/analysis/schemas";
import { readOverview } from "@/lib/learning/overview/read-overview";
import type { PathStep } from "@/lib/learning/overview/path/rules";
import { pageOfSessions } from "@/lib/learning/session/read-session";
import type { Db } from "@/lib/platform/supabase/server";
import { PostButton } from "../learn/_components/post-button";
import { latestPortrait } from "../learn/_latest-portrait";
import { titleOf } from "../patterns/_components/pattern-card";
import { startFirstLesson } from "./actions";
import { FormatForm, LeaveForm } from "./forms";

export const metadata: Metadata = { title: "Your first analysis and lesson" };

/** From the sign-in to the first lesson; what was done elsewhere counts, and each step can be left. */
export default async function OnboardingPage(): Promise<ReactNode> {
  const { db, user } = await requireUser();
  const [me, { items: analyses }, sessions] = await Promise.all([
    getMe(db),
    pageOfAnalyses(db, 20),
    pageOfSessions(db, 1),
  ]);
  const done = new Set(me.profile.onboarding.steps);
  // What has happened counts, however somebody got there.
  if (analyses.length > 0) done.add("repository");
  if (analyses.some((analysis) => analysis.status === "completed")) done.add("analysis");
  const learned = sessions.items.length > 0;
  const first = done.has("analysis") && !learned ? await firstLesson(db, user.id, analyses) : null;
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
      content: analyses[0] ? (
        <ButtonLink href={`/learn/analyses/${analyses[0].id}`} variant="primary" className="self-start">
          Watch it
        </ButtonLink>
      ) : null,
    },
    {
      key: "lesson" as const,
      title: "Take your first lesson",
      text: "It comes from what your code shows. A session is about ten tasks; each answer is judged at once, with its reasons.",
      content: first ? <FirstLesson step={first} /> : null,
    },
  ];
  const isDone = (key: (typeof steps)[number]["key"]) => (key === "lesson" ? learned : done.has(key));
  const current = steps.find((step) => !isDone(step.key))?.key;
  return (
    <Page width="reading" className="gap-8">
      <PageHeader
        title={`Welcome, ${me.profile.displayName}`}
        lead="Four steps to your first analysis and the lesson that follows from it. You can leave at any time; what you have done is remembered."
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
                {isDone(step.key) ? <Badge tone="success">done</Badge> : null}
              </h2>
              <p className="max-w-measure text-muted">{step.text}</p>
              {step.key === current ? step.content : null}
            </div>
          </li>
        ))}
      </ol>
      <div className="border-t border-line pt-6">
        {current === undefined || current === "lesson" ? (
          <LeaveForm step="finish" label="Show me my whole path" secondary={current === "lesson"} />
        ) : me.isNewUser ? (
          <LeaveForm step="skip" label="Skip this, I know my way" />
        ) : null}
      </div>
    </Page>
  );
}

async function firstLesson(db: Db, userId: string, analyses: readonly AnalysisSummary[]): Promise<PathStep | null> {
  const portrait = await latestPortrait(db, analyses);
  const words = patternWords();
  const { path } = await readOverview(db, userId, {
    shown: portrait?.shown ?? null,
    nameOf: (pattern) => titleOf(pattern, words),
  });
  return path[0] ?? null;
}

function FirstLesson({ step }: { readonly step: PathStep }): ReactNode {
  return (
    <div className="flex flex-col gap-3">
      <div>
        <p className="font-medium">{step.title}</p>
        <p className="max-w-measure text-muted">{step.summary}</p>
        <p className="max-w-measure text-sm wrap-anywhere">{step.reasons[0]?.sentence}</p>
      </div>
      <PostButton
        action={startFirstLesson}
        fields={{ trackSlug: step.trackSlug, lessonSlug: step.concept }}
        label="Start this lesson"
        of={step.title}
        pendingLabel="Starting…"
        variant="primary"
      />
    </div>
  );
}
