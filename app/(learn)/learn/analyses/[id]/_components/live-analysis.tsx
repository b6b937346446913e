"use client";

import { useCallback, useEffect, useState, type ReactNode } from "react";
import { useRouter } from "next/navigation";
import { StatusBadge } from "@/app/(learn)/learn/_components/analysis-list";
import { StartButton } from "@/app/(learn)/learn/_components/start-button";
import { AnalysisProgress } from "@/components/learning/analysis-progress";
import { Badge } from "@/components/ui/badge";
import { ExternalLink, TextLink } from "@/components/ui/link";
import { PageHeader } from "@/components/ui/page";
import { isUnderway } from "@/lib/analysis/rules";
import { analysisSchema, foundSchema, type Analysis } from "@/lib/analysis/schemas";
import type { ChannelMessage } from "@/lib/platform/realtime/channels";
import { useChannel } from "@/lib/platform/realtime/use-channel";
import { CancelForm } from "./cancel-form";
import { Ending } from "./ending";

const EXPORT_LINK = "rounded-sm text-accent-ink underline underline-offset-3";

/** An analysis without what is large: the server draws the result. */
type LiveState = Omit<Analysis, "result">;

interface LiveAnalysisProps {
  readonly initial: LiveState;
  /** The finished result, drawn by the server; nothing while it runs. */
  readonly children?: ReactNode;
}

/** One analysis, kept up to date while it runs: a snapshot at each connection, messages in between. */
export function LiveAnalysis({ initial, children }: LiveAnalysisProps): ReactNode {
  const router = useRouter();
  const [analysis, setAnalysis] = useState(initial);
  const underway = isUnderway(analysis);
  const over = isUnderway(initial) && !underway;

  // The result is too large for a message, and its code is coloured on the server: fetch the page's content anew.
  useEffect(() => {
    if (over) router.refresh();
  }, [over, router]);

  const fetchSnapshot = useCallback(
    async (signal?: AbortSignal): Promise<LiveState> => {
      const response = await fetch(`/api/v1/analyses/${initial.id}`, {
        headers: { accept: "application/json" },
        ...(signal ? { signal } : {}),
      });
      if (!response.ok) throw new Error(`the analysis could not be read (${response.status})`);
      const { result: _drawnByTheServer, ...live } = analysisSchema.parse(await response.json());
      return live;
    },
    [initial.id],
  );
  const take = (snapshot: LiveState) => setAnalysis((now) => (snapshot.version >= now.version ? snapshot : now));

  const live = useChannel(
    underway
      ? {
          channel: "analysis",
          id: initial.id,
          fetchSnapshot,
          versionOf: (snapshot: LiveState) => snapshot.version,
          onSnapshot: take,
          onMessage: (message) => {
            setAnalysis((now) => apply(now, message));
            if (message.type === "done") void fetchSnapshot().then(take, () => window.location.reload());
          },
        }
      : null,
  );

  const { repository } = analysis;
  return (
    <>
      <PageHeader
        title={<span className="wrap-anywhere">{`${repository.owner}/${repository.name}`}</span>}
        crumbs={[
          { href: "/learn", label: "Learn" },
          { href: "/learn/analyses", label: "Analyses" },
        ]}
        lead={
          <>
            <StatusBadge status={analysis.status} />{" "}
            {analysis.private ? <Badge>Private: only you see this</Badge> : null}{" "}
            <ExternalLink href={repository.url}>{repository.host}</ExternalLink>
            {analysis.status === "completed" ? (
              <>
                {" · "}
                <TextLink href={`/learn/analyses?repository=${encodeURIComponent(repository.url)}`}>
                  Earlier ones
                </TextLink>
                {" · Export "}
                <a className={EXPORT_LINK} href={`/api/v1/analyses/${analysis.id}/export?format=json`} download>
                  JSON
                </a>{" "}
                <a className={EXPORT_LINK} href={`/api/v1/analyses/${analysis.id}/export?format=sarif`} download>
                  SARIF
                </a>
              </>
            ) : null}
          </>
        }
        actions={
          underway ? (
            <CancelForm analysisId={analysis.id} />
          ) : (
            <StartButton
              repoUrl={repository.url}
              gitRef={analysis.ref ?? undefined}
              of={`${repository.owner}/${repository.name}`}
              label="Analyse again"
              fresh
            />
          )
        }
      />
      {/* One live region for the whole time: what happens is read out, the list around it is not. */}
      <p role="status" className="sr-only">
        {underway ? `${analysis.progress} percent done` : `The analysis is ${analysis.status}.`}
      </p>
      {children}
      {over && analysis.status === "completed" ? (
        <p className="text-muted">It is done. The result is being drawn…</p>
      ) : null}
      {underway ? (
        <AnalysisProgress analysis={analysis} note={<WaitingNote analysis={analysis} live={live} />} />
      ) : null}
      {analysis.status === "failed" || analysis.status === "canceled" ? (
        <>
          <Ending analysis={analysis} />
          <AnalysisProgress analysis={analysis} />
        </>
      ) : null}
    </>
  );
}

function apply(now: LiveState, message: ChannelMessage<"analysis">): LiveState {
  if (message.version <= now.version) return now;
  const next = { ...now, version: message.version };
  if (message.type === "progress")
    return { ...next, status: "running", phase: message.data.phase, progress: message.data.progress };
  if (message.type === "found") {
    const { phase, found } = message.data;
    const known = foundSchema.safeParse({ ...now.found, [String(phase)]: found });
    return known.success ? { ...next, found: known.data } : next;
  }
  return now;
}

function WaitingNote({ analysis, live }: { readonly analysis: LiveState; readonly live: string }): ReactNode {
  return (
    <p className="text-sm text-muted">
      {analysis.status === "queued" ? "It waits for its turn. " : ""}
      It usually takes about {analysis.estimatedSeconds} {analysis.estimatedSeconds === 1 ? "second" : "seconds"}; you
      can leave this page, and a notice will tell you.{" "}
      {live === "polling" || live === "reconnecting"
        ? "The live connection is away; this page asks every few seconds instead."
        : null}
      <noscript>This page reloads itself every three seconds.</noscript>
    </p>
  );
}
