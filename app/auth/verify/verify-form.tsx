"use client";

import { useActionState, type ReactNode } from "react";
import { UNTOUCHED } from "@/app/_http/form-state";
import { Alert } from "@/components/ui/alert";
import { ButtonLink } from "@/components/ui/button";
import { ErrorSummary } from "@/components/ui/error-summary";
import { SubmitButton } from "@/components/ui/submit-button";
import { verifyEmailAction } from "../actions";

/** Confirms by a click: mail scanners open links too, and must not confirm anything. */
export function VerifyForm({ token }: { readonly token: string }): ReactNode {
  const [state, action] = useActionState(verifyEmailAction, UNTOUCHED);
  if (state.status === "done") {
    return (
      <Alert tone="success" title={state.message} live action={<ButtonLink href="/learn">Go on</ButtonLink>}>
        What belongs to this address is shown to you from now on.
      </Alert>
    );
  }
  return (
    <form action={action} className="flex flex-col gap-5">
      <ErrorSummary errors={state.errors} title="The address was not confirmed" />
      <input type="hidden" name="token" value={token} />
      <SubmitButton size="large" pendingLabel="Confirming…" className="self-start">
        Yes, this address is mine
      </SubmitButton>
    </form>
  );
}
