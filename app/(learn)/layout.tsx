import type { ReactNode } from "react";

/** The learning half: its accent on everything below. */
export default function LearnLayout({ children }: { readonly children: ReactNode }): ReactNode {
  return (
    <div data-half="learning" className="contents">
      {children}
    </div>
  );
}
