"use client";

import { useActionState, type ReactNode } from "react";
import { UNTOUCHED } from "@/app/_http/form-state";
import { SubmitButton } from "@/components/ui/submit-button";
import { askVulnerabilitiesAction } from "./actions";

/** The one place where somebody says that the names may leave; the page around it says which and where to. */
export function AskForm({ analysisId, label }: { readonly analysisId: string; readonly label: string }): ReactNode {
  const [state, action] = useActionState(askVulnerabilitiesAction, UNTOUCHED);
  return (
    <form action={action} className="flex flex-col gap-2">
      <input type="hidden" name="analysisId" value={analysisId} />
      <SubmitButton pendingLabel="Sending…">{label}</SubmitButton>
      {state.errors.map(({ message }) => (
        <p key={message} role="alert" className="max-w-measure text-xs font-medium text-danger">
          {message}
        </p>
      ))}
    </form>
  );
}
