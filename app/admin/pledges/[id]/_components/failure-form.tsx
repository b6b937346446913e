"use client";

import { useActionState, type ReactNode } from "react";
import { fieldError, UNTOUCHED } from "@/app/_http/form-state";
import { ErrorSummary } from "@/components/ui/error-summary";
import { Input } from "@/components/ui/input";
import { SubmitButton } from "@/components/ui/submit-button";
import { settleFailedRefundAction } from "../../actions";

/** How a refund that failed was dealt with, when its money went another way. */
export function FailureForm({
  pledgeId,
  refundId,
}: {
  readonly pledgeId: string;
  readonly refundId: string;
}): ReactNode {
  const [state, action] = useActionState(settleFailedRefundAction, UNTOUCHED);
  return (
    <form action={action} className="flex max-w-form flex-col gap-3 pt-2">
      <ErrorSummary errors={state.errors} title="Nothing was noted" />
      <input type="hidden" name="pledgeId" value={pledgeId} />
      <input type="hidden" name="refundId" value={refundId} />
      <Input
        name="note"
        label="What was done instead"
        maxLength={1000}
        autoComplete="off"
        defaultValue={state.values["note"]}
        error={fieldError(state, "note")}
        help="Such as a bank transfer. It then waits for nobody; what the books say stays."
      />
      <SubmitButton variant="secondary" pendingLabel="Noting…">
        Dealt with
      </SubmitButton>
    </form>
  );
}
