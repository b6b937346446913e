import { randomUUID } from "node:crypto";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import type { ReactNode } from "react";
import { z } from "zod";
import { PledgeBadge } from "@/components/giving/pledge-status";
import { Badge } from "@/components/ui/badge";
import { Money } from "@/components/ui/money";
import { Page, PageHeader } from "@/components/ui/page";
import { Panel } from "@/components/ui/panel";
import { RowHeader, Table, Td, Th } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import { cardsOfPledge } from "@/lib/giving/administration/block-card";
import { storyOfPledge } from "@/lib/giving/administration/look-after";
import type { CardOfPledge, PledgeStory } from "@/lib/giving/administration/schemas";
import { failedRefundOf, refundDeskOf } from "@/lib/giving/refund/ask-refund";
import type { FailedRefundStanding, RefundDesk } from "@/lib/giving/refund/schemas";
import { AppError } from "@/lib/kernel/errors";
import { requireAdministration } from "../../_components/guard";
import { CardBlocks } from "./_components/card-blocks";
import { MoneyBack } from "./_components/money-back";
import { ResendForm } from "./_components/resend-form";
import { ReviewForm } from "./_components/review-form";

export const metadata: Metadata = { title: "Pledge · Administration", robots: { index: false } };
export const dynamic = "force-dynamic";

/** A pledge's whole story: what was promised, each payment, every step, the books, what the provider told, the mails. */
export default async function PledgeStoryPage({
  params,
}: {
  readonly params: Promise<{ readonly id: string }>;
}): Promise<ReactNode> {
  const { user } = await requireAdministration();
  const { story, desk, cards, failed } = await load(user.id, (await params).id);
  const { pledge } = story;
  const held = story.payments.find(
    (payment) => payment.review === "held" && ["pending", "authorized"].includes(payment.state),
  );
  return (
    <Page>
      <PageHeader
        title={
          <>
            <Money amountMinor={pledge.amountMinor} currency={pledge.currency} /> from{" "}
            {pledge.donor?.name ?? "somebody unnamed"}
          </>
        }
        lead={
          <>
            <PledgeBadge status={pledge.shown} /> {pledge.anonymous ? <Badge>Anonymous</Badge> : null} to{" "}
            {pledge.campaignTitle}, <Time at={pledge.createdAt} />
          </>
        }
        crumbs={[
          { href: "/admin", label: "Administration" },
          { href: "/admin/pledges", label: "Pledges" },
        ]}
      />
      {held ? (
        <Panel title="Held for your decision" description={<HeldReasons payment={held} />}>
          <ReviewForm paymentId={held.id} />
        </Panel>
      ) : null}
      <Panel title="Donor">
        <dl className="grid gap-x-6 gap-y-2 sm:grid-cols-[10rem_1fr]">
          <Fact term="Name">{pledge.donor?.name ?? "None"}</Fact>
          <Fact term="E-mail">{pledge.donor?.email ?? "Not yours to see"}</Fact>
          {pledge.donor?.message ? <Fact term="Message">{pledge.donor.message}</Fact> : null}
          {pledge.coverMinor > 0 ? (
            <Fact term="Covered fees">
              <Money amountMinor={pledge.coverMinor} currency={pledge.currency} />
            </Fact>
          ) : null}
          <Fact term="Pledge">
            <code className="font-mono text-xs wrap-anywhere">{pledge.id}</code>
          </Fact>
        </dl>
      </Panel>
      <Payments story={story} />
      <CardBlocks pledgeId={pledge.id} cards={cards} />
      <MoneyBack story={story} desk={desk} failed={failed} formKey={randomUUID()} />
      <Steps story={story} />
      <Ledger story={story} />
      <Told story={story} />
      <Mails story={story} />
    </Page>
  );
}

interface Loaded {
  readonly story: PledgeStory;
  readonly desk: RefundDesk;
  readonly cards: readonly CardOfPledge[];
  readonly failed: FailedRefundStanding | null;
}

