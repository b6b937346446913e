"use client";

import { useActionState, type ReactNode } from "react";
import { UNTOUCHED } from "@/app/_http/form-state";
import type { ButtonVariant } from "@/components/ui/button";
import { SubmitButton } from "@/components/ui/submit-button";
import { VisuallyHidden } from "@/components/ui/visually-hidden";
import { startAnalysisAction } from "../actions";

interface StartButtonProps {
  readonly repoUrl: string;
  readonly gitRef?: string | undefined;
  /** Said to screen readers after the label, so that many such buttons can be told apart. */
  readonly of: string;
  readonly label: string;
  readonly fresh?: boolean;
  readonly variant?: ButtonVariant;
}

/** A button that analyses one repository; what goes wrong is said beside it. */
export function StartButton({ repoUrl, gitRef, of, label, fresh, variant = "secondary" }: StartButtonProps): ReactNode {
  const [state, action] = useActionState(startAnalysisAction, UNTOUCHED);
  return (
    <form action={action} className="flex flex-col gap-1.5">
      <input type="hidden" name="repoUrl" value={repoUrl} />
      {gitRef ? <input type="hidden" name="ref" value={gitRef} /> : null}
      {fresh ? <input type="hidden" name="fresh" value="yes" /> : null}
      <SubmitButton variant={variant} pendingLabel="Starting…">
        {label} <VisuallyHidden>{of}</VisuallyHidden>
      </SubmitButton>
      {state.errors.map(({ message }) => (
        <p key={message} role="alert" className="max-w-measure text-xs font-medium text-danger">
          {message}
        </p>
      ))}
    </form>
  );
}
