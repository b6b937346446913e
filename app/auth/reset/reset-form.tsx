"use client";

import { useActionState, type ReactNode } from "react";
import { fieldError, UNTOUCHED } from "@/app/_http/form-state";
import { ErrorSummary } from "@/components/ui/error-summary";
import { Input } from "@/components/ui/input";
import { SubmitButton } from "@/components/ui/submit-button";
import { resetPasswordAction } from "../actions";

/** The new password. The address goes along hidden so that password managers know whose it is. */
export function ResetForm({ token, email }: { readonly token: string; readonly email: string }): ReactNode {
  const [state, action] = useActionState(resetPasswordAction, UNTOUCHED);
  return (
    <form action={action} className="flex flex-col gap-5" noValidate>
      <ErrorSummary errors={state.errors} title="The password was not set" />
      <input type="hidden" name="token" value={token} />
      <input type="email" autoComplete="username" value={email} readOnly hidden />
      <Input
        name="password"
        label="New password"
        help="At least 10 characters. Three or four words make a good one."
        type="password"
        autoComplete="new-password"
        error={fieldError(state, "password")}
      />
      <SubmitButton size="large" pendingLabel="Setting…" className="self-start">
        Set password
      </SubmitButton>
    </form>
  );
}
