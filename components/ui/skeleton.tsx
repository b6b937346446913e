import type { ReactNode } from "react";
import { classNames } from "./class-names";

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
