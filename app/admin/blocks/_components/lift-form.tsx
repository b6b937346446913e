"use client";

import { useActionState, type ReactNode } from "react";
import { UNTOUCHED } from "@/app/_http/form-state";
import { SubmitButton } from "@/components/ui/submit-button";
import { liftBlockAction } from "../actions";

/** Ends a block. */
export function LiftForm({
  blockId,
  pledgeId,
  whom,
}: {
  readonly blockId: string;
  /** The page on which it stands, if it is a pledge's. */
  readonly pledgeId?: string;
  /** So that two of them can be told apart. */
  readonly whom: string;
}): ReactNode {
  const [state, action] = useActionState(liftBlockAction, UNTOUCHED);
  return (
    <form action={action} className="flex flex-wrap items-center gap-2">
      <input type="hidden" name="blockId" value={blockId} />
      {pledgeId ? <input type="hidden" name="pledgeId" value={pledgeId} /> : null}
      <SubmitButton variant="secondary" pendingLabel="Unblocking…">
        Unblock<span className="sr-only"> {whom}</span>
      </SubmitButton>
      <span role="status" className="text-xs text-muted">
        {state.status === "done" ? state.message : (state.errors[0]?.message ?? "")}
      </span>
    </form>
  );
}
