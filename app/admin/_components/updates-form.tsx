"use client";

import { useActionState, type ReactNode } from "react";
import { fieldError, UNTOUCHED } from "@/app/_http/form-state";
import { Alert } from "@/components/ui/alert";
import { RadioGroup } from "@/components/ui/choice";
import { ErrorSummary } from "@/components/ui/error-summary";
import { SubmitButton } from "@/components/ui/submit-button";
import type { OwnerUpdates } from "@/lib/giving/mail/schemas";
import { setOwnerUpdatesAction } from "../actions";

/** How an owner hears of gifts to their campaigns. */
export function UpdatesForm({ updates }: { readonly updates: OwnerUpdates }): ReactNode {
  const [state, action] = useActionState(setOwnerUpdatesAction, UNTOUCHED);
  return (
    <form action={action} className="flex flex-col gap-4">
      <ErrorSummary errors={state.errors} title="Nothing was changed" />
      {state.status === "done" ? (
        <Alert tone="success" live>
          {state.message}
        </Alert>
      ) : null}
      <RadioGroup
        name="updates"
        label="Mails"
        defaultValue={updates}
        error={fieldError(state, "updates")}
        options={[
          { value: "digest", label: "Once a day, on days with gifts" },
          { value: "each", label: "For each gift at once" },
          { value: "none", label: "None" },
        ]}
      />
      <SubmitButton variant="secondary">Save</SubmitButton>
    </form>
  );
}
