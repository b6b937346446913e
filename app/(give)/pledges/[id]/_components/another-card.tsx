"use client";

import { useRef, useState, type FormEvent, type ReactNode } from "react";
import { CardFields, type CardForm } from "@/app/_payment/card-form";
import { GiftNotices } from "@/app/_payment/gift-notices";
import type { StripeAccess } from "@/app/_payment/stripe-js";
import { useGift } from "@/app/_payment/use-gift";
import { Button } from "@/components/ui/button";
import { ErrorSummary } from "@/components/ui/error-summary";
import { Panel } from "@/components/ui/panel";
import type { PledgeAnswer } from "@/lib/giving/pledge/schemas";
import { formatMoney } from "@/lib/kernel/money";

interface AnotherCardProps {
  readonly answer: PledgeAnswer;
  readonly token: string | null;
  readonly stripe: StripeAccess;
  readonly origin: string;
  readonly onDone: () => void;
}

/** The same gift with another card: the pledge stays, only the payment is new. */
export function AnotherCard({
  answer: { pledge, payment },
  token,
  stripe,
  origin,
  onDone,
}: AnotherCardProps): ReactNode {
  const card = useRef<CardForm>(null);
  const [open, setOpen] = useState(false);
  // Each payment has a try of its own: the one before has ended.
  const gift = useGift(`${pledge.id}:${payment.id}`, card, { pledge: { id: pledge.id, token }, onMade: onDone });
  const problem = gift.state.kind === "idle" ? gift.state.problem : null;
  const busy = gift.state.kind === "busy" || gift.state.kind === "challenge";
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    if (busy) return;
    void gift.give({
      about: {},
      amount: formatMoney(pledge.amountMinor, pledge.currency),
      billing: { name: pledge.donor.name ?? undefined, email: pledge.donor.email },
    });
  };
  if (!open)
    return (
      <p>
        <Button variant="primary" onClick={() => setOpen(true)}>
          Try another card
        </Button>
      </p>
    );
  return (
    <Panel
      title="Another card"
      description={`For the same gift of ${formatMoney(pledge.totalMinor, pledge.currency)}.`}
    >
      <form onSubmit={submit} noValidate className="flex flex-col gap-4">
        <ErrorSummary errors={problem ? [{ message: problem.detail }] : []} title="It did not go through" />
        <CardFields
          ref={card}
          access={stripe}
          amountMinor={pledge.totalMinor}
          currency={pledge.currency}
          returnUrl={`${origin}/pledges/${pledge.id}`}
        />
        <GiftNotices
          state={gift.state}
          onAgain={() => void gift.again()}
          onAnew={gift.anew}
          onAnswer={(answerToken) => void gift.answered(answerToken)}
        />
        <Button type="submit" variant="primary" size="large" aria-disabled={busy || undefined}>
          Give {formatMoney(pledge.totalMinor, pledge.currency)}
        </Button>
      </form>
    </Panel>
  );
}
