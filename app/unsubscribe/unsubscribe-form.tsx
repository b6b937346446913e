"use client";

import { useActionState, type ReactNode } from "react";
import { UNTOUCHED } from "@/app/_http/form-state";
import { Alert } from "@/components/ui/alert";
import { ErrorSummary } from "@/components/ui/error-summary";
import { SubmitButton } from "@/components/ui/submit-button";
import { unsubscribeAction } from "./actions";

export function UnsubscribeForm({ user, token }: { readonly user: string; readonly token: string }): ReactNode {
  const [state, action] = useActionState(unsubscribeAction, UNTOUCHED);
  if (state.status === "done")
    return (
      <Alert tone="success" live>
        {state.message}
      </Alert>
    );
  return (
    <form action={action} className="flex flex-col gap-4">
      <ErrorSummary errors={state.errors.map(({ message }) => ({ message }))} title="The mails were not ended" />
      <input type="hidden" name="user" value={user} />
      <input type="hidden" name="token" value={token} />
      <SubmitButton>End these mails</SubmitButton>
    </form>
  );
}
