"use client";

import { useActionState, type ReactNode } from "react";
import { fieldError, UNTOUCHED } from "@/app/_http/form-state";
import { ErrorSummary } from "@/components/ui/error-summary";
import { Input } from "@/components/ui/input";
import { SubmitButton } from "@/components/ui/submit-button";
import { startAnalysisAction } from "../actions";

/** A repository by its address. */
export function AddressForm({ hosts }: { readonly hosts: readonly string[] }): ReactNode {
  const [state, action] = useActionState(startAnalysisAction, UNTOUCHED);
  return (
    <form action={action} className="flex flex-col gap-4" noValidate>
      <ErrorSummary errors={state.errors} title="The analysis was not started" />
      <Input
        key={state.values["repoUrl"]}
        name="repoUrl"
        type="url"
        inputMode="url"
        autoComplete="url"
        label="Address of a repository"
        help={`A page such as https://github.com/owner/name. Hosts: ${hosts.join(", ")}.`}
        error={fieldError(state, "repoUrl")}
        defaultValue={state.values["repoUrl"]}
      />
      <Input
        name="ref"
        label="Branch or tag"
        optional
        help="The default branch unless you name another."
        error={fieldError(state, "ref")}
        defaultValue={state.values["ref"]}
        autoCapitalize="none"
        spellCheck={false}
      />
      <SubmitButton pendingLabel="Looking at the repository…">Analyse it</SubmitButton>
    </form>
  );
}
