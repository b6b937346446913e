"use client";

import { useActionState, type ReactNode } from "react";
import { fieldError, UNTOUCHED } from "@/app/_http/form-state";
import { Alert } from "@/components/ui/alert";
import { ErrorSummary } from "@/components/ui/error-summary";
import { Input } from "@/components/ui/input";
import { SubmitButton } from "@/components/ui/submit-button";
import { forgotPasswordAction } from "../login/actions";

/** Asks for a link that sets a new password. */
export function ForgotPasswordForm(): ReactNode {
  const [state, action] = useActionState(forgotPasswordAction, UNTOUCHED);
  if (state.status === "done") {
    return (
      <Alert tone="success" title="Look into your mail" live>
        {state.message} If it does not come, look among the unwanted mail.
      </Alert>
    );
  }
  return (
    <form action={action} className="flex flex-col gap-5" noValidate>
      <ErrorSummary errors={state.errors} />
      <Input
        name="email"
        label="E-mail"
        type="email"
        inputMode="email"
        autoComplete="username"
        defaultValue={state.values["email"]}
        error={fieldError(state, "email")}
      />
      <SubmitButton size="large" pendingLabel="Sending…">
        Send the link
      </SubmitButton>
    </form>
  );
}
