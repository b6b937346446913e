"use client";

import { useActionState, type ReactNode } from "react";
import { fieldError, UNTOUCHED } from "@/app/_http/form-state";
import { CONTROL_CLASSES, Field } from "@/components/ui/field";
import { SubmitButton } from "@/components/ui/submit-button";
import { VisuallyHidden } from "@/components/ui/visually-hidden";
import { CORRECTION_WORDS } from "@/lib/learning/patterns/rules";
import { MAX_NOTE, type LearnerPatternKind, type PatternCorrection } from "@/lib/learning/patterns/schemas";
import { correctPatternAction, forgetPatternAction } from "../actions";

/** Which pattern, and which part of the list the page shows. */
export interface PatternPlace {
  readonly pattern: string;
  /** Said to screen readers, so that many such forms can be told apart. */
  readonly title: string;
  readonly kind?: LearnerPatternKind | undefined;
  readonly cursor?: string | undefined;
}

const SUMMARY = "w-fit cursor-pointer py-1 text-sm text-accent-ink underline underline-offset-3";

function PlaceFields({ pattern, kind, cursor }: PatternPlace): ReactNode {
  return (
    <>
      <input type="hidden" name="pattern" value={pattern} />
      {kind === undefined ? null : <input type="hidden" name="kind" value={kind} />}
      {cursor === undefined ? null : <input type="hidden" name="cursor" value={cursor} />}
    </>
  );
}

/** Folded away until somebody wants it: what is true of this pattern, and why. */
export function CorrectForm({
  correction,
  note,
  ...place
}: PatternPlace & { readonly correction: PatternCorrection | null; readonly note: string | null }): ReactNode {
  const [state, action] = useActionState(correctPatternAction, UNTOUCHED);
  const options = Object.entries(CORRECTION_WORDS).map(([value, { label }]) => ({ value, label }));
  const general = state.errors.find(({ field }) => field !== "note" && field !== "correction")?.message;
  return (
    <details open={state.status === "failed"}>
      <summary className={SUMMARY}>
        {correction ? "Change what you said" : "Correct this"} <VisuallyHidden>about {place.title}</VisuallyHidden>
      </summary>
      <form action={action} className="flex max-w-form flex-col gap-3 pt-2">
        <PlaceFields {...place} />
        <CorrectionSelect
          id={place.pattern}
          value={state.values["correction"] ?? correction ?? ""}
          options={correction ? [{ value: "", label: "Take back what I said" }, ...options] : options}
          error={fieldError(state, "correction")}
        />
        <Field
          name={`note-${place.pattern}`}
          label="Why"
          optional
          help="For you alone. What you say stands above whatever is seen later."
          error={fieldError(state, "note") ?? general}
        >
          {(control) => (
            <textarea
              {...control}
              name="note"
              rows={2}
              maxLength={MAX_NOTE}
              defaultValue={state.values["note"] ?? note ?? ""}
              className={CONTROL_CLASSES}
            />
          )}
        </Field>
        <SubmitButton variant="secondary" pendingLabel="Saving…">
          Save
        </SubmitButton>
      </form>
    </details>
  );
}

function CorrectionSelect({
  id,
  value,
  options,
  error,
}: {
  readonly id: string;
  readonly value: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly error: string | undefined;
}): ReactNode {
  return (
    <Field name={`correction-${id}`} label="What is true" error={error}>
      {(control) => (
        <select {...control} name="correction" defaultValue={value} className={CONTROL_CLASSES}>
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

/** Says what deleting does before there is a button for it. */
export function ForgetForm(place: PatternPlace): ReactNode {
  const [state, action] = useActionState(forgetPatternAction, UNTOUCHED);
  return (
    <details open={state.status === "failed"}>
      <summary className={SUMMARY}>
        Delete <VisuallyHidden>{place.title}</VisuallyHidden>
      </summary>
      <form action={action} className="flex max-w-measure flex-col gap-3 pt-2">
        <PlaceFields {...place} />
        <p className="text-sm text-muted">
          This deletes the pattern with every place where it was seen, for good. The same code does not bring it back;
          code that changed may. To keep it away, say instead that it is not yours.
        </p>
        <SubmitButton variant="danger" pendingLabel="Deleting…">
          Delete it <VisuallyHidden>{place.title}</VisuallyHidden>
        </SubmitButton>
        {state.errors.map(({ message }) => (
          <p key={message} role="alert" className="text-xs font-medium text-danger">
            {message}
          </p>
        ))}
      </form>
    </details>
  );
}
