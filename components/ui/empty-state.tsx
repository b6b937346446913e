import type { ReactNode } from "react";
import { classNames } from "./class-names";

interface EmptyStateProps {
  readonly title: ReactNode;
  /** Why it is empty and what would fill it. */
  readonly children?: ReactNode;
  readonly action?: ReactNode;
  /** The level of the title; 2 unless told. */
  readonly level?: 2 | 3;
  readonly className?: string;
}

/** Stands where a list would: says why there is nothing and what to do about it. */
export function EmptyState({ title, children, action, level = 2, className }: EmptyStateProps): ReactNode {
  const Heading = level === 2 ? "h2" : "h3";
  return (
    <div
      className={classNames(
        "flex flex-col items-start gap-2 rounded-surface border border-dashed border-control px-5 py-8 sm:px-8",
        className,
      )}
    >
      <Heading className="text-lg font-semibold">{title}</Heading>
      {children ? <div className="max-w-measure text-muted">{children}</div> : null}
      {action ? <div className="mt-3 flex flex-wrap gap-2">{action}</div> : null}
    </div>
  );
}
