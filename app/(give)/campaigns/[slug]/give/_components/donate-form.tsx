"use client";

import { useRef, useState, type FormEvent, type ReactNode } from "react";
import { CardFields, type CardForm } from "@/app/_payment/card-form";
import { GiftNotices } from "@/app/_payment/gift-notices";
import type { StripeAccess } from "@/app/_payment/stripe-js";
import { useGift } from "@/app/_payment/use-gift";
import { AmountChoice } from "@/components/giving/amount-choice";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/choice";
import { ErrorSummary, type SummaryError } from "@/components/ui/error-summary";
import { Input } from "@/components/ui/input";
import { Textarea } from "@/components/ui/textarea";
import { suggestedAmounts } from "@/lib/giving/campaign/rules";
import {
  amountProblem,
  coverFor,
  CURRENCIES,
  formatMoney,
  isCurrency,
  parseAmount,
  plainAmount,
} from "@/lib/kernel/money";

interface DonateFormProps {
  readonly campaign: { readonly id: string; readonly slug: string; readonly title: string; readonly currency: string };
  /** What was typed on the page before. */
  readonly typedAmount: string | undefined;
  /** Who is signed in. */
  readonly donor: { readonly name: string; readonly email: string } | null;
  readonly stripe: StripeAccess;
  /** Our own origin: where a bank leads back to. */
  readonly origin: string;
}

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/u;
/** The server's paths, by the names that the fields have here. */
const FIELDS: Readonly<Record<string, string>> = {
  amountMinor: "amount",
  "donor.email": "email",
  "donor.name": "name",
  "donor.message": "message",
};

