import type { ReactNode } from "react";
import Link from "next/link";
import { classNames } from "./class-names";

const WIDTHS = { form: "max-w-form", reading: "max-w-measure", page: "max-w-page" } as const;

/** The width and breathing space of a page's content. The layout brings <main>. */
export function Page({
  width = "page",
  children,
  className,
}: {
  readonly width?: keyof typeof WIDTHS;
  readonly children: ReactNode;
  readonly className?: string;
}): ReactNode {
  return (
    <div
      className={classNames("mx-auto flex w-full flex-col gap-8 px-4 py-8 sm:px-6 sm:py-12", WIDTHS[width], className)}
    >
      {children}
    </div>
  );
}

export interface Crumb {
  readonly href: string;
  readonly label: string;
}

interface PageHeaderProps {
  readonly title: ReactNode;
  /** One or two sentences: what this page is for. */
  readonly lead?: ReactNode;
  /** The way back up, outermost first. */
  readonly crumbs?: readonly Crumb[];
  readonly actions?: ReactNode;
}

/** The page's one h1, what it is for, and what can be done from here. */
export function PageHeader({ title, lead, crumbs, actions }: PageHeaderProps): ReactNode {
  return (
    <header className="flex flex-col gap-3">
      {crumbs && crumbs.length > 0 ? (
        <nav aria-label="Breadcrumb">
          <ol className="flex flex-wrap gap-x-2 text-xs text-muted">
            {crumbs.map((crumb) => (
              <li key={crumb.href} className="flex gap-2">
                <Link
                  href={crumb.href}
                  className="inline-block py-1 underline decoration-line underline-offset-4 hover:text-ink hover:decoration-current"
                >
                  {crumb.label}
                </Link>
                <span aria-hidden="true" className="py-1">
                  /
                </span>
              </li>
            ))}
          </ol>
        </nav>
      ) : null}
      <div className="flex flex-wrap items-end justify-between gap-x-8 gap-y-4">
        <div className="flex min-w-0 flex-col gap-2">
          <h1 className="text-2xl">{title}</h1>
          {lead ? <p className="max-w-measure text-base text-muted">{lead}</p> : null}
        </div>
        {actions ? <div className="flex flex-wrap gap-2">{actions}</div> : null}
      </div>
    </header>
  );
}
