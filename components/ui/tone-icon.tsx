import type { ReactNode } from "react";
import { classNames } from "./class-names";

export type Tone = "info" | "success" | "warning" | "danger";

const COLOURS: Readonly<Record<Tone, string>> = {
  info: "text-info",
  success: "text-success",
  warning: "text-warning",
  danger: "text-danger",
};

/** A different outline for each tone, so that they can be told apart without colour. */
const OUTLINES: Readonly<Record<Tone, ReactNode>> = {
  info: (
    <>
      <circle cx="10" cy="10" r="8" />
      <path d="M10 9v5M10 6.2v.3" />
    </>
  ),
  success: (
    <>
      <circle cx="10" cy="10" r="8" />
      <path d="m6.5 10.2 2.4 2.4 4.6-5" />
    </>
  ),
  warning: (
    <>
      <path d="M10 2.5 18.5 17h-17L10 2.5Z" />
      <path d="M10 8v4M10 14.4v.2" />
    </>
  ),
  danger: (
    <>
      <path d="M6.7 2h6.6L18 6.7v6.6L13.3 18H6.7L2 13.3V6.7L6.7 2Z" />
      <path d="m7.3 7.3 5.4 5.4M12.7 7.3l-5.4 5.4" />
    </>
  ),
};

export function ToneIcon({ tone, className }: { readonly tone: Tone; readonly className?: string }): ReactNode {
  return (
    <svg
      viewBox="0 0 20 20"
      aria-hidden="true"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.7"
      strokeLinecap="round"
      strokeLinejoin="round"
      className={classNames("mt-0.5 size-5 shrink-0", COLOURS[tone], className)}
    >
      {OUTLINES[tone]}
    </svg>
  );
}
