"use client";

import { useActionState, type ReactNode } from "react";
import { fieldError, UNTOUCHED } from "@/app/_http/form-state";
import { Alert } from "@/components/ui/alert";
import { Checkbox } from "@/components/ui/choice";
import { ErrorSummary } from "@/components/ui/error-summary";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { SubmitButton } from "@/components/ui/submit-button";
import type { RefundReason } from "@/lib/giving/refund/rules";
import { formatMoney, plainAmount } from "@/lib/kernel/money";
import { askRefundAction } from "../../actions";

const REASONS: readonly { readonly value: RefundReason; readonly label: string }[] = [
  { value: "requested_by_customer", label: "The donor asked for it" },
  { value: "duplicate", label: "It was given twice by mistake" },
  { value: "fraudulent", label: "It was not the card’s owner who gave" },
];

interface RefundFormProps {
  readonly pledgeId: string;
  readonly payment: { readonly id: string; readonly leftMinor: number; readonly currency: string };
  /** Above it somebody else must approve, in minor units. */
  readonly fourEyesAbove: number;
  /** Of this page as it was made: sent twice, it is one refund. */
  readonly formKey: string;
}

/** Gives money back: all that is left, or a part of it. */
export function RefundForm({ pledgeId, payment, fourEyesAbove, formKey }: RefundFormProps): ReactNode {
  const [state, action] = useActionState(askRefundAction, UNTOUCHED);
  const { leftMinor, currency } = payment;
  const done =
    state.status === "done" ? (
      <Alert tone="success" live>
        {state.message}
      </Alert>
    ) : null;
  if (leftMinor < 1)
    return done ?? <p className="text-muted">Everything of it was returned, is on its way, or is disputed.</p>;
  const left = formatMoney(leftMinor, currency);
  return (
    <div className="flex flex-col gap-4">
      {done}
      <details open={state.status === "failed"}>
        <summary className="touch-target flex cursor-pointer items-center font-medium underline underline-offset-3">
          Return up to {left}
        </summary>
        <form action={action} className="flex max-w-form flex-col gap-4 pt-3">
          <ErrorSummary errors={state.errors} title="Nothing was returned" />
          <input type="hidden" name="pledgeId" value={pledgeId} />
          <input type="hidden" name="paymentId" value={payment.id} />
          <input type="hidden" name="currency" value={currency} />
          <input type="hidden" name="formKey" value={formKey} />
          <Input
            // What is left may have changed since it was typed.
            key={leftMinor}
            name="amount"
            label="Amount"
            suffix={currency}
            inputMode="decimal"
            autoComplete="off"
            defaultValue={state.values["amount"] ?? plainAmount(leftMinor, currency)}
            error={fieldError(state, "amount")}
            help={`At most ${left}. Above ${formatMoney(fourEyesAbove, currency)} somebody else has to approve it.`}
          />
          <Select
            name="reason"
            label="Why"
            defaultValue={state.values["reason"] ?? REASONS[0]?.value}
            options={REASONS}
            error={fieldError(state, "reason")}
          />
          <Input
            name="note"
            label="Note"
            optional
            maxLength={1000}
            defaultValue={state.values["note"]}
            error={fieldError(state, "note")}
            help="Kept with the refund, for whoever runs this campaign. The donor does not see it."
          />
          <Checkbox
            name="sure"
            label="I have checked the amount"
            help="It goes back to the card that paid, and the donor is mailed. What has left cannot be called back."
            error={fieldError(state, "sure")}
          />
          <div>
            <SubmitButton variant="danger" pendingLabel="Asking…">
              Return the money
            </SubmitButton>
          </div>
        </form>
      </details>
    </div>
  );
}
