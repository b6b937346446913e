"use client";

import { useActionState, type ReactNode } from "react";
import { UNTOUCHED } from "@/app/_http/form-state";
import { Alert } from "@/components/ui/alert";
import { ErrorSummary } from "@/components/ui/error-summary";
import { SubmitButton } from "@/components/ui/submit-button";
import { allowOwnCodeAction, disallowOwnCodeAction } from "./actions";

interface ConsentFormProps {
  readonly allowed: boolean;
  readonly wording: { readonly version: number; readonly points: readonly string[] };
}

/** What is agreed to, and the button that says so; or the one that takes it back. */
export function OwnCodeConsentForm({ allowed, wording }: ConsentFormProps): ReactNode {
  const [state, action] = useActionState(allowed ? disallowOwnCodeAction : allowOwnCodeAction, UNTOUCHED);
  return (
    <form action={action} className="flex flex-col gap-4" noValidate>
      <ErrorSummary errors={state.errors} title="Nothing was changed" />
      {allowed ? (
        <p className="max-w-measure text-muted">
          Taking it back deletes what is kept of your code, and the exercises made of it, at once and for good. What you
          learned stays.
        </p>
      ) : (
        <>
          <input type="hidden" name="wording" value={wording.version} />
          <ul className="flex max-w-measure list-disc flex-col gap-2 pl-5">
            {wording.points.map((point) => (
              <li key={point}>{point}</li>
            ))}
          </ul>
        </>
      )}
      <div>
        <SubmitButton variant={allowed ? "secondary" : "primary"} pendingLabel={allowed ? "Deleting…" : "Saving…"}>
          {allowed ? "Take it back and delete" : "Allow exercises from my code"}
        </SubmitButton>
      </div>
      {state.status === "done" && state.message ? (
        <Alert tone="success" live>
          {state.message}
        </Alert>
      ) : null}
    </form>
  );
}