async function load(actorId: string, id: string): Promise<Loaded> {
  if (!z.uuid().safeParse(id).success) notFound();
  try {
    const [story, desk, cards, failed] = await Promise.all([
      storyOfPledge(actorId, id),
      refundDeskOf(actorId, id),
      cardsOfPledge(actorId, id),
      failedRefundOf(actorId, id),
    ]);
    return { story, desk, cards, failed };
  } catch (error) {
    if (error instanceof AppError && error.code === "not_found") notFound();
    throw error;
  }
}

function Fact({ term, children }: { readonly term: string; readonly children: ReactNode }): ReactNode {
  return (
    <div className="contents">
      <dt className="text-muted">{term}</dt>
      <dd className="-mt-2 wrap-anywhere sm:mt-0">{children}</dd>
    </div>
  );
}

function HeldReasons({ payment }: { readonly payment: PledgeStory["payments"][number] }): ReactNode {
  const reasons = Array.isArray(payment.reviewReasons) ? payment.reviewReasons.map(reasonWords) : [];
  return <>{reasons.length > 0 ? reasons.join(" ") : "It looked risky."}</>;
}

const REASONS: Readonly<Record<string, string>> = {
  radar_elevated: "Stripe takes its risk to be elevated.",
  radar_highest: "Stripe takes its risk to be very high.",
  card_declines: "This card was mostly refused within the last hour.",
  email_declines: "Cards given with this e-mail address were mostly refused within the last hour.",
  address_declines: "Cards from the donor’s network address were mostly refused within the last hour.",
  campaign_declines: "Cards for this campaign were mostly refused within the last hour.",
};

function reasonWords(reason: unknown): string {
  if (typeof reason === "string") return REASONS[reason] ?? `${reason.replaceAll("_", " ")}.`;
  return JSON.stringify(reason);
}

