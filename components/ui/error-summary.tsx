"use client";

import { useEffect, useRef, type ReactNode } from "react";
import { fieldId } from "./field";
import { ToneIcon } from "./tone-icon";

export interface SummaryError {
  /** The field's name; without one the error is about the whole form. */
  readonly field?: string | undefined;
  readonly message: string;
}

interface ErrorSummaryProps {
  readonly errors: readonly SummaryError[];
  readonly title?: string;
}

/**
 * Stands above the form, takes focus whenever a new set of errors arrives, and leads to each field.
 * Without JavaScript it is simply there. Renders nothing when there are no errors.
 */
export function ErrorSummary({ errors, title = "Please check what you entered" }: ErrorSummaryProps): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (errors.length > 0) box.current?.focus();
  }, [errors]);
  if (errors.length === 0) return null;
  return (
    <div
      ref={box}
      role="alert"
      tabIndex={-1}
      className="flex gap-3 rounded-control border-2 border-danger bg-surface px-4 py-3"
    >
      <ToneIcon tone="danger" />
      <div>
        <p className="font-semibold">{title}</p>
        <ul className="mt-1 flex flex-col gap-1">
          {errors.map(({ field, message }) => (
            <li key={`${field ?? ""}:${message}`}>
              {field ? (
                <a
                  href={`#${fieldId(field)}`}
                  className="text-danger underline underline-offset-2"
                  onClick={(event) => {
                    const control = document.getElementById(fieldId(field));
                    if (!control) return;
                    event.preventDefault();
                    control.focus();
                  }}
                >
                  {message}
                </a>
              ) : (
                message
              )}
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}
