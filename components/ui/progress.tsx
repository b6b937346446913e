import type { ReactNode } from "react";
import { classNames } from "./class-names";

interface ProgressProps {
  readonly label: ReactNode;
  /** Share done, 0 to 1; null when it cannot be known. */
  readonly value: number | null;
  /** What it says beside the label, e.g. "120 of 340 files". A percentage unless told. */
  readonly text?: string;
  /** Id for the label, needed when two bars on a page have the same words. */
  readonly id: string;
  readonly className?: string;
}

const PERCENT = new Intl.NumberFormat("en", { style: "percent" });

/** How far something has come. Words beside the bar say the same. */
export function Progress({ label, value, text, id, className }: ProgressProps): ReactNode {
  const share = value === null ? null : Math.min(1, Math.max(0, value));
  const words = text ?? (share === null ? "" : PERCENT.format(share));
  return (
    <div className={classNames("flex flex-col gap-1.5", className)}>
      <div className="flex items-baseline justify-between gap-4">
        <span id={id}>{label}</span>
        <span className="figures text-xs text-muted">{words}</span>
      </div>
      <div
        role="progressbar"
        aria-labelledby={id}
        aria-valuemin={0}
        aria-valuemax={100}
        {...(share === null ? {} : { "aria-valuenow": Math.round(share * 100) })}
        {...(words ? { "aria-valuetext": words } : {})}
        className="h-2 overflow-hidden rounded-full border border-control bg-sunk"
      >
        <div
          className={classNames(
            "h-full bg-accent",
            share === null ? "w-1/3 animate-[slide_1.4s_ease-in-out_infinite]" : "transition-[width] duration-200",
          )}
          style={share === null ? undefined : { width: `${share * 100}%` }}
        />
      </div>
    </div>
  );
}
