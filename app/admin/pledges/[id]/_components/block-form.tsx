"use client";

import { useActionState, type ReactNode } from "react";
import { blockCardAction } from "@/app/admin/blocks/actions";
import { fieldError, UNTOUCHED } from "@/app/_http/form-state";
import { ErrorSummary } from "@/components/ui/error-summary";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { SubmitButton } from "@/components/ui/submit-button";

const TIMES = [
  { value: "1", label: "A day" },
  { value: "30", label: "30 days" },
  { value: "90", label: "90 days" },
  { value: "365", label: "A year, the longest there is" },
];

/** Shuts out a card, with the reason for whoever comes later. */
export function BlockForm({
  pledgeId,
  paymentId,
  card,
}: {
  readonly pledgeId: string;
  readonly paymentId: string;
  readonly card: string;
}): ReactNode {
  const [state, action] = useActionState(blockCardAction, UNTOUCHED);
  return (
    <details open={state.status === "failed"}>
      <summary className="touch-target flex w-fit cursor-pointer items-center font-medium underline underline-offset-3">
        Block {card}
      </summary>
      <form action={action} className="flex max-w-form flex-col gap-4 pt-3">
        <ErrorSummary errors={state.errors} title="The card was not blocked" />
        <input type="hidden" name="pledgeId" value={pledgeId} />
        <input type="hidden" name="paymentId" value={paymentId} />
        <Input
          name="reason"
          label="Reason"
          maxLength={500}
          defaultValue={state.values["reason"]}
          error={fieldError(state, "reason")}
          help="Operators see it; the donor does not."
        />
        <Select
          name="days"
          label="For how long"
          defaultValue={state.values["days"] ?? "30"}
          options={TIMES}
          error={fieldError(state, "days")}
          help="It can be ended earlier."
        />
        <p className="text-sm text-muted">
          Nothing that was taken goes back, and a payment that is held still waits for your decision.
        </p>
        <div>
          <SubmitButton variant="danger" pendingLabel="Blocking…">
            Block the card
          </SubmitButton>
        </div>
      </form>
    </details>
  );
}
