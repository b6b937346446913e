"use client";

import { useActionState, type ReactNode } from "react";
import { UNTOUCHED } from "@/app/_http/form-state";
import { SubmitButton } from "@/components/ui/submit-button";
import { resendMailAction } from "../../actions";

export function ResendForm({
  pledgeId,
  mailId,
  label,
}: {
  readonly pledgeId: string;
  readonly mailId: string;
  readonly label: string;
}): ReactNode {
  const [state, action] = useActionState(resendMailAction, UNTOUCHED);
  return (
    <form action={action} className="flex flex-wrap items-center gap-2">
      <input type="hidden" name="pledgeId" value={pledgeId} />
      <input type="hidden" name="mailId" value={mailId} />
      <SubmitButton variant="quiet" pendingLabel="Sending…" className="underline underline-offset-3">
        Send again<span className="sr-only"> ({label})</span>
      </SubmitButton>
      <span role="status" className="text-xs text-muted">
        {state.status === "done" ? state.message : (state.errors[0]?.message ?? "")}
      </span>
    </form>
  );
}
