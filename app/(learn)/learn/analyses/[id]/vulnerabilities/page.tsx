import type { Metadata } from "next";
import { notFound } from "next/navigation";
import type { ReactNode } from "react";
import { VulnerabilityList } from "@/components/learning/vulnerability-list";
import { Alert } from "@/components/ui/alert";
import { EmptyState } from "@/components/ui/empty-state";
import { Page, PageHeader } from "@/components/ui/page";
import { Panel } from "@/components/ui/panel";
import { Spinner } from "@/components/ui/spinner";
import { Time } from "@/components/ui/time";
import { foundPhase } from "@/lib/analysis/rules";
import type { CheckedVulnerabilities, Vulnerability } from "@/lib/analysis/security/schemas";
import { lookUpOf } from "@/lib/analysis/vulnerabilities/ask";
import type { LookUp } from "@/lib/analysis/vulnerabilities/schemas";
import { loadAnalysis } from "../../_load";
import { MarkForm, RestoreForm, type DecisionPlace } from "../_components/decision-forms";
import { DecisionNotice } from "../_components/decision-notice";
import { WaitForAnswer } from "../_components/wait-for-answer";
import { AskForm } from "./_ask-form";

export const metadata: Metadata = { title: "Known vulnerabilities" };

const packages = (count: number): string => `${count.toLocaleString("en")} ${count === 1 ? "package" : "packages"}`;

/** What is known about the packages that the lockfiles name; asked only when somebody says so, here. */
export default async function VulnerabilitiesPage({
  params,
  searchParams,
}: {
  readonly params: Promise<{ readonly id: string }>;
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
}): Promise<ReactNode> {
  const { id } = await params;
  const query = await searchParams;
  const first = await loadAnalysis(id);
  const lookUp = await lookUpOf(first.db, id);
  // An answer that came between the two readings would be called done and not be shown: read the analysis after it.
  const { analysis } = lookUp.found ? await loadAnalysis(id) : first;
  const security = analysis.result && foundPhase(analysis.result.phases.security);
  if (!security) notFound();
  const { vulnerabilities } = security;
  const checked = vulnerabilities.status === "checked" ? vulnerabilities : null;
  const place = { analysisId: id, list: "vulnerabilities" } as const;
  return (
    <Page>
      {lookUp.status === "asked" ? (
        <noscript>
          <meta httpEquiv="refresh" content="3" />
        </noscript>
      ) : null}
      <PageHeader
        title="Known vulnerabilities"
        lead="Advisories about the packages that the lockfiles name, at the versions that they name."
        crumbs={[
          { href: "/learn/analyses", label: "Analyses" },
          { href: `/learn/analyses/${id}`, label: `${analysis.repository.owner}/${analysis.repository.name}` },
        ]}
      />
      <DecisionNotice
        query={query}
        items={(checked?.found ?? []).map((each) => ({
          id: each.id,
          title: `${each.advisory} in ${each.package}`,
          marked: each.suppressed !== undefined,
        }))}
        place={place}
      />
      <Standing lookUp={lookUp} analysisId={id} />
      {checked ? <Answer checked={checked} place={place} /> : null}
      {lookUp.wouldSend.packages > 0 && lookUp.status !== "asked" ? (
        <WhatIsSent lookUp={lookUp} analysisId={id} isPrivate={analysis.private} />
      ) : null}
    </Page>
  );
}

