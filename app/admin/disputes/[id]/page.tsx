import type { Metadata } from "next";
import { notFound } from "next/navigation";
import type { ReactNode } from "react";
import { z } from "zod";
import { DisputeBadge } from "@/components/giving/dispute-badge";
import { Alert } from "@/components/ui/alert";
import { ButtonLink } from "@/components/ui/button";
import { Money } from "@/components/ui/money";
import { Page, PageHeader } from "@/components/ui/page";
import { Panel } from "@/components/ui/panel";
import { Time } from "@/components/ui/time";
import { disputeDeskOf } from "@/lib/giving/dispute/answer-dispute";
import { disputeReasonWords, disputeStateWords } from "@/lib/giving/dispute/rules";
import { EVIDENCE_FIELDS, type DisputeDesk } from "@/lib/giving/dispute/schemas";
import { AppError } from "@/lib/kernel/errors";
import { formatMoney } from "@/lib/kernel/money";
import { requireAdministration } from "../../_components/guard";
import { AcceptForm } from "./_components/accept-form";
import { EvidenceForm } from "./_components/evidence-form";

export const metadata: Metadata = { title: "Dispute · Administration", robots: { index: false } };
export const dynamic = "force-dynamic";

/** A dispute: what the bank says, until when it wants an answer, and the answer. */
export default async function DisputePage({
  params,
}: {
  readonly params: Promise<{ readonly id: string }>;
}): Promise<ReactNode> {
  const { user } = await requireAdministration();
  const desk = await load(user.id, (await params).id);
  const { dispute, draft, answers, facts, proposal } = desk;
  const last = answers.at(-1);
  return (
    <Page>
      <PageHeader
        title={
          <>
            <Money amountMinor={dispute.amountMinor} currency={dispute.currency} />{" "}
            {isOver(dispute.status) ? "was disputed" : "is disputed"}
          </>
        }
        lead={
          <>
            <DisputeBadge status={dispute.status} /> {dispute.donorName ?? "Somebody unnamed"} to{" "}
            {dispute.campaignTitle}, <Time at={dispute.createdAt} />
          </>
        }
        crumbs={[
          { href: "/admin", label: "Administration" },
          { href: "/admin/pledges", label: "Pledges" },
        ]}
        actions={<ButtonLink href={`/admin/pledges/${dispute.pledgeId}`}>The pledge’s whole story</ButtonLink>}
      />
      {last?.failure ? (
        <Alert tone="danger" title="The last answer did not reach the bank">
          {last.failure}
        </Alert>
      ) : null}
      <Panel title="What the bank says">
        <div className="flex flex-col gap-4">
          <p className="max-w-measure">
            {disputeReasonWords(dispute.reason)} {disputeStateWords(dispute.status)}
          </p>
          <dl className="grid gap-x-6 gap-y-2 sm:grid-cols-[12rem_1fr]">
            {dispute.evidenceDueBy && dispute.status.endsWith("needs_response") ? (
              <Fact term="Answer wanted by">
                <Exactly at={dispute.evidenceDueBy} /> (<Time at={dispute.evidenceDueBy} />)
              </Fact>
            ) : null}
            <Fact term="Fee of the dispute">
              <Money amountMinor={dispute.feeMinor} currency={dispute.currency} />
            </Fact>
            <Fact term="At Stripe">
              <code className="font-mono text-xs wrap-anywhere">{dispute.disputeId}</code>
            </Fact>
          </dl>
        </div>
      </Panel>
      <Answers desk={desk} />
      {dispute.closedWords === null ? (
        <Panel
          title="Answer with evidence"
          description={
            draft ? (
              <>
                Draft saved by {draft.savedBy ?? "somebody whose account is gone"}, <Time at={draft.savedAt} />.
              </>
            ) : (
              "Made of what we know of this gift. Correct and complete it: the bank sees nothing but these texts."
            )
          }
        >
          <div className="flex flex-col gap-6">
            {facts.refundedMinor > 0 ? (
              <Alert tone="info" title={`${formatMoney(facts.refundedMinor, facts.currency)} of it went back before`}>
                Say so in the evidence: it is the strongest answer there is.
              </Alert>
            ) : null}
            <EvidenceForm disputeId={dispute.id} version={draft?.version ?? 0} evidence={draft?.evidence ?? proposal} />
            <AcceptForm disputeId={dispute.id} help={acceptHelp(desk)} />
          </div>
        </Panel>
      ) : null}
    </Page>
  );
}

