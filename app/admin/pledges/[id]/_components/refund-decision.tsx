"use client";

import { useActionState, type ReactNode } from "react";
import { UNTOUCHED } from "@/app/_http/form-state";
import { SubmitButton } from "@/components/ui/submit-button";
import { decideRefundAction } from "../../actions";

/** Approves a large refund or ends it. Who asked for it may only take it back. */
export function RefundDecision({
  pledgeId,
  refundId,
  mine,
  money,
}: {
  readonly pledgeId: string;
  readonly refundId: string;
  readonly mine: boolean;
  /** The amount in words, so that two of them can be told apart. */
  readonly money: string;
}): ReactNode {
  const [state, action] = useActionState(decideRefundAction, UNTOUCHED);
  return (
    <form action={action} className="flex flex-wrap items-center gap-2">
      <input type="hidden" name="pledgeId" value={pledgeId} />
      <input type="hidden" name="refundId" value={refundId} />
      <span className="basis-full text-xs text-muted">
        {mine ? "Somebody else has to approve it." : "It waits for you."}
      </span>
      {mine ? null : (
        <SubmitButton name="decision" value="approve" pendingLabel="Deciding…">
          Approve<span className="sr-only"> the return of {money}</span>
        </SubmitButton>
      )}
      <SubmitButton name="decision" value="end" variant="danger" pendingLabel="Deciding…">
        {mine ? "Take it back" : "Refuse"}
        <span className="sr-only"> the return of {money}</span>
      </SubmitButton>
      <span role="status" className="text-xs text-muted">
        {state.errors[0]?.message ?? ""}
      </span>
    </form>
  );
}
