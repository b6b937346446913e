import type { ReactNode } from "react";
import { ButtonLink } from "@/components/ui/button";
import { Badge } from "@/components/ui/badge";
import { TextLink } from "@/components/ui/link";
import { Page, PageHeader } from "@/components/ui/page";
import { Panel } from "@/components/ui/panel";
import { RowHeader, Table, Td, Th } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import type { NextStep, ResumedSession } from "@/lib/learning/session/schemas";
import { PostButton } from "../../../_components/post-button";
import { startSessionAction } from "../../actions";

const LEAD = {
  completed: "This session is whole.",
  left: "This session was ended.",
  expired: "This session’s hour is over.",
  active: "This session’s hour is over.",
} as const;

interface SummaryProps {
  readonly resumed: ResumedSession;
  /** Titles of concepts and exercises by slug or id. */
  readonly titles: ReadonlyMap<string, string>;
}

/** What a session came to: answers, what is believed now and why, when reviews come. */
export function Summary({ resumed, titles }: SummaryProps): ReactNode {
  const { session, answers, nextSteps } = resumed;
  const { summary } = session;
  return (
    <Page width="reading">
      <PageHeader
        title={`Summary: ${session.topic}`}
        crumbs={[
          { href: "/learn", label: "Learn" },
          { href: "/learn/sessions", label: "Sessions" },
        ]}
        lead={
          <>
            {summary?.because ?? LEAD[session.status]} {session.endedAt ? <Time at={session.endedAt} /> : null}
          </>
        }
      />
      {summary ? <Figures summary={summary} /> : null}
      {summary && summary.concepts.length > 0 ? (
        <Panel title="What is believed now, and why" flush>
          <Table caption="Concepts of this session">
            <thead>
              <tr>
                <Th>Concept</Th>
                <Th numeric>Before</Th>
                <Th numeric>After</Th>
                <Th>Why</Th>
              </tr>
            </thead>
            <tbody>
              {summary.concepts.map((row) => (
                <tr key={row.concept}>
                  <RowHeader>
                    {titles.get(row.concept) ?? row.concept}
                    {row.statusAfter === "mastered" ? (
                      <>
                        {" "}
                        <Badge tone="success">mastered</Badge>
                      </>
                    ) : null}
                  </RowHeader>
                  <Td numeric>{percent(row.chanceBefore)}</Td>
                  <Td numeric>{percent(row.chanceAfter)}</Td>
                  <Td className="min-w-48 text-sm">{row.reason}</Td>
                </tr>
              ))}
            </tbody>
          </Table>
        </Panel>
      ) : null}
      <section aria-labelledby="answers" className="flex flex-col gap-3">
        <h2 id="answers" className="text-lg">
          Your answers
        </h2>
        {answers.length === 0 ? (
          <p className="text-muted">None was given in this session.</p>
        ) : (
          <ol className="flex flex-col border-t border-line">
            {answers.map((answer) => (
              <li key={answer.id} className="flex flex-wrap items-baseline gap-x-3 gap-y-1 border-b border-line py-2.5">
                <TextLink href={`/learn/sessions/${session.id}?answer=${answer.id}`}>
                  {titles.get(answer.activityId) ?? "A task that is not there any more"}
                </TextLink>
                <Badge tone={answer.passed ? "success" : answer.standing === "needs_review" ? "info" : "warning"}>
                  {answer.passed ? "passed" : answer.standing === "needs_review" ? "waiting" : "not passed"}
                </Badge>
                <span className="figures text-sm text-muted">
                  {answer.hintsUsed === 0
                    ? "no hint"
                    : `${answer.hintsUsed} ${answer.hintsUsed === 1 ? "hint" : "hints"}`}
                </span>
              </li>
            ))}
          </ol>
        )}
      </section>
      {session.trackSlug && nextSteps.length > 0 ? <Next track={session.trackSlug} steps={nextSteps} /> : null}
      <div className="flex flex-wrap items-start gap-2">
        <ButtonLink href="/learn" variant="primary">
          Back to your path
        </ButtonLink>
        {session.trackSlug ? (
          <PostButton
            action={startSessionAction}
            fields={{
              trackSlug: session.trackSlug,
              ...(session.lessonSlug ? { lessonSlug: session.lessonSlug } : {}),
            }}
            label="Another session on this"
            pendingLabel="Starting…"
          />
        ) : null}
      </div>
    </Page>
  );
}

interface NextProps {
  readonly track: string;
  readonly steps: readonly NextStep[];
}

/** What the track offers now, reviews that are due first, with why it is where it is. */
function Next({ track, steps }: NextProps): ReactNode {
  return (
    <section aria-labelledby="next" className="flex flex-col gap-3">
      <h2 id="next" className="text-lg">
        What comes next
      </h2>
      <ul className="flex flex-col border-t border-line">
        {steps.map(({ concept, title, status, sentence }) => (
          <li
            key={concept}
            className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 border-b border-line py-2.5"
          >
            <div className="min-w-0 flex-1 basis-60">
              <p className="font-medium">
                {title} {status === "review_due" ? <Badge tone="warning">review due</Badge> : null}
              </p>
              <p className="text-sm text-muted">{sentence}</p>
            </div>
            {status === "locked" ? null : (
              <PostButton
                action={startSessionAction}
                fields={{ trackSlug: track, lessonSlug: concept }}
                label={status === "review_due" ? "Review" : "Start"}
                of={title}
                pendingLabel="Starting…"
              />
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

const percent = (share: number): string => `${Math.round(share * 100)}\u00A0%`;

function Figures({ summary }: { readonly summary: NonNullable<ResumedSession["session"]["summary"]> }): ReactNode {
  const minutes = Math.max(1, Math.round(summary.activeSeconds / 60));
  const rows: readonly (readonly [string, ReactNode])[] = [
    ["Answers", summary.answered],
    ["Passed", `${summary.passed}, ${summary.unaided} without a hint`],
    ["Hints", summary.hintsUsed],
    ["At work", `about ${minutes} ${minutes === 1 ? "minute" : "minutes"}`],
    ...(summary.awaitingReview > 0 ? [["Waiting for a person", summary.awaitingReview] as const] : []),
    ...(summary.runs ? [["Runs", `${summary.runs}, ${summary.runErrors ?? 0} with an error`] as const] : []),
    ...(summary.nextReviewAt ? [["Next review", <Time key="next" at={summary.nextReviewAt} />] as const] : []),
  ];
  return (
    <dl className="figures grid grid-cols-2 gap-x-8 gap-y-3 sm:grid-cols-3">
      {rows.map(([term, value]) => (
        <div key={term}>
          <dt className="text-sm text-muted">{term}</dt>
          <dd className="font-medium">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
