"use client";

import { useState, type ReactNode } from "react";
import { controlProps, CONTROL_CLASSES, FieldNotes } from "@/components/ui/field";
import { suggestedAmounts } from "@/lib/giving/campaign/rules";
import { formatRoundMoney, parseAmount, plainAmount } from "@/lib/kernel/money";

interface AmountChoiceProps {
  readonly currency: string;
  /** As it was typed before. */
  readonly defaultValue?: string;
  readonly error?: string | undefined;
  readonly onChange?: (typed: string) => void;
}

/**
 * How much: amounts to pick, or any other as people type it. One text field is what is sent; without JavaScript the
 * picks are not there and the field does alone.
 */
export function AmountChoice({ currency, defaultValue, error, onChange }: AmountChoiceProps): ReactNode {
  const amounts = suggestedAmounts(currency);
  const [typed, setTyped] = useState(defaultValue ?? whole(amounts[1] ?? 0, currency));
  const control = controlProps({ name: "amount", help: "other", error });
  const chosen = parseAmount(typed, currency);
  const change = (next: string): void => {
    setTyped(next);
    onChange?.(next);
  };
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-2 font-medium">Your gift</legend>
      <div className="needs-js grid grid-cols-4 gap-2">
        {amounts.map((amount) => (
          <button
            key={amount}
            type="button"
            aria-pressed={chosen === amount}
            onClick={() => change(whole(amount, currency))}
            className="touch-target figures cursor-pointer rounded-control border border-control bg-surface px-1 py-1.5 text-sm font-medium transition-colors hover:bg-sunk aria-pressed:border-accent aria-pressed:bg-accent-wash aria-pressed:text-accent-ink aria-pressed:ring-1 aria-pressed:ring-accent"
          >
            {formatRoundMoney(amount, currency)}
          </button>
        ))}
      </div>
      <label htmlFor={control.id} className="sr-only">
        Amount in {currency}
      </label>
      <span className="flex items-stretch">
        <span className="flex shrink-0 items-center rounded-l-control border border-r-0 border-control bg-sunk px-3 text-sm text-muted">
          {currency}
        </span>
        <input
          {...control}
          inputMode="decimal"
          autoComplete="off"
          required
          value={typed}
          onChange={(event) => change(event.target.value)}
          className={`${CONTROL_CLASSES} min-w-0 rounded-l-none font-medium`}
        />
      </span>
      <FieldNotes id={control.id} error={error} help={`Any amount, such as ${example(currency)}.`} />
    </fieldset>
  );
}

function whole(amountMinor: number, currency: string): string {
  return plainAmount(amountMinor, currency).replace(/\.0+$/u, "");
}

function example(currency: string): string {
  const text = plainAmount(suggestedAmounts(currency)[1] ?? 0, currency);
  return text.includes(".") ? `${text.replace(/\.0+$/u, "")} or ${text.replace(/\.0/u, ".5")}` : text;
}
