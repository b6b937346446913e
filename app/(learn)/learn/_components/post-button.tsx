"use client";

import { useActionState, type ReactNode } from "react";
import type { FormAction } from "@/app/_http/form-action";
import { UNTOUCHED } from "@/app/_http/form-state";
import type { ButtonVariant } from "@/components/ui/button";
import { SubmitButton } from "@/components/ui/submit-button";
import { VisuallyHidden } from "@/components/ui/visually-hidden";

interface PostButtonProps {
  /** A server action, which authorises itself. */
  readonly action: FormAction;
  readonly fields: Readonly<Record<string, string>>;
  readonly label: string;
  readonly pendingLabel: string;
  /** Said to screen readers after the label, so that many such buttons can be told apart. */
  readonly of?: string;
  readonly variant?: ButtonVariant;
}

/** A button that does one thing, with and without JavaScript; what goes wrong is said beside it. */
export function PostButton({
  action,
  fields,
  label,
  pendingLabel,
  of,
  variant = "secondary",
}: PostButtonProps): ReactNode {
  const [state, send] = useActionState(action, UNTOUCHED);
  return (
    <form action={send} className="flex flex-col gap-1.5">
      {Object.entries(fields).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <SubmitButton variant={variant} pendingLabel={pendingLabel}>
        {label}
        {of ? <VisuallyHidden> {of}</VisuallyHidden> : null}
      </SubmitButton>
      {state.errors.map(({ message }) => (
        <p key={message} role="alert" className="max-w-measure text-xs font-medium text-danger">
          {message}
        </p>
      ))}
    </form>
  );
}
