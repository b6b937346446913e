"use client";

import { useActionState, useEffect, type ReactNode } from "react";
import type { FormAction } from "@/app/_http/form-action";
import { UNTOUCHED, type FormState } from "@/app/_http/form-state";
import { Alert } from "@/components/ui/alert";
import { ErrorSummary } from "@/components/ui/error-summary";
import { SubmitButton } from "@/components/ui/submit-button";
import type { ButtonVariant } from "@/components/ui/button";

interface SaveFormProps {
  readonly action: FormAction;
  readonly submit: string;
  readonly pending: string;
  readonly variant?: ButtonVariant;
  readonly children?: ReactNode;
  /** What else changes in the browser once the server has saved; must stay the same function. */
  readonly onSaved?: (values: FormState["values"]) => void;
}

/** A form of the settings: says below the fields what became of it. */
export function SaveForm({
  action,
  submit,
  pending,
  variant = "secondary",
  children,
  onSaved,
}: SaveFormProps): ReactNode {
  const [state, send] = useActionState(action, UNTOUCHED);
  useEffect(() => {
    if (state.status === "done") onSaved?.(state.values);
  }, [state, onSaved]);
  return (
    <form action={send} className="flex flex-col gap-4" noValidate>
      <ErrorSummary errors={state.errors} title="Nothing was changed" />
      {children}
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <SubmitButton variant={variant} pendingLabel={pending}>
          {submit}
        </SubmitButton>
      </div>
      {state.status === "done" && state.message ? (
        <Alert tone="success" live>
          {state.message}
        </Alert>
      ) : null}
    </form>
  );
}