/** Decided, or never more than a question. */
const isOver = (status: string): boolean => ["won", "lost", "warning_closed", "prevented"].includes(status);

async function load(actorId: string, id: string): Promise<DisputeDesk> {
  if (!z.uuid().safeParse(id).success) notFound();
  try {
    return await disputeDeskOf(actorId, id);
  } catch (error) {
    if (error instanceof AppError && error.code === "not_found") notFound();
    throw error;
  }
}

function acceptHelp({ dispute }: DisputeDesk): string {
  if (dispute.status.startsWith("warning"))
    return "The bank’s question is closed without an answer. Money moves only if it becomes a dispute all the same.";
  const amount = formatMoney(dispute.amountMinor, dispute.currency);
  return `${amount} stays with the cardholder and counts as lost, and the fee is not returned. Do it when the cardholder is right. It cannot be undone.`;
}

/** What was answered so far, or why nobody can answer any more. */
function Answers({ desk: { dispute, answers } }: { readonly desk: DisputeDesk }): ReactNode {
  if (answers.length === 0)
    return dispute.closedWords ? (
      <Alert tone="info" title="Nothing was answered">
        {dispute.closedWords}
      </Alert>
    ) : null;
  return (
    <Panel
      title="What was answered"
      description={isOver(dispute.status) ? undefined : (dispute.closedWords ?? undefined)}
    >
      <ol className="divide-y divide-line">
        {answers.map((answer) => (
          <li key={answer.id} className="flex flex-col gap-3 py-4 first:pt-0 last:pb-0">
            <p>
              {answer.decision === "submit" ? "Evidence sent" : "Accepted"} by{" "}
              {answer.decidedBy ?? "somebody whose account is gone"}, <Time at={answer.decidedAt} />.{" "}
              {answer.sentAt ? (
                <>
                  Stripe has it since <Time at={answer.sentAt} />.
                </>
              ) : answer.failure ? (
                "It did not reach the bank."
              ) : (
                "It is on its way; this takes a minute at most, and longer while Stripe is away."
              )}
            </p>
            {answer.decision === "submit" ? <Sent evidence={answer.evidence} /> : null}
          </li>
        ))}
      </ol>
    </Panel>
  );
}

function Sent({ evidence }: { readonly evidence: DisputeDesk["proposal"] }): ReactNode {
  return (
    <details>
      <summary className="touch-target flex cursor-pointer items-center font-medium underline underline-offset-3">
        What it said
      </summary>
      <dl className="flex flex-col gap-3 pt-3">
        {EVIDENCE_FIELDS.filter((name) => evidence[name]).map((name) => (
          <div key={name}>
            <dt className="text-sm text-muted">{name.replaceAll("_", " ")}</dt>
            <dd className="max-w-measure wrap-anywhere whitespace-pre-wrap">{evidence[name]}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

function Fact({ term, children }: { readonly term: string; readonly children: ReactNode }): ReactNode {
  return (
    <div className="contents">
      <dt className="text-muted">{term}</dt>
      <dd className="-mt-2 wrap-anywhere sm:mt-0">{children}</dd>
    </div>
  );
}

const EXACT = new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeStyle: "short", timeZone: "UTC" });

/** A deadline is no time for "in 5 days" alone. */
function Exactly({ at }: { readonly at: string }): ReactNode {
  return <strong className="font-medium">{EXACT.format(new Date(at))} UTC</strong>;
}
