import type { ReactNode } from "react";
import { classNames } from "./class-names";
import { VisuallyHidden } from "./visually-hidden";

/** The shape of what is coming, at its size, so that nothing jumps when it arrives. */
export function Skeleton({ className }: { readonly className?: string }): ReactNode {
  return (
    <span
      aria-hidden="true"
      className={classNames(
        "block animate-[breathe_1.6s_ease-in-out_infinite] rounded-control bg-sunk",
        className ?? "h-4 w-full",
      )}
    />
  );
}

/** A page on its way: a heading and some lines, and words for those who do not see them. */
export function PageSkeleton({
  label = "Loading",
  lines = 4,
}: {
  readonly label?: string;
  readonly lines?: number;
}): ReactNode {
  return (
    <div className="mx-auto flex w-full max-w-page flex-col gap-6 px-4 py-8 sm:px-6 sm:py-12" role="status">
      <VisuallyHidden>{label}</VisuallyHidden>
      <Skeleton className="h-9 w-2/3 max-w-96" />
      <Skeleton className="h-5 w-full max-w-measure" />
      <div className="flex flex-col gap-3 pt-4">
        {Array.from({ length: lines }, (_, line) => (
          <Skeleton key={line} className="h-12 w-full" />
        ))}
      </div>
    </div>
  );
}
