"use client";

import { useActionState, type ReactNode } from "react";
import { fieldError, UNTOUCHED } from "@/app/_http/form-state";
import { ErrorSummary } from "@/components/ui/error-summary";
import { Input } from "@/components/ui/input";
import { SubmitButton } from "@/components/ui/submit-button";
import { registerAction } from "../login/actions";

/** Name, address and password of a new account. */
export function RegisterForm({ next }: { readonly next: string }): ReactNode {
  const [state, action] = useActionState(registerAction, UNTOUCHED);
  return (
    <form action={action} className="flex flex-col gap-5" noValidate>
      <ErrorSummary errors={state.errors} title="The account was not opened" />
      {next ? <input type="hidden" name="next" value={next} /> : null}
      <Input
        name="displayName"
        label="Name"
        help="What others see. You can change it later."
        autoComplete="name"
        defaultValue={state.values["displayName"]}
        error={fieldError(state, "displayName")}
      />
      <Input
        name="email"
        label="E-mail"
        help="We send one mail to confirm it."
        type="email"
        inputMode="email"
        autoComplete="username"
        defaultValue={state.values["email"]}
        error={fieldError(state, "email")}
      />
      <Input
        name="password"
        label="Password"
        help="At least 10 characters. Three or four words make a good one."
        type="password"
        autoComplete="new-password"
        error={fieldError(state, "password")}
      />
      <SubmitButton size="large" pendingLabel="Opening your account…">
        Open account
      </SubmitButton>
    </form>
  );
}
