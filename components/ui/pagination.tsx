import type { ReactNode } from "react";
import { ButtonLink } from "./button";

interface PaginationProps {
  /** What is paged, e.g. "Analyses". */
  readonly label: string;
  /** Address of the first page, when one is past it. */
  readonly firstHref?: string;
  /** Address of the next page, when there is one. */
  readonly nextHref?: string;
}

/** Keyset pages: onwards, or back to the start. Links, so that each page has an address. */
export function Pagination({ label, firstHref, nextHref }: PaginationProps): ReactNode {
  if (!firstHref && !nextHref) return null;
  return (
    <nav aria-label={`${label}: pages`} className="flex justify-between gap-2">
      {firstHref ? <ButtonLink href={firstHref}>Back to the start</ButtonLink> : <span />}
      {nextHref ? (
        <ButtonLink href={nextHref} rel="next">
          Next page
        </ButtonLink>
      ) : null}
    </nav>
  );
}
