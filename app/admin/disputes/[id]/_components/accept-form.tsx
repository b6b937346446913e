"use client";

import { useActionState, type ReactNode } from "react";
import { fieldError, UNTOUCHED } from "@/app/_http/form-state";
import { Checkbox } from "@/components/ui/choice";
import { ErrorSummary } from "@/components/ui/error-summary";
import { SubmitButton } from "@/components/ui/submit-button";
import { acceptDisputeAction } from "../../actions";

/** Lets a dispute go: what that means, asked once. */
export function AcceptForm({
  disputeId,
  help,
}: {
  readonly disputeId: string;
  /** What follows, with the amount. */
  readonly help: string;
}): ReactNode {
  const [state, action] = useActionState(acceptDisputeAction, UNTOUCHED);
  return (
    <details open={state.status === "failed"}>
      <summary className="touch-target flex cursor-pointer items-center font-medium underline underline-offset-3">
        Accept it instead
      </summary>
      <form action={action} className="flex max-w-form flex-col gap-4 pt-3">
        <ErrorSummary errors={state.errors} title="Nothing was accepted" />
        <input type="hidden" name="disputeId" value={disputeId} />
        <Checkbox
          name="sureToAccept"
          label="The money may stay with the cardholder"
          help={help}
          error={fieldError(state, "sureToAccept")}
        />
        <SubmitButton variant="danger" pendingLabel="Accepting…">
          Accept the dispute
        </SubmitButton>
      </form>
    </details>
  );
}
