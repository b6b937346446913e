import type { Metadata } from "next";
import { notFound } from "next/navigation";
import type { ReactNode } from "react";
import { FindingList, SeverityBar } from "@/components/learning/finding-list";
import { EmptyState } from "@/components/ui/empty-state";
import { TextLink } from "@/components/ui/link";
import { Page, PageHeader } from "@/components/ui/page";
import { Pagination } from "@/components/ui/pagination";
import { TabLinks } from "@/components/ui/tab-links";
import { Time } from "@/components/ui/time";
import { foundPhase } from "@/lib/analysis/rules";
import { SEVERITY_WORDS } from "@/lib/analysis/security/rules";
import { severitySchema, type SecurityFinding } from "@/lib/analysis/security/schemas";
import type { Suppression } from "@/lib/analysis/suppression/schemas";
import { suppressionsOf } from "@/lib/analysis/suppression/suppress-finding";
import { loadResult } from "../../_load";
import { MarkForm, RestoreForm, type DecisionPlace } from "../_components/decision-forms";
import { DecisionNotice } from "../_components/decision-notice";

export const metadata: Metadata = { title: "Security findings" };

/** Each has its code in colour: more would make a page slow to read and to draw. */
const PAGE_SIZE = 25;

export default async function FindingsPage({
  params,
  searchParams,
}: {
  readonly params: Promise<{ readonly id: string }>;
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
}): Promise<ReactNode> {
  const { id } = await params;
  const query = await searchParams;
  const { db, analysis, result, at } = await loadResult(id);
  const security = foundPhase(result.phases.security);
  if (!security) notFound();
  const { findings, counts } = security;
  const severity = severitySchema.safeParse(query["show"]).data;
  const show = severity ?? (query["show"] === "marked" ? "marked" : undefined);
  const wanted = findings.filter((finding) =>
    show === "marked" ? finding.suppressed : !finding.suppressed && (!severity || finding.severity === severity),
  );
  const from = startOf(query["from"], wanted.length);
  const shown = wanted.slice(from, from + PAGE_SIZE);
  const base = `/learn/analyses/${id}/findings`;
  const here = show === undefined ? base : `${base}?show=${show}`;
  const place = { analysisId: id, list: "findings", show, from } as const;
  const gone = (await suppressionsOf(db, analysis)).filter(({ present }) => !present);
  const kept = findings.filter(({ suppressed }) => !suppressed).length;
  return (
    <Page>
      <PageHeader
        title="Security findings"
        lead={
          <>
            Severity says how bad it is if it is true; confidence, how likely that is. Secrets are masked.{" "}
            <TextLink href={`/learn/analyses/${id}/vulnerabilities`}>Known vulnerabilities of packages</TextLink> are
            looked up only when you say so.
          </>
        }
        crumbs={[
          { href: "/learn/analyses", label: "Analyses" },
          { href: `/learn/analyses/${id}`, label: `${analysis.repository.owner}/${analysis.repository.name}` },
        ]}
      />
      <DecisionNotice
        query={query}
        items={findings.map((finding) => ({
          id: finding.id,
          title: `${finding.title} in ${finding.path}`,
          marked: finding.suppressed?.by === "user",
        }))}
        place={place}
      />
      <SeverityBar counts={counts} />
      <TabLinks
        label="By severity"
        current={here}
        items={[
          { href: base, label: `Open (${counts.total.toLocaleString("en")})` },
          ...severitySchema.options
            .filter((each) => counts.bySeverity[each] > 0)
            .map((each) => ({
              href: `${base}?show=${each}`,
              label: `${SEVERITY_WORDS[each]} (${counts.bySeverity[each].toLocaleString("en")})`,
            })),
          ...(counts.suppressed + gone.length > 0 || show === "marked"
            ? [
                {
                  href: `${base}?show=marked`,
                  label: `Marked as all right (${counts.suppressed.toLocaleString("en")})`,
                },
              ]
            : []),
        ]}
      />
      {kept < counts.total ? (
        <p className="max-w-measure text-muted">
          The worst {kept.toLocaleString("en")} of {counts.total.toLocaleString("en")} are kept one by one; the others
          are counted alone.
        </p>
      ) : null}
      {shown.length === 0 ? (
        <EmptyState title={show === "marked" ? "Nothing is marked as all right" : "No findings here"}>
          {show === "marked"
            ? "Below each finding you can say why it is all right; it then stands here, and no longer counts."
            : findings.length > 0
              ? "What was found is marked as all right."
              : "No rule matched. That is no proof of safety: the analysis says what was not checked."}
        </EmptyState>
      ) : (
        <>
          <h2 className="sr-only">
            {from + 1} to {from + shown.length} of {wanted.length}
          </h2>
          <FindingList findings={shown} at={at} decide={(finding) => decision(finding, place)} />
        </>
      )}
      {show === "marked" && gone.length > 0 ? <Gone decisions={gone} place={place} /> : null}
      <Pagination
        label="Findings"
        {...(from > 0 ? { firstHref: here } : {})}
        {...(from + PAGE_SIZE < wanted.length
          ? { nextHref: `${here}${show === undefined ? "?" : "&"}from=${from + PAGE_SIZE}` }
          : {})}
      />
    </Page>
  );
}

/** The last page when one is past the end, as after the only finding on it was marked. */
function startOf(from: string | string[] | undefined, length: number): number {
  const wanted = Math.max(0, Math.trunc(Number(from ?? 0)) || 0);
  return wanted < length ? wanted : Math.max(0, Math.floor((length - 1) / PAGE_SIZE) * PAGE_SIZE);
}

/** What can be said about a finding: that it is all right, or that it is not after all. */
function decision(
  { id, title, path, suppressed }: SecurityFinding,
  place: Omit<DecisionPlace, "finding" | "title">,
): ReactNode {
  const named = `${title} in ${path}`;
  if (!suppressed) return <MarkForm {...place} finding={id} title={named} />;
  return suppressed.by === "user" ? <RestoreForm {...place} finding={id} title={named} label="Count it again" /> : null;
}

/** Decisions about what this analysis no longer has: they do no harm, and can be forgotten. */
function Gone({
  decisions,
  place,
}: {
  readonly decisions: readonly Suppression[];
  readonly place: Omit<DecisionPlace, "finding" | "title">;
}): ReactNode {
  return (
    <section aria-labelledby="gone" className="flex flex-col">
      <h2 id="gone" className="text-lg">
        Marked earlier, no longer found
      </h2>
      <ul className="flex flex-col">
        {decisions.map(({ finding, title, path, reason, createdAt }) => (
          <li key={finding} className="flex flex-col gap-2 border-b border-line py-4 last:border-b-0">
            <p className="wrap-anywhere">
              <span className="font-medium">{title}</span> <span className="font-mono text-xs text-muted">{path}</span>
            </p>
            <p className="max-w-measure text-sm text-muted wrap-anywhere">
              {reason} (<Time at={createdAt} />)
            </p>
            <RestoreForm {...place} finding={finding} title={`${title} in ${path}`} label="Forget it" />
          </li>
        ))}
      </ul>
    </section>
  );
}
