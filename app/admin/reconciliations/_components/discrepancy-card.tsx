import type { ReactNode } from "react";
import { Badge } from "@/components/ui/badge";
import { TextLink } from "@/components/ui/link";
import { Money } from "@/components/ui/money";
import { Time } from "@/components/ui/time";
import type { DiscrepancyKind, ListedDiscrepancy } from "@/lib/giving/reconciliation/schemas";
import { DecisionForm } from "./decision-form";

const TITLES: Readonly<Record<DiscrepancyKind, string>> = {
  unknown_payment: "Money of an unknown payment",
  second_intent: "A second intent for one payment",
  second_charge: "A second charge for one payment",
  unknown_charge: "A charge without a payment",
  amount: "Another amount or currency",
  captured_amount: "Another amount was taken",
  state: "States that exclude each other",
  ahead_of_provider: "We are ahead of the provider",
  ledger: "Our books do not add up",
  refund: "A refund that differs",
  unknown_dispute: "A dispute of an unknown charge",
  dispute: "A dispute that differs",
  balance: "The balance moved differently",
  missing_at_provider: "Not at the provider",
  stuck: "A payment that does not move",
};

/** A difference, both sides of it, and what to do. */
export function DiscrepancyCard({ discrepancy }: { readonly discrepancy: ListedDiscrepancy }): ReactNode {
  const { kind, objectId, currency, differenceMinor, pledgeId, proposal, foundAt } = discrepancy;
  return (
    <li className="flex flex-col gap-3 py-5 first:pt-0 last:pb-0">
      <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <h3 className="text-base font-medium">{TITLES[kind]}</h3>
        {currency && differenceMinor ? (
          <Badge tone="warning">
            <Money amountMinor={differenceMinor} currency={currency} />
          </Badge>
        ) : null}
        <span className="text-sm text-muted">
          found <Time at={foundAt} />
        </span>
      </div>
      <p className="max-w-measure">{proposal}</p>
      <dl className="grid gap-x-6 gap-y-1 text-sm sm:grid-cols-[10rem_1fr]">
        <Side term="At the provider" says={discrepancy.theirs} currency={currency} id={objectId} />
        <Side term="With us" says={discrepancy.ours} currency={currency} />
      </dl>
      {pledgeId ? (
        <p className="text-sm">
          <TextLink href={`/admin/pledges/${pledgeId}`} prefetch={false}>
            The pledge’s whole story
          </TextLink>
        </p>
      ) : null}
      <DecisionForm discrepancyId={discrepancy.id} what={`${TITLES[kind]}, ${objectId}`} />
    </li>
  );
}

function Side({
  term,
  says,
  currency,
  id,
}: {
  readonly term: string;
  readonly says: ListedDiscrepancy["ours"];
  readonly currency: string | null;
  readonly id?: string;
}): ReactNode {
  const facts = Object.entries(says);
  return (
    <div className="contents">
      <dt className="text-muted">{term}</dt>
      <dd className="flex flex-wrap gap-x-4 gap-y-1 wrap-anywhere">
        {id ? <code className="font-mono text-xs">{id}</code> : null}
        {facts.length === 0 ? <span>{id ? "Nothing of it" : "Nothing"}</span> : null}
        {facts.map(([name, value]) => (
          <span key={name}>
            {wordsOf(name)}{" "}
            {typeof value === "number" && currency ? (
              <Money amountMinor={value} currency={currency} />
            ) : (
              <strong className="font-medium">{value ?? "none"}</strong>
            )}
          </span>
        ))}
      </dd>
    </div>
  );
}

/** `capturedMinor` → `captured`, `chargeId` → `charge id`. */
const wordsOf = (name: string): string =>
  name
    .replace(/Minor$/, "")
    .replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    .trim();
