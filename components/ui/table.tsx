import type { ComponentProps, ReactNode } from "react";
import { classNames } from "./class-names";

interface TableProps {
  /** Says what the table holds; read out, and shown when `showCaption`. */
  readonly caption: string;
  readonly showCaption?: boolean;
  readonly children: ReactNode;
  readonly className?: string;
}

/**
 * Rows by lines, not boxes. Scrolls sideways by itself on a narrow screen, by keyboard too; `relative`, so that words for screen readers
 * in its cells scroll with it and do not widen the page.
 */
export function Table({ caption, showCaption, children, className }: TableProps): ReactNode {
  return (
    <div role="region" aria-label={caption} tabIndex={0} className="relative overflow-x-auto">
      <table className={classNames("w-full border-collapse text-left", className)}>
        <caption className={showCaption ? "px-3 pb-2 text-left text-xs text-muted" : "sr-only"}>{caption}</caption>
        {children}
      </table>
    </div>
  );
}

type CellProps = { readonly numeric?: boolean };

/** A column's heading. */
export function Th({ numeric, className, scope = "col", ...rest }: ComponentProps<"th"> & CellProps): ReactNode {
  return (
    <th
      scope={scope}
      className={classNames(
        "border-b border-control px-3 py-2 text-xs font-medium text-muted",
        numeric && "text-right",
        className,
      )}
      {...rest}
    />
  );
}

/** A cell; numbers stand right, so that their digits line up. */
export function Td({ numeric, className, ...rest }: ComponentProps<"td"> & CellProps): ReactNode {
  return (
    <td
      className={classNames("border-b border-line px-3 py-2.5 align-top", numeric && "text-right", className)}
      {...rest}
    />
  );
}

/** The cell that names its row. */
export function RowHeader({ className, ...rest }: ComponentProps<"th">): ReactNode {
  return (
    <th
      scope="row"
      className={classNames("border-b border-line px-3 py-2.5 text-left align-top font-medium", className)}
      {...rest}
    />
  );
}
