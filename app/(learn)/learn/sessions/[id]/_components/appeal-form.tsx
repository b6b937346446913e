"use client";

import { useActionState, type ReactNode } from "react";
import { fieldError, UNTOUCHED } from "@/app/_http/form-state";
import { ErrorSummary } from "@/components/ui/error-summary";
import { SubmitButton } from "@/components/ui/submit-button";
import { Textarea } from "@/components/ui/textarea";
import { appealAction } from "../../actions";

interface AppealFormProps {
  readonly sessionId: string;
  readonly responseId: string;
}

/** The learner's word against a verdict. */
export function AppealForm({ sessionId, responseId }: AppealFormProps): ReactNode {
  const [state, action] = useActionState(appealAction, UNTOUCHED);
  return (
    <details open={state.status === "failed" || undefined}>
      <summary className="cursor-pointer py-1 text-sm font-medium text-accent-ink underline underline-offset-3">
        Is this verdict wrong?
      </summary>
      <form action={action} className="flex max-w-measure flex-col gap-4 pt-3">
        <ErrorSummary errors={state.errors} title="It was not sent" />
        <input type="hidden" name="sessionId" value={sessionId} />
        <input type="hidden" name="responseId" value={responseId} />
        <Textarea
          name="words"
          label="What did the checks get wrong?"
          help="A person looks at your answer. If you are right, it counts, and all that came after it is counted anew."
          rows={3}
          maxLength={2_000}
          defaultValue={state.values["words"]}
          error={fieldError(state, "words")}
        />
        <SubmitButton variant="secondary" pendingLabel="Sending…">
          Ask for a review
        </SubmitButton>
      </form>
    </details>
  );
}
