"use client";

import type { ReactNode } from "react";
import { useFormStatus } from "react-dom";
import { buttonClasses, type ButtonSize, type ButtonVariant } from "./button";
import { Spinner } from "./spinner";

interface SubmitButtonProps {
  readonly children: ReactNode;
  /** What it says while the form is on its way, e.g. "Saving…". */
  readonly pendingLabel?: string;
  readonly variant?: ButtonVariant;
  readonly size?: ButtonSize;
  readonly className?: string;
  /** Sent with the form when this button submits it. */
  readonly name?: string;
  readonly value?: string;
  /** Another action than the form's own. */
  readonly formAction?: (form: FormData) => void | Promise<void>;
}

/**
 * Submits the form it stands in. While the form's action runs it says so and ignores further clicks
 * (`aria-disabled`, so focus stays); without JavaScript it is a plain submit button.
 */
export function SubmitButton({
  children,
  pendingLabel,
  variant = "primary",
  size = "medium",
  className,
  ...rest
}: SubmitButtonProps): ReactNode {
  const { pending } = useFormStatus();
  return (
    <button
      type="submit"
      className={buttonClasses({ variant, size }, className ?? "w-full sm:w-auto sm:self-start")}
      aria-disabled={pending || undefined}
      onClick={(event) => {
        if (pending) event.preventDefault();
      }}
      {...rest}
    >
      {pending ? <Spinner /> : null}
      <span aria-live="polite">{pending ? (pendingLabel ?? children) : children}</span>
    </button>
  );
}
