import type { ReactNode } from "react";
import Link from "next/link";
import { ThemeChoice } from "./theme-choice";

const LINKS = [
  { href: "/#learning", label: "Learning" },
  { href: "/#giving", label: "Giving" },
  { href: "/campaigns", label: "Campaigns" },
  { href: "/privacy", label: "Privacy" },
] as const;

const LINK =
  "inline-flex min-h-11 items-center underline decoration-line underline-offset-4 hover:text-ink hover:decoration-current sm:min-h-8";

/** The foot of every page. */
export function Footer(): ReactNode {
  return (
    <footer className="border-t border-line text-muted">
      <div className="mx-auto flex w-full max-w-page flex-wrap items-center justify-between gap-x-10 gap-y-4 px-4 py-8 sm:px-6">
        <nav aria-label="Footer">
          <ul className="flex flex-wrap gap-x-6">
            {LINKS.map((link) => (
              <li key={link.href}>
                <Link href={link.href} className={LINK}>
                  {link.label}
                </Link>
              </li>
            ))}
            <li>
              <Link href="/api/openapi.json" prefetch={false} className={LINK}>
                API description
              </Link>
            </li>
          </ul>
        </nav>
        <ThemeChoice />
      </div>
    </footer>
  );
}
