"use client";

import { useEffect, useRef, type ReactNode } from "react";

/** A heading that takes the focus when it has come, so that those who do not see the page hear what came of their answer. */
export function Arrival({ children }: { readonly children: ReactNode }): ReactNode {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <h1 ref={heading} tabIndex={-1} className="text-2xl focus-visible:outline-none">
      {children}
    </h1>
  );
}
