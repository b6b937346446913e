"use client";

import type { ReactNode } from "react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { classNames } from "@/components/ui/class-names";
import { isCurrent, type NavigationItem } from "./navigation-items";

interface NavigationProps {
  readonly items: readonly NavigationItem[];
  readonly direction: "row" | "column";
}

/**
 * Links of the header. All of them are in the page; `data-viewers` lets CSS pick those of the reader. A client
 * component only to know the current page.
 */
export function Navigation({ items, direction }: NavigationProps): ReactNode {
  const path = usePathname();
  return (
    <ul className={classNames("flex", direction === "row" ? "items-center gap-1" : "flex-col")}>
      {items.map((item) => (
        <li key={item.href} data-viewers={item.viewers.join(" ")}>
          <Link
            href={item.href}
            aria-current={isCurrent(item.href, path) ? "page" : undefined}
            className={classNames(
              "touch-target flex items-center rounded-control px-3 text-muted transition-colors hover:bg-sunk hover:text-ink",
              "aria-[current=page]:font-medium aria-[current=page]:text-ink",
              direction === "column" && "text-base",
            )}
          >
            {item.label}
          </Link>
        </li>
      ))}
    </ul>
  );
}
