"use client";

import { useActionState, type ReactNode } from "react";
import { UNTOUCHED } from "@/app/_http/form-state";
import { Alert } from "@/components/ui/alert";
import { ErrorSummary } from "@/components/ui/error-summary";
import { SubmitButton } from "@/components/ui/submit-button";
import { claimGiftsAction } from "../actions";

export function ClaimForm({ email }: { readonly email: string }): ReactNode {
  const [state, action] = useActionState(claimGiftsAction, UNTOUCHED);
  return (
    <form action={action} className="flex flex-col gap-4">
      <ErrorSummary errors={state.errors} title="Nothing was changed" />
      {state.status === "done" ? (
        <Alert tone="success" live>
          {state.message}
        </Alert>
      ) : null}
      <p>We look for gifts made with {email}, which is proven to be yours.</p>
      <SubmitButton variant="secondary" pendingLabel="Looking…">
        Bring my earlier gifts here
      </SubmitButton>
    </form>
  );
}
