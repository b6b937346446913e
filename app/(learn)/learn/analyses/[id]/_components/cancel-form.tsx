"use client";

import { useActionState, type ReactNode } from "react";
import { cancelAnalysisAction } from "@/app/(learn)/learn/actions";
import { UNTOUCHED } from "@/app/_http/form-state";
import { SubmitButton } from "@/components/ui/submit-button";

/** Stops waiting for an analysis. Nothing is lost by it: it can be started again at any time. */
export function CancelForm({ analysisId }: { readonly analysisId: string }): ReactNode {
  const [state, action] = useActionState(cancelAnalysisAction, UNTOUCHED);
  return (
    <form action={action} className="flex flex-col gap-1.5">
      <input type="hidden" name="analysisId" value={analysisId} />
      <SubmitButton variant="secondary" pendingLabel="Canceling…">
        Cancel
      </SubmitButton>
      {state.errors.map(({ message }) => (
        <p key={message} role="alert" className="text-xs font-medium text-danger">
          {message}
        </p>
      ))}
    </form>
  );
}
