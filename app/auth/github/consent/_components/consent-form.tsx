"use client";

import { useActionState, type ReactNode } from "react";
import { UNTOUCHED } from "@/app/_http/form-state";
import { ErrorSummary } from "@/components/ui/error-summary";
import { SubmitButton } from "@/components/ui/submit-button";
import { consentAction } from "../actions";

/** Two ways to connect GitHub: with private repositories or without. */
export function ConsentForm({ next, connected }: { readonly next: string; readonly connected: boolean }): ReactNode {
  const [state, action] = useActionState(consentAction, UNTOUCHED);
  return (
    <form action={action} className="flex flex-col gap-4">
      <ErrorSummary errors={state.errors} title="GitHub could not be asked" />
      <input type="hidden" name="next" value={next} />
      <div className="flex flex-col gap-3 sm:flex-row">
        <SubmitButton name="access" value="private" pendingLabel="Going to GitHub…">
          Allow private repositories
        </SubmitButton>
        {connected ? null : (
          <SubmitButton name="access" value="public" variant="secondary" pendingLabel="Going to GitHub…">
            Connect for public ones only
          </SubmitButton>
        )}
      </div>
    </form>
  );
}