/** Amount, address, card, done: what else one may say is folded away. */
export function DonateForm({ campaign, typedAmount, donor, stripe, origin }: DonateFormProps): ReactNode {
  const { currency } = campaign;
  const [typed, setTyped] = useState(
    typedAmount ?? plainAmount(suggestedAmounts(currency)[1] ?? 0, currency).replace(/\.0+$/u, ""),
  );
  const [cover, setCover] = useState(false);
  const [errors, setErrors] = useState<readonly SummaryError[]>([]);
  const card = useRef<CardForm>(null);
  const gift = useGift(campaign.id, card);
  const minor = parseAmount(typed, currency);
  const coverMinor = minor !== null && minor > 0 && isCurrency(currency) ? coverFor(minor, currency) : 0;
  const totalMinor = (minor ?? 0) + (cover ? coverMinor : 0);
  const busy = gift.state.kind === "busy" || gift.state.kind === "challenge";
  const shown = [...errors, ...problemsOf(gift.state)];
  const errorOf = (field: string): string | undefined => shown.find((error) => error.field === field)?.message;

  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    if (busy || gift.state.kind === "unknown" || gift.state.kind === "already") return;
    const form = new FormData(event.currentTarget);
    const text = (name: string): string => {
      const value = form.get(name);
      return typeof value === "string" ? value.trim() : "";
    };
    const found = check(typed, currency, text("email"), cover ? coverMinor : 0);
    setErrors(found);
    if (found.length > 0 || minor === null) return;
    const name = text("name") || undefined;
    void gift.give({
      about: {
        campaignId: campaign.id,
        amountMinor: minor,
        currency,
        donor: {
          ...(name ? { name } : {}),
          email: text("email"),
          anonymous: form.get("anonymous") !== null,
          ...(text("message") ? { message: text("message") } : {}),
        },
        coverFees: cover,
      },
      amount: formatMoney(minor, currency),
      billing: { name, email: text("email") },
    });
  };

  if (gift.state.kind === "already")
    return <GiftNotices state={gift.state} onAgain={() => {}} onAnew={gift.anew} onAnswer={() => {}} />;
  return (
    <form onSubmit={submit} noValidate className="needs-js flex flex-col gap-6" data-testid="donate-form">
      <ErrorSummary errors={shown} title="Your donation was not made" />
      <AmountChoice currency={currency} defaultValue={typed} error={errorOf("amount")} onChange={setTyped} />
      <div className="flex flex-col gap-4">
        <Input
          name="email"
          type="email"
          label="E-mail"
          autoComplete="email"
          inputMode="email"
          defaultValue={donor?.email}
          maxLength={254}
          error={errorOf("email")}
          help="Your receipt goes there, and nothing else."
        />
        <Input
          name="name"
          label="Name"
          optional
          autoComplete="name"
          defaultValue={donor?.name}
          maxLength={100}
          error={errorOf("name")}
        />
        <details className="group">
          <summary className="touch-target flex cursor-pointer items-center text-sm font-medium text-accent-ink underline underline-offset-3">
            Add a message, or stay unnamed
          </summary>
          <div className="flex flex-col gap-4 pt-2">
            <Textarea
              name="message"
              label="Message"
              optional
              maxLength={500}
              rows={3}
              error={errorOf("message")}
              help="Shown on the campaign’s page."
            />
            <Checkbox
              name="anonymous"
              label="Show neither my name nor my message"
              help="Who runs the campaign still sees who gave."
            />
          </div>
        </details>
      </div>
      <fieldset className="flex flex-col gap-2">
        <legend className="mb-2 font-medium">Card</legend>
        <CardFields
          ref={card}
          access={stripe}
          amountMinor={totalMinor}
          currency={currency}
          returnUrl={`${origin}/campaigns/${campaign.slug}/give`}
        />
      </fieldset>
      <Checkbox
        name="coverFees"
        checked={cover}
        onChange={(event) => setCover(event.target.checked)}
        label={coverMinor > 0 ? `Add ${formatMoney(coverMinor, currency)} for the card’s fees` : "Add the card’s fees"}
        help="Then your whole gift arrives."
      />
      <GiftNotices
        state={gift.state}
        onAgain={() => void gift.again()}
        onAnew={gift.anew}
        onAnswer={(token) => void gift.answered(token)}
      />
      <div className="flex flex-col gap-2">
        <Button type="submit" variant="primary" size="large" className="w-full" aria-disabled={busy || undefined}>
          {minor !== null && minor > 0 ? `Give ${formatMoney(totalMinor, currency)}` : "Give"}
        </Button>
        <p className="text-xs text-muted">
          Your card is held first and charged once we have checked the payment, mostly within a minute or two. The next
          page shows each step.
        </p>
      </div>
    </form>
  );
}

function problemsOf(state: ReturnType<typeof useGift>["state"]): readonly SummaryError[] {
  if (state.kind !== "idle" || !state.problem) return [];
  const { errors, detail } = state.problem;
  if (!errors || errors.length === 0) return [{ message: detail }];
  return errors.map(({ path, message }) => ({ ...(FIELDS[path] ? { field: FIELDS[path] } : {}), message }));
}

/** What the browser can see is wrong; the server looks at everything once more. */
function check(typed: string, currency: string, email: string, coverMinor: number): readonly SummaryError[] {
  const found: SummaryError[] = [];
  const minor = parseAmount(typed, currency);
  if (minor === null || !isCurrency(currency)) {
    found.push({ field: "amount", message: `Enter an amount in ${currency}, such as 25 or 25.50.` });
  } else {
    const { minimumMinor, maximumMinor } = CURRENCIES[currency];
    const problem = amountProblem(minor, currency, coverMinor);
    if (problem === "too_small")
      found.push({ field: "amount", message: `The least one can give is ${formatMoney(minimumMinor, currency)}.` });
    else if (problem === "too_large")
      found.push({
        field: "amount",
        message: `The most one can give at once is ${formatMoney(maximumMinor, currency)}.`,
      });
    else if (problem !== null)
      found.push({ field: "amount", message: "Cards know only two decimals of this currency." });
  }
  if (!EMAIL.test(email))
    found.push({ field: "email", message: "Enter your e-mail address, such as name@example.org." });
  return found;
}
