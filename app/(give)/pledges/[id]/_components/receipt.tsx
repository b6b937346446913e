"use client";

import { useState, type ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { Panel } from "@/components/ui/panel";
import { Spinner } from "@/components/ui/spinner";
import { Time } from "@/components/ui/time";
import type { PledgeAnswer } from "@/lib/giving/pledge/schemas";
import { formatMoney } from "@/lib/kernel/money";

/** What was given, and the PDF once the money was taken. */
export function Receipt({
  answer: { pledge, payment },
  token,
}: {
  readonly answer: PledgeAnswer;
  readonly token: string | null;
}): ReactNode {
  const [state, setState] = useState<"idle" | "busy" | "failed">("idle");
  const taken = pledge.status === "captured" || pledge.status === "completed";
  const money = (minor: number): string => formatMoney(minor, pledge.currency);
  const download = async (): Promise<void> => {
    if (state === "busy") return;
    setState("busy");
    try {
      const response = await fetch(`/api/v1/pledges/${pledge.id}/receipt`, {
        headers: token ? { "x-status-token": token } : {},
      });
      if (!response.ok) throw new Error(`the receipt could not be read (${response.status})`);
      const url = URL.createObjectURL(await response.blob());
      const link = Object.assign(document.createElement("a"), { href: url, download: `receipt-${pledge.id}.pdf` });
      link.click();
      URL.revokeObjectURL(url);
      setState("idle");
    } catch {
      setState("failed");
    }
  };
  return (
    <Panel
      title={taken ? "Receipt" : "Your gift"}
      aside={
        taken ? (
          <Button onClick={() => void download()} aria-disabled={state === "busy" || undefined}>
            {state === "busy" ? <Spinner /> : null}
            Get the PDF
          </Button>
        ) : null
      }
    >
      <dl className="grid gap-x-6 gap-y-2 sm:grid-cols-[10rem_1fr]">
        <Fact term="Campaign">{pledge.campaignTitle}</Fact>
        <Fact term="Gift">{money(pledge.amountMinor)}</Fact>
        {pledge.coverMinor > 0 ? (
          <>
            <Fact term="Covered fees">{money(pledge.coverMinor)}</Fact>
            <Fact term="In all">{money(pledge.totalMinor)}</Fact>
          </>
        ) : null}
        {pledge.refundedMinor > 0 ? <Fact term="Returned">{money(pledge.refundedMinor)}</Fact> : null}
        <Fact term="Made">
          <Time at={pledge.createdAt} />
        </Fact>
        {payment.card ? (
          <Fact term="Paid with">
            <span className="capitalize">{payment.card.brand}</span> ending in {payment.card.last4}
          </Fact>
        ) : null}
        <Fact term="From">
          <span className="wrap-anywhere">
            {pledge.donor.name ? `${pledge.donor.name}, ` : ""}
            {pledge.donor.email}
          </span>
          {pledge.donor.anonymous ? <span className="text-muted"> (not shown to the public)</span> : null}
        </Fact>
        {pledge.donor.message ? <Fact term="Message">{pledge.donor.message}</Fact> : null}
      </dl>
      <p role="status" className="pt-2 text-sm text-danger empty:hidden">
        {state === "failed"
          ? "The PDF could not be loaded. Try again in a moment; the receipt is in your inbox as well."
          : ""}
      </p>
    </Panel>
  );
}

function Fact({ term, children }: { readonly term: string; readonly children: ReactNode }): ReactNode {
  return (
    <div className="contents">
      <dt className="text-muted">{term}</dt>
      <dd className="figures -mt-2 sm:mt-0">{children}</dd>
    </div>
  );
}