function Payments({ story }: { readonly story: PledgeStory }): ReactNode {
  return (
    <Panel title="Payments" flush>
      <Table caption="Payments of this pledge">
        <thead>
          <tr>
            <Th>No.</Th>
            <Th>State</Th>
            <Th>Card</Th>
            <Th numeric>Charged</Th>
            <Th numeric>Taken</Th>
            <Th numeric>Returned</Th>
            <Th>At Stripe</Th>
          </tr>
        </thead>
        <tbody>
          {story.payments.map((payment) => (
            <tr key={payment.id}>
              <RowHeader>{payment.number}</RowHeader>
              <Td>
                <PledgeBadge status={payment.state} />
                <span className="block text-xs text-muted">
                  {[payment.declineCode, payment.cancelReason, payment.riskLevel ? `risk ${payment.riskLevel}` : null]
                    .flatMap((words) => (words ? [words.replaceAll("_", " ")] : []))
                    .join(", ")}
                </span>
              </Td>
              <Td className="whitespace-nowrap">
                {payment.cardLast4 ? `${payment.cardBrand ?? "card"} ${payment.cardLast4}` : ""}
              </Td>
              <Td numeric>
                <Money amountMinor={payment.totalMinor} currency={payment.currency} />
              </Td>
              <Td numeric>
                <Money amountMinor={payment.capturedMinor} currency={payment.currency} />
              </Td>
              <Td numeric>
                <Money amountMinor={payment.refundedMinor} currency={payment.currency} />
              </Td>
              <Td className="min-w-56">
                <code className="font-mono text-xs wrap-anywhere">{payment.intentId ?? "not there yet"}</code>
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </Panel>
  );
}

const SUBJECTS = { payment: "Payment", pledge: "Pledge", refund: "Refund", dispute: "Dispute" } as const;

const words = (name: string): string => name.replaceAll("_", " ");

function Steps({ story }: { readonly story: PledgeStory }): ReactNode {
  const lines = [
    ...story.transitions.map((step) => ({
      at: step.at,
      what: `${SUBJECTS[step.subject]}: ${step.from ? `${words(step.from)} to ` : ""}${words(step.to)}`,
      why: [step.cause, step.eventId].filter(Boolean).join(", "),
    })),
    ...story.attempts.map((attempt) => ({
      at: attempt.at,
      what: `Card ${attempt.outcome}`,
      why: [attempt.code, attempt.declineCode].filter(Boolean).join(", "),
    })),
    ...story.rejections.map((rejection) => ({
      at: rejection.at,
      what: `Refused: ${rejection.subject} ${rejection.from} to ${rejection.to}`,
      why: rejection.reason,
    })),
  ].toSorted((one, other) => one.at.localeCompare(other.at));
  return (
    <Panel title="What happened" flush>
      <Listing
        caption="Steps, tries and refusals, oldest first"
        empty="Nothing yet."
        rows={lines.map((line) => [line.at, line.what, line.why])}
      />
    </Panel>
  );
}

function Ledger({ story }: { readonly story: PledgeStory }): ReactNode {
  return (
    <Panel title="In the books" description="Each movement stands twice: out of one account, into another." flush>
      {story.ledger.length === 0 ? (
        <p className="px-5 py-4 text-muted">No money has moved.</p>
      ) : (
        <Table caption="Ledger entries, oldest first">
          <thead>
            <tr>
              <Th>When</Th>
              <Th>Account</Th>
              <Th numeric>Amount</Th>
              <Th>Why</Th>
            </tr>
          </thead>
          <tbody>
            {story.ledger.map((entry) => (
              <tr key={`${entry.transactionId}-${entry.account}`}>
                <Td className="whitespace-nowrap">
                  <Time at={entry.at} />
                </Td>
                <RowHeader>{entry.account.replaceAll("_", " ")}</RowHeader>
                <Td numeric>
                  <Money amountMinor={entry.amountMinor} currency={entry.currency} />
                </Td>
                <Td>{entry.cause.replaceAll("_", " ")}</Td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
    </Panel>
  );
}

function Told({ story }: { readonly story: PledgeStory }): ReactNode {
  return (
    <Panel title="What Stripe told us" flush>
      <Listing
        caption="Webhook events, oldest first"
        empty="Nothing yet."
        rows={story.events.map((event) => [event.at, event.type, `${event.id}, ${event.state}`])}
      />
    </Panel>
  );
}

function Listing({
  caption,
  rows,
  empty,
}: {
  readonly caption: string;
  readonly rows: readonly (readonly [string, string, string])[];
  readonly empty: string;
}): ReactNode {
  if (rows.length === 0) return <p className="px-5 py-4 text-muted">{empty}</p>;
  return (
    <Table caption={caption}>
      <thead>
        <tr>
          <Th>When</Th>
          <Th>What</Th>
          <Th>By</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([at, what, why]) => (
          <tr key={`${at}-${what}-${why}`}>
            <Td className="whitespace-nowrap">
              <Time at={at} />
            </Td>
            <RowHeader>{what}</RowHeader>
            <Td className="min-w-56 wrap-anywhere text-muted">{why}</Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

const MAILS: Readonly<Record<string, string>> = {
  thanks: "Thank you",
  receipt: "Receipt",
  refund: "Money returned",
  failure: "Did not go through",
  refund_failed: "Refund did not go through",
  refund_corrected: "Refund did not arrive",
  dispute: "Dispute",
  dispute_owner: "Dispute, to the organiser",
  owner_gift: "Word to the owner",
};

function Mails({ story }: { readonly story: PledgeStory }): ReactNode {
  return (
    <Panel title="Mails" description="Each fact is mailed once by itself, and again when you ask for it.">
      {story.mails.length === 0 ? (
        <p className="text-muted">None yet.</p>
      ) : (
        <ul className="divide-y divide-line">
          {story.mails.map((mail) => (
            <li key={mail.id} className="flex flex-wrap items-center justify-between gap-x-4 py-1.5">
              <span>
                <span className="font-medium">{MAILS[mail.kind] ?? mail.kind}</span>{" "}
                <span className="text-muted">
                  to {mail.recipient},{" "}
                  {mail.sentAt ? (
                    <>
                      <Time at={mail.sentAt} />
                      {mail.sends > 1 ? `, ${mail.sends} times` : ""}
                    </>
                  ) : (
                    "on its way"
                  )}
                </span>
              </span>
              <ResendForm pledgeId={story.pledge.id} mailId={mail.id} label={MAILS[mail.kind] ?? mail.kind} />
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
