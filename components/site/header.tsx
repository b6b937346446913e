import type { ReactNode } from "react";
import Link from "next/link";
import { ButtonLink } from "@/components/ui/button";
import { HeaderBehaviour } from "./header-behaviour";
import { Mark } from "./logo";
import { NoticeBell } from "./notice-bell";
import { Navigation } from "./navigation";
import { ACCOUNT_ITEMS, MAIN_ITEMS, NOTICES_ITEM } from "./navigation-items";

const MENU_ID = "site-menu";

/**
 * The head of every page. On a phone the links fold into a <details>, which opens without JavaScript;
 * with it Escape, a click outside and going somewhere close it again.
 */
export function Header(): ReactNode {
  return (
    <header className="border-b border-line">
      <div className="mx-auto flex min-h-14 w-full max-w-page items-center gap-x-1 px-4 lg:gap-x-6 sm:px-6">
        <Link
          href="/"
          className="touch-target -ml-1 flex items-center gap-2.5 rounded-control px-1 font-semibold tracking-tight"
        >
          <Mark className="size-6" />
          DevMentor
        </Link>
        <nav aria-label="Main" className="hidden flex-1 items-center justify-between gap-6 lg:flex">
          <Navigation items={MAIN_ITEMS} direction="row" />
          <div className="flex items-center gap-2">
            <Navigation items={ACCOUNT_ITEMS} direction="row" />
            <span data-viewers="none">
              <ButtonLink href="/login" variant="primary">
                Get started
              </ButtonLink>
            </span>
          </div>
        </nav>
        <div className="ml-auto lg:-ml-4">
          <NoticeBell />
        </div>
        <details id={MENU_ID} className="group lg:hidden">
          <summary className="touch-target flex cursor-pointer list-none items-center gap-2 rounded-control px-3 font-medium select-none hover:bg-sunk [&::-webkit-details-marker]:hidden">
            Menu
            <svg viewBox="0 0 16 16" aria-hidden="true" className="size-4 transition-[rotate] group-open:rotate-180">
              <path
                d="m4 6 4 4 4-4"
                fill="none"
                stroke="currentColor"
                strokeWidth="1.6"
                strokeLinecap="round"
                strokeLinejoin="round"
              />
            </svg>
          </summary>
          <nav
            aria-label="Main"
            className="absolute inset-x-0 z-10 mt-2 border-y border-line bg-surface px-1 py-2 shadow-float sm:px-3"
          >
            <Navigation items={MAIN_ITEMS} direction="column" />
            <div className="mx-3 my-2 border-t border-line" />
            <Navigation items={[NOTICES_ITEM, ...ACCOUNT_ITEMS]} direction="column" />
            <span data-viewers="none" className="block px-3 py-2">
              <ButtonLink href="/login" variant="primary" className="w-full">
                Get started
              </ButtonLink>
            </span>
          </nav>
        </details>
      </div>
      <HeaderBehaviour menuId={MENU_ID} />
    </header>
  );
}
