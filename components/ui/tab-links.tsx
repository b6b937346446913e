import type { ReactNode } from "react";
import Link from "next/link";

interface TabLinksProps {
  readonly label: string;
  readonly items: readonly { readonly href: string; readonly label: ReactNode }[];
  /** The `href` of the page one is on. */
  readonly current: string;
  /** Tabs further down a page: choosing one does not go to its top. */
  readonly keepPlace?: boolean;
}

/** Tabs that are pages: each has its address and works without JavaScript. */
export function TabLinks({ label, items, current, keepPlace }: TabLinksProps): ReactNode {
  return (
    <nav aria-label={label} className="overflow-x-auto border-b border-line">
      <ul className="flex">
        {items.map((item) => (
          <li key={item.href}>
            <Link
              href={item.href}
              scroll={!keepPlace}
              aria-current={item.href === current ? "page" : undefined}
              className="touch-target -mb-px flex items-center border-b-2 border-transparent px-3.5 whitespace-nowrap text-muted transition-colors hover:text-ink focus-visible:-outline-offset-2 aria-[current=page]:border-accent aria-[current=page]:font-medium aria-[current=page]:text-ink"
            >
              {item.label}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
