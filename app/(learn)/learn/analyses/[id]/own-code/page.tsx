import type { Metadata } from "next";
import type { ReactNode } from "react";
import { OwnCodeConsentForm } from "@/app/_own-code/consent-form";
import { SourceLink, type SourceAt } from "@/components/learning/source-link";
import { Alert } from "@/components/ui/alert";
import { Badge } from "@/components/ui/badge";
import { EmptyState } from "@/components/ui/empty-state";
import { TextLink } from "@/components/ui/link";
import { Page, PageHeader } from "@/components/ui/page";
import { Panel } from "@/components/ui/panel";
import { Spinner } from "@/components/ui/spinner";
import { titlesOfContent } from "@/lib/learning/overview/read-overview";
import { ownCodeOfAnalysis, ownCodeSettings } from "@/lib/learning/own-code/consent";
import type { OwnCodeOfAnalysis } from "@/lib/learning/own-code/schemas";
import { loadResult } from "../../_load";
import { WaitForAnswer } from "../_components/wait-for-answer";

export const metadata: Metadata = { title: "Exercises from your code" };

/** What was made of the learner's own code in this analysis, or why nothing was; asked for here, where it is understood. */
export default async function OwnCodePage({
  params,
}: {
  readonly params: Promise<{ readonly id: string }>;
}): Promise<ReactNode> {
  const { id } = await params;
  const { db, analysis, at } = await loadResult(id);
  const [settings, own] = await Promise.all([ownCodeSettings(db), ownCodeOfAnalysis(db, id)]);
  const underway = own.run?.status === "asked" || own.run?.status === "running";
  return (
    <Page>
      {underway ? (
        <noscript>
          <meta httpEquiv="refresh" content="3" />
        </noscript>
      ) : null}
      <PageHeader
        title="Exercises from your code"
        lead="Short functions of this repository that can stand alone, made into tasks. Each was run before it is shown."
        crumbs={[
          { href: "/learn/analyses", label: "Analyses" },
          { href: `/learn/analyses/${id}`, label: `${analysis.repository.owner}/${analysis.repository.name}` },
        ]}
      />
      {own.allowed ? (
        <Made own={own} at={at} />
      ) : (
        <Panel title={settings.wording.title} description="Off until you allow it.">
          <OwnCodeConsentForm allowed={false} wording={settings.wording} />
        </Panel>
      )}
      {own.allowed ? (
        <p className="max-w-measure text-sm text-muted">
          You can take this back at any time in <TextLink href="/settings#own-code">Settings</TextLink>.
        </p>
      ) : null}
    </Page>
  );
}

const many = (count: number, one: string, more = `${one}s`): string =>
  `${count.toLocaleString("en")} ${count === 1 ? one : more}`;

function Made({ own: { run, items }, at }: { readonly own: OwnCodeOfAnalysis; readonly at: SourceAt }): ReactNode {
  if (!run)
    return (
      <EmptyState title="This analysis was not read for it">
        Exercises are made of the newest analyses when you allow it, and of each one after that. Analyse the repository
        again to have some of it.
      </EmptyState>
    );
  const { functions, status } = run;
  const underway = status === "asked" || status === "running";
  return (
    <>
      {underway ? (
        <p role="status" className="flex items-center gap-3">
          <Spinner />
          {status === "asked"
            ? "The repository is being read again for functions that can stand alone."
            : `${many(functions.found, "function")} could stand alone; ${functions.tried} were run so far.`}
          <WaitForAnswer />
        </p>
      ) : null}
      {status === "failed" ? (
        <Alert tone="danger" title="No more exercises could be made">
          {run.because}
        </Alert>
      ) : null}
      {status === "done" && items.length === 0 ? (
        <EmptyState title="No exercise could be made">
          {run.because ?? "What was made of this repository has been deleted since."}
        </EmptyState>
      ) : null}
      {status === "done" && functions.tried > 0 ? (
        <p className="max-w-measure">
          {many(functions.found, "function")} could stand alone. The most telling of those that show what a lesson is
          about were run, {functions.tried} in all, and {functions.used} gave exercises that held.{" "}
          {many(run.refused, "exercise")} did not hold when run, and {run.refused === 1 ? "was" : "were"} left out.
        </p>
      ) : null}
      {items.length > 0 ? <Items items={items} at={at} /> : null}
    </>
  );
}

const ABOUT: Readonly<Record<string, string>> = {
  predict: "predict the output",
  find_mutation: "find the exchanged operator",
  explain: "explain a result",
  kill_mutant: "write a telling test",
  refactor: "rewrite without var",
};

function Items({ items, at }: { readonly items: OwnCodeOfAnalysis["items"]; readonly at: SourceAt }): ReactNode {
  const lessons = titlesOfContent();
  return (
    <Panel
      flush
      title={many(items.length, "exercise")}
      description="They come in sessions, where the concept and the level fit: two a session at most."
    >
      <ul className="divide-y divide-line">
        {items.map((item) => (
          <li key={item.id} className="flex flex-wrap items-center justify-between gap-x-6 gap-y-1 px-4 py-3 sm:px-5">
            <span className="flex flex-wrap items-center gap-2">
              <code className="font-mono text-sm wrap-anywhere">{item.name}</code>
              <Badge>{ABOUT[item.about] ?? item.about}</Badge>
              <span className="text-sm text-muted">
                {item.concepts.map((slug) => lessons.get(slug) ?? slug).join(" · ")}
              </span>
            </span>
            <SourceLink at={at} path={item.path} line={item.line} endLine={item.endLine} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}
