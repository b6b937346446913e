"use client";

import { useActionState, type ReactNode } from "react";
import { UNTOUCHED } from "@/app/_http/form-state";
import { RadioGroup } from "@/components/ui/choice";
import { ErrorSummary } from "@/components/ui/error-summary";
import { SubmitButton } from "@/components/ui/submit-button";
import { chooseFormat, leaveOnboarding } from "./actions";

const FORMATS = [
  { value: "mixed", label: "Mixed" },
  { value: "text", label: "Mostly words" },
  { value: "diagrams", label: "Mostly drawings" },
  { value: "examples", label: "Mostly examples" },
] as const;

/** How explanations should look. */
export function FormatForm({ chosen }: { readonly chosen: string }): ReactNode {
  const [state, action] = useActionState(chooseFormat, UNTOUCHED);
  return (
    <form action={action} className="flex flex-col gap-4">
      <ErrorSummary errors={state.errors} title="Your choice was not saved" />
      <RadioGroup name="contentFormat" label="Explain things to me with" options={FORMATS} defaultValue={chosen} />
      <SubmitButton pendingLabel="Saving…" className="self-start">
        Save and go on
      </SubmitButton>
    </form>
  );
}

interface LeaveFormProps {
  readonly step: "finish" | "skip";
  readonly label: string;
  /** Beside something else that is to be done first. */
  readonly secondary?: boolean;
}

/** Ends the first-run path: done, or skipped. */
export function LeaveForm({ step, label, secondary }: LeaveFormProps): ReactNode {
  const [state, action] = useActionState(leaveOnboarding, UNTOUCHED);
  return (
    <form action={action} className="flex flex-col gap-4">
      <ErrorSummary errors={state.errors} title="That was not saved" />
      <input type="hidden" name="step" value={step} />
      <SubmitButton variant={step === "skip" ? "quiet" : secondary ? "secondary" : "primary"} className="self-start">
        {label}
      </SubmitButton>
    </form>
  );
}
