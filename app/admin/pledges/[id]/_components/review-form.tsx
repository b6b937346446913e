"use client";

import { useActionState, type ReactNode } from "react";
import { fieldError, UNTOUCHED } from "@/app/_http/form-state";
import { Alert } from "@/components/ui/alert";
import { ErrorSummary } from "@/components/ui/error-summary";
import { Input } from "@/components/ui/input";
import { SubmitButton } from "@/components/ui/submit-button";
import { reviewPaymentAction } from "../../actions";

/** Decides about a held payment. Refusing costs the donor nothing; releasing takes the money. */
export function ReviewForm({ paymentId }: { readonly paymentId: string }): ReactNode {
  const [state, action] = useActionState(reviewPaymentAction, UNTOUCHED);
  if (state.status === "done")
    return (
      <Alert tone="success" live>
        {state.message}
      </Alert>
    );
  return (
    <form action={action} className="flex flex-col gap-4">
      <ErrorSummary errors={state.errors} title="Nothing was decided" />
      <input type="hidden" name="paymentId" value={paymentId} />
      <Input
        name="note"
        label="Why"
        optional
        maxLength={500}
        error={fieldError(state, "note")}
        help="Kept with the payment, for whoever looks at it later."
      />
      <div className="flex flex-wrap gap-2">
        <SubmitButton name="decision" value="release" pendingLabel="Deciding…">
          Release and take the money
        </SubmitButton>
        <SubmitButton name="decision" value="refuse" variant="danger" pendingLabel="Deciding…">
          Refuse and end the hold
        </SubmitButton>
      </div>
    </form>
  );
}
