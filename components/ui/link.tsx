import type { ComponentProps, ReactNode } from "react";
import Link from "next/link";
import { classNames } from "./class-names";

const TEXT_LINK =
  "rounded-sm text-accent-ink underline decoration-[color-mix(in_oklch,currentColor_45%,transparent)] underline-offset-3 hover:decoration-current hover:decoration-2";

/** A link in running text, within the product. */
export function TextLink({ className, ...rest }: ComponentProps<typeof Link>): ReactNode {
  return <Link className={classNames(TEXT_LINK, className)} {...rest} />;
}

/** A link to somewhere else; it opens there, in the same tab, like every link on the web. */
export function ExternalLink({ className, children, ...rest }: Omit<ComponentProps<"a">, "target">): ReactNode {
  return (
    <a className={classNames(TEXT_LINK, className)} rel="noopener" {...rest}>
      {children}
      <svg viewBox="0 0 12 12" aria-hidden="true" className="mb-px ml-0.5 inline size-[0.7em]">
        <path
          d="M3.5 2.5h6v6M9.5 2.5l-7 7"
          fill="none"
          stroke="currentColor"
          strokeWidth="1.4"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      </svg>
    </a>
  );
}
