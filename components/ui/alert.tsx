import type { ReactNode } from "react";
import { classNames } from "./class-names";
import { ToneIcon, type Tone } from "./tone-icon";

const TONES: Readonly<Record<Tone, string>> = {
  info: "border-info bg-info-wash",
  success: "border-success bg-success-wash",
  warning: "border-warning bg-warning-wash",
  danger: "border-danger bg-danger-wash",
};

interface AlertProps {
  readonly tone?: Tone;
  readonly title?: ReactNode;
  readonly children?: ReactNode;
  /** What the reader can do about it. */
  readonly action?: ReactNode;
  /** Read out as soon as it appears. Only for what appears after the page has loaded. */
  readonly live?: boolean;
  readonly className?: string;
}

/** What happened, what it means, what to do. Its meaning is in icon and words, never in colour alone. */
export function Alert({ tone = "info", title, children, action, live, className }: AlertProps): ReactNode {
  return (
    <div
      {...(live ? { role: tone === "danger" ? "alert" : "status" } : {})}
      className={classNames("flex gap-3 rounded-control border-l-4 px-4 py-3 text-ink", TONES[tone], className)}
    >
      <ToneIcon tone={tone} />
      <div className="flex min-w-0 flex-1 flex-col gap-1">
        {title ? <p className="font-medium">{title}</p> : null}
        {children ? <div className="max-w-measure">{children}</div> : null}
        {action ? <div className="mt-2 flex flex-wrap gap-2">{action}</div> : null}
      </div>
    </div>
  );
}
