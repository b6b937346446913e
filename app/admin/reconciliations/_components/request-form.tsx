"use client";

import { useActionState, type ReactNode } from "react";
import { fieldError, UNTOUCHED } from "@/app/_http/form-state";
import { Alert } from "@/components/ui/alert";
import { ErrorSummary } from "@/components/ui/error-summary";
import { Input } from "@/components/ui/input";
import { SubmitButton } from "@/components/ui/submit-button";
import { requestReconciliationAction } from "../actions";

/** Begins a comparison. */
export function RequestForm(): ReactNode {
  const [state, action] = useActionState(requestReconciliationAction, UNTOUCHED);
  return (
    <form action={action} className="flex flex-col gap-4">
      <ErrorSummary errors={state.errors} title="Nothing was begun" />
      {state.status === "done" ? (
        <Alert tone="success" live>
          {state.message}
        </Alert>
      ) : null}
      <div className="flex flex-wrap items-end gap-3">
        <Input
          name="from"
          type="date"
          label="From this day on"
          optional
          className="min-w-0 basis-56"
          error={fieldError(state, "from")}
          help="In UTC. Empty: since a week before the last one."
        />
        <SubmitButton pendingLabel="Beginning…">Compare now</SubmitButton>
      </div>
    </form>
  );
}
