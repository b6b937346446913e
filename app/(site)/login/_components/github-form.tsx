"use client";

import { useActionState, type ReactNode } from "react";
import { UNTOUCHED } from "@/app/_http/form-state";
import { ErrorSummary } from "@/components/ui/error-summary";
import { SubmitButton } from "@/components/ui/submit-button";
import { githubAction } from "../actions";

/** One button: to GitHub and back. */
export function GithubForm({ next, label }: { readonly next: string; readonly label: string }): ReactNode {
  const [state, action] = useActionState(githubAction, UNTOUCHED);
  return (
    <form action={action} className="flex flex-col gap-4">
      <ErrorSummary errors={state.errors} title="We could not send you to GitHub" />
      {next ? <input type="hidden" name="next" value={next} /> : null}
      <SubmitButton size="large" variant="secondary" pendingLabel="Going to GitHub…" className="w-full">
        <span className="inline-flex items-center gap-2.5">
          <svg viewBox="0 0 16 16" aria-hidden="true" className="size-5" fill="currentColor">
            <path d="M8 0a8 8 0 0 0-2.53 15.59c.4.07.55-.17.55-.38v-1.34c-2.23.48-2.7-1.07-2.7-1.07-.36-.93-.89-1.17-.89-1.17-.73-.5.06-.49.06-.49.8.06 1.22.83 1.22.83.72 1.22 1.88.87 2.34.66.07-.52.28-.87.5-1.07-1.77-.2-3.64-.89-3.64-3.95 0-.88.31-1.59.82-2.15-.08-.2-.36-1.02.08-2.12 0 0 .67-.21 2.2.82a7.6 7.6 0 0 1 4 0c1.53-1.04 2.2-.82 2.2-.82.44 1.1.16 1.92.08 2.12.51.56.82 1.27.82 2.15 0 3.07-1.87 3.75-3.65 3.95.29.25.54.73.54 1.48v2.2c0 .21.15.46.55.38A8 8 0 0 0 8 0Z" />
          </svg>
          {label}
        </span>
      </SubmitButton>
    </form>
  );
}