/** What stands between somebody and an answer, if anything does. */
function Standing({ lookUp, analysisId }: { readonly lookUp: LookUp; readonly analysisId: string }): ReactNode {
  if (lookUp.status === "asked") {
    return (
      <p role="status" className="flex items-center gap-3">
        <Spinner /> OSV is being asked about {packages(lookUp.wouldSend.packages)}. This page shows the answer when it
        is there.
        <WaitForAnswer />
      </p>
    );
  }
  if (lookUp.status === "failed") {
    return (
      <Alert tone="danger" title="Nothing was checked" action={<AskForm analysisId={analysisId} label="Try again" />}>
        {lookUp.error}
        {lookUp.found ? " Below is what was answered before." : ""}
      </Alert>
    );
  }
  if (!lookUp.wouldSend.known) {
    return (
      <EmptyState title="This analysis did not keep what the lockfiles name">
        It is from before that was kept. Analyse the repository again, then its packages can be looked up.
      </EmptyState>
    );
  }
  if (lookUp.wouldSend.packages === 0) {
    return (
      <EmptyState title="No lockfile names a package">
        Only packages whose exact version is written down can be looked up: in lockfiles of npm, Yarn, pnpm and Bun, in
        Cargo.lock, go.sum, and those of Poetry, uv and PDM.
      </EmptyState>
    );
  }
  return null;
}

function WhatIsSent({
  lookUp: { wouldSend, status },
  analysisId,
  isPrivate,
}: {
  readonly lookUp: LookUp;
  readonly analysisId: string;
  readonly isPrivate: boolean;
}): ReactNode {
  return (
    <Panel title={status === "done" ? "Ask again" : "Look them up, if you want"}>
      <div className="flex flex-col gap-4">
        <p className="max-w-measure">
          There is no advisory data on this server, so nothing is checked until you say so. If you do, names and
          versions of {packages(wouldSend.packages)} are sent to{" "}
          <span className="font-mono text-sm">{wouldSend.to}</span>, the open database of advisories that Google runs
          (OSV).
        </p>
        <ul className="flex max-w-measure list-disc flex-col gap-1 pl-5">
          <li>
            Sent: the names and versions in{" "}
            {wouldSend.lockfiles.map(({ path, packages: count }, index) => (
              <span key={path}>
                {index > 0 ? ", " : ""}
                <span className="font-mono text-sm wrap-anywhere">{path}</span> ({count.toLocaleString("en")})
              </span>
            ))}
            .
          </li>
          <li>Not sent: your code, the repository’s name and address, who you are.</li>
          {isPrivate ? (
            <li>This repository is private: names of your own packages, if its lockfiles have some, are among them.</li>
          ) : null}
          <li>It counts for this one analysis. The next one is not looked up unless you say so again.</li>
        </ul>
        {status === "failed" ? null : (
          <AskForm
            analysisId={analysisId}
            label={status === "done" ? "Send the names again" : "Send the names and look them up"}
          />
        )}
      </div>
    </Panel>
  );
}

function Answer({
  checked,
  place,
}: {
  readonly checked: CheckedVulnerabilities;
  readonly place: Omit<DecisionPlace, "finding" | "title">;
}): ReactNode {
  const marked = checked.found.filter(({ suppressed }) => suppressed).length;
  const open = checked.found.length - marked;
  const decide = ({ id, advisory, package: name, suppressed }: Vulnerability): ReactNode => {
    const title = `${advisory} in ${name}`;
    return suppressed ? (
      <RestoreForm {...place} finding={id} title={title} label="Count it again" />
    ) : (
      <MarkForm {...place} finding={id} title={title} />
    );
  };
  return (
    <Panel
      title={
        checked.total === 0
          ? "No known vulnerability"
          : `${checked.total.toLocaleString("en")} known ${checked.total === 1 ? "vulnerability" : "vulnerabilities"}`
      }
      description={
        <>
          What OSV knew <Time at={checked.at} /> about {packages(checked.packages)}
          {marked > 0 ? `; ${marked.toLocaleString("en")} you marked as all right` : ""}. Whether the code uses the part
          that is affected is not known.
        </>
      }
    >
      {checked.found.length === 0 ? (
        <p>OSV has no advisory about these versions. It knows only what was reported to it.</p>
      ) : (
        <VulnerabilityList vulnerabilities={checked.found} decide={decide} />
      )}
      {checked.total > open ? (
        <p className="pt-3 text-muted">
          The worst {open.toLocaleString("en")} are kept one by one; the others are counted alone.
        </p>
      ) : null}
    </Panel>
  );
}
