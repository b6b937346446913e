import type { ReactNode } from "react";
import { Alert } from "@/components/ui/alert";
import { Badge, type BadgeTone } from "@/components/ui/badge";
import { TextLink } from "@/components/ui/link";
import { Money } from "@/components/ui/money";
import { Panel } from "@/components/ui/panel";
import { RowHeader, Table, Td, Th } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import type { PledgeStory } from "@/lib/giving/administration/schemas";
import { failedRefundWords, fourEyesAbove } from "@/lib/giving/refund/rules";
import type { FailedRefundStanding, RefundDesk } from "@/lib/giving/refund/schemas";
import { formatMoney } from "@/lib/kernel/money";
import { FailureForm } from "./failure-form";
import { RefundDecision } from "./refund-decision";
import { RefundForm } from "./refund-form";

const TONES: Readonly<Record<string, BadgeTone>> = {
  succeeded: "success",
  won: "success",
  warning_closed: "success",
  prevented: "success",
  failed: "danger",
  lost: "danger",
  needs_response: "danger",
  warning_needs_response: "danger",
};

const byWhom = (what: string, name: string | null | undefined): string | null => (name ? `${what} ${name}` : null);

const words = (name: string): string => name.replaceAll("_", " ");

/** Refunds and disputes: what went back, what may, and until when an answer is wanted; and the form for giving back. */
export function MoneyBack({
  story,
  desk,
  failed,
  formKey,
}: {
  readonly story: PledgeStory;
  readonly desk: RefundDesk;
  readonly failed: FailedRefundStanding | null;
  readonly formKey: string;
}): ReactNode {
  return (
    <>
      {failed ? <LastFailure pledgeId={story.pledge.id} failed={failed} /> : null}
      <WhatWentBack story={story} desk={desk} />
      {desk.payments.map((payment) => (
        <Panel
          key={payment.id}
          title="Return money"
          description={
            payment.cardLast4
              ? `To the card that paid: ${payment.cardBrand ?? "card"} ending in ${payment.cardLast4}.`
              : "To the card that paid."
          }
        >
          <RefundForm
            pledgeId={story.pledge.id}
            payment={payment}
            fourEyesAbove={fourEyesAbove(payment.currency)}
            formKey={formKey}
          />
        </Panel>
      ))}
    </>
  );
}

/** The refund that failed and that nobody has dealt with, or how somebody did. */
function LastFailure({
  pledgeId,
  failed,
}: {
  readonly pledgeId: string;
  readonly failed: FailedRefundStanding;
}): ReactNode {
  const amount = formatMoney(failed.amountMinor, failed.currency);
  if (!failed.open)
    return (
      <Alert tone="info" title={`A refund of ${amount} that did not go through was dealt with`}>
        {failed.note} ({failed.settledBy ?? "somebody whose account is gone"}
        {failed.settledAt ? (
          <>
            , <Time at={failed.settledAt} />
          </>
        ) : null}
        )
      </Alert>
    );
  const { why, next } = failedRefundWords(failed.failureReason);
  return (
    <Alert tone="danger" title={`A refund of ${amount} did not go through`}>
      <p>
        {why} {next}{" "}
        {failed.donorTold
          ? "The donor had been told that the money was on its way, and has been mailed that it did not arrive."
          : "The donor has not been told."}
      </p>
      <FailureForm pledgeId={pledgeId} refundId={failed.id} />
    </Alert>
  );
}

function WhatWentBack({ story, desk }: { readonly story: PledgeStory; readonly desk: RefundDesk }): ReactNode {
  const peopleOf = (id: string) => desk.refunds.find((refund) => refund.id === id);
  const lines = [
    ...story.refunds.map((refund) => ({
      id: refund.id,
      what: "Refund",
      status: refund.status,
      amountMinor: refund.amountMinor,
      currency: refund.currency,
      why: [
        words(refund.reason),
        refund.note,
        refund.failureReason ? words(refund.failureReason) : null,
        byWhom("asked for by", peopleOf(refund.id)?.askedBy),
        byWhom("approved by", peopleOf(refund.id)?.approvedBy),
      ],
      until:
        refund.needsApproval && refund.status === "pending" ? (
          <RefundDecision
            pledgeId={story.pledge.id}
            refundId={refund.id}
            mine={peopleOf(refund.id)?.mine ?? false}
            money={formatMoney(refund.amountMinor, refund.currency)}
          />
        ) : null,
      atStripe: refund.refundId,
      at: refund.at,
    })),
    ...story.disputes.map((dispute) => ({
      id: dispute.id,
      what: "Dispute",
      status: dispute.status,
      amountMinor: dispute.amountMinor,
      currency: dispute.currency,
      why: [dispute.reason ? words(dispute.reason) : null],
      until: (
        <span className="flex flex-col gap-1">
          {dispute.evidenceDueBy && dispute.status.endsWith("needs_response") ? (
            <span>
              an answer, due <Time at={dispute.evidenceDueBy} />
            </span>
          ) : null}
          <TextLink href={`/admin/disputes/${dispute.id}`}>
            {dispute.status.endsWith("needs_response") ? "Answer it" : "What was answered"}
          </TextLink>
        </span>
      ),
      atStripe: dispute.disputeId,
      at: dispute.at,
    })),
  ].toSorted((one, other) => one.at.localeCompare(other.at));
  if (lines.length === 0) return null;
  return (
    <Panel title="Money back" description="Refunds, and disputes that the donor’s bank has opened." flush>
      <Table caption="Refunds and disputes, oldest first">
        <thead>
          <tr>
            <Th>What</Th>
            <Th>State</Th>
            <Th numeric>Amount</Th>
            <Th>Why</Th>
            <Th>Waits for</Th>
            <Th>At Stripe</Th>
            <Th>Since</Th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr key={line.id}>
              <RowHeader>{line.what}</RowHeader>
              <Td>
                <Badge tone={TONES[line.status] ?? "warning"}>{words(line.status)}</Badge>
              </Td>
              <Td numeric>
                <Money amountMinor={line.amountMinor} currency={line.currency} />
              </Td>
              <Td>{line.why.filter(Boolean).join(", ")}</Td>
              <Td className="min-w-48">{line.until ?? ""}</Td>
              <Td className="min-w-56">
                <code className="font-mono text-xs wrap-anywhere">{line.atStripe ?? "not there yet"}</code>
              </Td>
              <Td className="whitespace-nowrap">
                <Time at={line.at} />
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </Panel>
  );
}
