"use client";

import { useActionState, type ReactNode } from "react";
import { fieldError, UNTOUCHED } from "@/app/_http/form-state";
import { ErrorSummary } from "@/components/ui/error-summary";
import { Input } from "@/components/ui/input";
import { TextLink } from "@/components/ui/link";
import { SubmitButton } from "@/components/ui/submit-button";
import { logInAction } from "../actions";

/** Address and password. */
export function LoginForm({ next, email }: { readonly next: string; readonly email: string }): ReactNode {
  const [state, action] = useActionState(logInAction, UNTOUCHED);
  return (
    <form action={action} className="flex flex-col gap-5" noValidate>
      <ErrorSummary errors={state.errors} title="We could not sign you in" />
      {next ? <input type="hidden" name="next" value={next} /> : null}
      <Input
        name="email"
        label="E-mail"
        type="email"
        autoComplete="username"
        inputMode="email"
        defaultValue={state.values["email"] ?? email}
        error={fieldError(state, "email")}
      />
      <div className="flex flex-col gap-1.5">
        <Input
          name="password"
          label="Password"
          type="password"
          autoComplete="current-password"
          error={fieldError(state, "password")}
        />
        <TextLink href="/forgot-password" className="self-start py-1 text-sm">
          Forgotten your password?
        </TextLink>
      </div>
      <SubmitButton size="large" pendingLabel="Signing in…">
        Sign in
      </SubmitButton>
    </form>
  );
}
