import type { ReactNode } from "react";

/** The giving half: its accent on everything below. */
export default function GiveLayout({ children }: { readonly children: ReactNode }): ReactNode {
  return (
    <div data-half="giving" className="contents">
      {children}
    </div>
  );
}
