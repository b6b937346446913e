import type { ComponentProps, ReactNode } from "react";
import Link from "next/link";
import { classNames } from "./class-names";

export type ButtonVariant = "primary" | "secondary" | "quiet" | "danger";
export type ButtonSize = "medium" | "large";

const BASE =
  "touch-target inline-flex items-center justify-center gap-2 rounded-control border font-medium no-underline " +
  "transition-colors select-none cursor-pointer disabled:cursor-not-allowed disabled:opacity-60 aria-disabled:cursor-not-allowed aria-disabled:opacity-60";

const VARIANTS: Readonly<Record<ButtonVariant, string>> = {
  primary:
    "border-transparent bg-accent text-on-accent hover:bg-[color-mix(in_oklch,var(--half)_88%,var(--color-ink))]",
  secondary: "border-control bg-surface text-ink hover:bg-sunk",
  quiet: "border-transparent bg-transparent text-ink hover:bg-sunk",
  danger:
    "border-transparent bg-danger-fill text-on-danger hover:bg-[color-mix(in_oklch,var(--color-danger-fill)_88%,var(--color-ink))]",
};

const SIZES: Readonly<Record<ButtonSize, string>> = {
  medium: "px-3.5 py-1.5 text-sm",
  large: "min-h-12 px-5 py-2.5 text-base",
};

interface Looks {
  readonly variant?: ButtonVariant;
  readonly size?: ButtonSize;
}

/** The classes of a button, for an element that must look like one. */
export function buttonClasses({ variant = "secondary", size = "medium" }: Looks = {}, extra?: string): string {
  return classNames(BASE, VARIANTS[variant], SIZES[size], extra);
}

/** A button; `type="button"` unless told, so that it never submits by accident. In a form use SubmitButton. */
export function Button({
  variant,
  size,
  className,
  type = "button",
  ...rest
}: ComponentProps<"button"> & Looks): ReactNode {
  return <button type={type} className={buttonClasses(looks(variant, size), className)} {...rest} />;
}

/** A link that looks like a button: for going somewhere, never for doing something. */
export function ButtonLink({ variant, size, className, ...rest }: ComponentProps<typeof Link> & Looks): ReactNode {
  return <Link className={buttonClasses(looks(variant, size), className)} {...rest} />;
}

function looks(variant: ButtonVariant | undefined, size: ButtonSize | undefined): Looks {
  return { ...(variant ? { variant } : {}), ...(size ? { size } : {}) };
}
