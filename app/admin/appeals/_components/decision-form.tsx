"use client";

import { useActionState, type ReactNode } from "react";
import { fieldError, UNTOUCHED } from "@/app/_http/form-state";
import { Alert } from "@/components/ui/alert";
import { CONTROL_CLASSES, Field } from "@/components/ui/field";
import { SubmitButton } from "@/components/ui/submit-button";
import { REASON_MAX } from "@/lib/learning/review/schemas";
import { decideAppealAction } from "../actions";

interface DecisionFormProps {
  readonly answer: string;
  /** Which part of the list the page shows. */
  readonly cursor: string | undefined;
  readonly appealed: boolean;
}

/** The reason, and the two ways to decide. */
export function DecisionForm({ answer, cursor, appealed }: DecisionFormProps): ReactNode {
  const [state, action] = useActionState(decideAppealAction, UNTOUCHED);
  const general = state.errors.find(({ field }) => field !== "reason")?.message;
  return (
    <form action={action} className="flex max-w-form flex-col gap-3">
      {general ? (
        <Alert tone="danger" live>
          {general}
        </Alert>
      ) : null}
      <input type="hidden" name="answer" value={answer} />
      {cursor === undefined ? null : <input type="hidden" name="cursor" value={cursor} />}
      <Field
        name={`reason-${answer}`}
        label="Why"
        help="The learner reads it, so speak to them."
        error={fieldError(state, "reason")}
      >
        {(control) => (
          <textarea
            {...control}
            name="reason"
            rows={3}
            maxLength={REASON_MAX}
            defaultValue={state.values["reason"] ?? ""}
            className={CONTROL_CLASSES}
          />
        )}
      </Field>
      <div className="flex flex-wrap gap-2">
        <SubmitButton name="decision" value="upheld" pendingLabel="Deciding…">
          {appealed ? "Uphold the appeal: it passed" : "It passed"}
        </SubmitButton>
        <SubmitButton name="decision" value="dismissed" variant="secondary" pendingLabel="Deciding…">
          {appealed ? "Dismiss the appeal" : "It has not passed"}
        </SubmitButton>
      </div>
    </form>
  );
}
