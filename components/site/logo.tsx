import type { ReactNode } from "react";

/** The mark: a bracket for code, a bowl for what is given; two halves of one square. Also in app/icon.svg. */
export function Mark({ className }: { readonly className?: string }): ReactNode {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true" className={className}>
      <path
        d="M14 5 4 16l10 11"
        fill="none"
        stroke="var(--color-learning)"
        strokeWidth="5"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
      <path
        d="M18.5 4.6a11.5 11.5 0 0 1 0 22.8V4.6Z"
        fill="var(--color-giving)"
        stroke="var(--color-giving)"
        strokeWidth="2.4"
        strokeLinejoin="round"
      />
    </svg>
  );
}
