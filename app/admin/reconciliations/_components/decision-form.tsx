"use client";

import { useActionState, type ReactNode } from "react";
import { fieldError, UNTOUCHED } from "@/app/_http/form-state";
import { Alert } from "@/components/ui/alert";
import { CONTROL_CLASSES, Field } from "@/components/ui/field";
import { SubmitButton } from "@/components/ui/submit-button";
import { decideDiscrepancyAction } from "../actions";

/** What became of a difference. */
export function DecisionForm({
  discrepancyId,
  what,
}: {
  readonly discrepancyId: string;
  /** So that two of them can be told apart. */
  readonly what: string;
}): ReactNode {
  const [state, action] = useActionState(decideDiscrepancyAction, UNTOUCHED);
  if (state.status === "done")
    return (
      <Alert tone="success" live>
        {state.message}
      </Alert>
    );
  const general = state.errors.find(({ field }) => field !== "note");
  return (
    <form action={action} className="flex flex-col gap-3">
      {general ? (
        <Alert tone="danger" title="Nothing was decided" live>
          {general.message}
        </Alert>
      ) : null}
      <input type="hidden" name="discrepancyId" value={discrepancyId} />
      <Field
        name={`note-${discrepancyId}`}
        label="What was done, or why it may stay"
        error={fieldError(state, "note")}
        className="max-w-form"
      >
        {(control) => (
          <textarea
            {...control}
            name="note"
            rows={2}
            maxLength={1000}
            required
            defaultValue={state.values["note"] ?? ""}
            className={CONTROL_CLASSES}
          />
        )}
      </Field>
      <div className="flex flex-wrap gap-2">
        <SubmitButton name="decision" value="resolved" pendingLabel="Deciding…">
          Dealt with<span className="sr-only">: {what}</span>
        </SubmitButton>
        <SubmitButton name="decision" value="dismissed" variant="secondary" pendingLabel="Deciding…">
          May stay<span className="sr-only">: {what}</span>
        </SubmitButton>
      </div>
    </form>
  );
}
