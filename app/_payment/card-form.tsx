"use client";

import { useEffect, useImperativeHandle, useRef, useState, type ReactNode, type Ref } from "react";
import type { Stripe, StripeElements } from "@stripe/stripe-js";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { appearance, watchTheme } from "./appearance";
import { loadStripe, type StripeAccess } from "./stripe-js";

/** What the page may ask of the card's fields, which stand in a frame of Stripe's. */
export interface CardForm {
  /**
   * Makes a token of what was typed.
   * @returns the token, or what is wrong in words for people
   */
  confirm(billing: {
    readonly name?: string | undefined;
    readonly email: string;
  }): Promise<{ readonly token: string } | { readonly problem: string }>;
  /** Lets the bank ask. @returns what went wrong, in words for people, or null */
  answerBank(clientSecret: string): Promise<string | null>;
}

interface CardFormProps {
  readonly access: StripeAccess;
  readonly amountMinor: number;
  readonly currency: string;
  readonly returnUrl: string;
  readonly ref: Ref<CardForm>;
}

const AWAY = "The card form could not be loaded, so nothing was charged. Check your connection and try again.";

/** Stripe's Payment Element for a card. Its numbers never touch our pages or our servers. */
export function CardFields({ access, amountMinor, currency, returnUrl, ref }: CardFormProps): ReactNode {
  const place = useRef<HTMLDivElement>(null);
  const parts = useRef<{ stripe: Stripe; elements: StripeElements } | null>(null);
  const [state, setState] = useState<"loading" | "ready" | "failed">("loading");
  const [tries, setTries] = useState(0);
  const amount = useRef(amountMinor);
  const { scriptUrl, publishableKey } = access;

  useEffect(() => {
    let gone = false;
    let unmount = (): void => undefined;
    loadStripe({ scriptUrl, publishableKey })
      .then((stripe) => {
        if (gone || !place.current) return;
        const elements = stripe.elements({
          mode: "payment",
          amount: Math.max(1, amount.current),
          currency: currency.toLowerCase(),
          captureMethod: "manual",
          // What the server makes the intent with, to the letter.
          allowedPaymentMethodTypes: ["card"],
          appearance: appearance(),
        });
        const element = elements.create("payment", {
          layout: "tabs",
          fields: { billingDetails: { name: "never", email: "never" } },
          wallets: { applePay: "never", googlePay: "never" },
        });
        element.on("ready", () => {
          if (!gone) setState("ready");
        });
        element.on("loaderror", () => {
          if (!gone) setState("failed");
        });
        element.mount(place.current);
        parts.current = { stripe, elements };
        unmount = () => {
          parts.current = null;
          element.destroy();
        };
      })
      .catch(() => {
        if (!gone) setState("failed");
      });
    return () => {
      gone = true;
      unmount();
    };
  }, [scriptUrl, publishableKey, currency, tries]);

  useEffect(() => {
    amount.current = amountMinor;
    if (amountMinor > 0) parts.current?.elements.update({ amount: amountMinor });
  }, [amountMinor]);

  // A frame of another origin hears nothing of the page's theme: it keeps its colours until it is told.
  useEffect(() => watchTheme(() => parts.current?.elements.update({ appearance: appearance() })), []);

  useImperativeHandle(
    ref,
    (): CardForm => ({
      async confirm(billing) {
        if (!parts.current)
          return {
            problem: state === "failed" ? AWAY : "The card form is still loading. Wait a moment, then try again.",
          };
        const { stripe, elements } = parts.current;
        const { error: invalid } = await elements.submit();
        if (invalid) return { problem: invalid.message ?? "Check your card’s details." };
        const { error, confirmationToken } = await stripe.createConfirmationToken({
          elements,
          params: {
            payment_method_data: { billing_details: { name: billing.name ?? null, email: billing.email } },
            return_url: returnUrl,
          },
        });
        if (error) return { problem: error.message ?? "Your card’s details could not be checked. Try again." };
        return { token: confirmationToken.id };
      },
      async answerBank(clientSecret) {
        const stripe = parts.current?.stripe ?? (await loadStripe({ scriptUrl, publishableKey }));
        const { error } = await stripe.handleNextAction({ clientSecret });
        return error ? (error.message ?? "Your bank did not confirm the payment.") : null;
      },
    }),
    [returnUrl, scriptUrl, publishableKey, state],
  );

  return (
    <div className="flex flex-col gap-2">
      {state === "failed" ? (
        <Alert
          tone="danger"
          live
          title="The card form did not load"
          action={
            <Button
              onClick={() => {
                setState("loading");
                setTries((count) => count + 1);
              }}
            >
              Load it again
            </Button>
          }
        >
          {AWAY}
        </Alert>
      ) : null}
      {state === "loading" ? (
        <div role="status">
          <span className="sr-only">The card form is loading</span>
          <Skeleton className="h-40 w-full" />
        </div>
      ) : null}
      <div ref={place} className={state === "ready" ? "" : "h-0 overflow-hidden"} data-testid="card-form" />
    </div>
  );
}
