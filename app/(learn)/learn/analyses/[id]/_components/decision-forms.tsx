"use client";

import { useActionState, type ReactNode } from "react";
import { fieldError, UNTOUCHED } from "@/app/_http/form-state";
import { markFindingAction, restoreFindingAction } from "@/app/(learn)/learn/analyses/[id]/findings/actions";
import { CONTROL_CLASSES, Field } from "@/components/ui/field";
import { SubmitButton } from "@/components/ui/submit-button";
import { VisuallyHidden } from "@/components/ui/visually-hidden";

/** Which finding, and which part of which list the page shows. */
export interface DecisionPlace {
  readonly analysisId: string;
  readonly finding: string;
  /** Said to screen readers, so that many such forms can be told apart. */
  readonly title: string;
  readonly list: "findings" | "vulnerabilities";
  readonly show?: string | undefined;
  readonly from?: number | undefined;
}

function PlaceFields({ analysisId, finding, list, show, from }: DecisionPlace): ReactNode {
  return (
    <>
      <input type="hidden" name="analysisId" value={analysisId} />
      <input type="hidden" name="finding" value={finding} />
      <input type="hidden" name="list" value={list} />
      {show === undefined ? null : <input type="hidden" name="show" value={show} />}
      {from ? <input type="hidden" name="from" value={from} /> : null}
    </>
  );
}

/** Folded away until somebody wants it: why this finding is all right. */
export function MarkForm(place: DecisionPlace): ReactNode {
  const [state, action] = useActionState(markFindingAction, UNTOUCHED);
  const error = fieldError(state, "reason") ?? state.errors[0]?.message;
  return (
    <details open={state.status === "failed"}>
      <summary className="w-fit cursor-pointer py-1 text-sm text-accent-ink underline underline-offset-3">
        Mark as all right <VisuallyHidden>{place.title}</VisuallyHidden>
      </summary>
      <form action={action} className="flex max-w-form flex-col gap-3 pt-2">
        <PlaceFields {...place} />
        <Field
          name={`reason-${place.finding}`}
          label="Why is this all right?"
          help="For you alone, in this and in later analyses of the repository. It stands in your exports."
          error={error}
        >
          {(control) => (
            <textarea
              {...control}
              name="reason"
              rows={2}
              required
              minLength={8}
              maxLength={300}
              defaultValue={state.values["reason"] ?? ""}
              className={CONTROL_CLASSES}
            />
          )}
        </Field>
        <SubmitButton variant="secondary" pendingLabel="Marking…">
          Mark it
        </SubmitButton>
      </form>
    </details>
  );
}

/** Takes the decision back. */
export function RestoreForm({ label = "Undo", ...place }: DecisionPlace & { readonly label?: string }): ReactNode {
  const [state, action] = useActionState(restoreFindingAction, UNTOUCHED);
  return (
    <form action={action} className="flex flex-col gap-1.5">
      <PlaceFields {...place} />
      <SubmitButton variant="secondary" pendingLabel="Undoing…">
        {label} <VisuallyHidden>{place.title}</VisuallyHidden>
      </SubmitButton>
      {state.errors.map(({ message }) => (
        <p key={message} role="alert" className="text-xs font-medium text-danger">
          {message}
        </p>
      ))}
    </form>
  );
}
