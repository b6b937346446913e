import type { ReactNode } from "react";
import { classNames } from "./class-names";
import type { Tone } from "./tone-icon";

export type BadgeTone = Tone | "neutral" | "accent";

const TONES: Readonly<Record<BadgeTone, string>> = {
  neutral: "border-line bg-sunk text-ink",
  accent: "border-transparent bg-accent-wash text-accent-ink",
  info: "border-transparent bg-info-wash text-info",
  success: "border-transparent bg-success-wash text-success",
  warning: "border-transparent bg-warning-wash text-warning",
  danger: "border-transparent bg-danger-wash text-danger",
};

/** A word or two of state. The word carries the meaning; the colour only helps to find it. */
export function Badge({
  tone = "neutral",
  children,
  className,
}: {
  readonly tone?: BadgeTone;
  readonly children: ReactNode;
  readonly className?: string;
}): ReactNode {
  return (
    <span
      className={classNames(
        "figures inline-flex items-center gap-1 rounded-full border px-2 py-px text-xs font-medium whitespace-nowrap",
        TONES[tone],
        className,
      )}
    >
      {children}
    </span>
  );
}
