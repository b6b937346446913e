"use client";

import { usePathname } from "next/navigation";
import { useEffect, useState, type ReactNode } from "react";
import { onNavigation } from "./navigation-start";
import { shapeOf } from "./loading-shapes";

/** What comes sooner is not announced: a flash of grey is worse than a moment's stillness. */
const PATIENCE_MS = 200;
/** How often is looked whether the address has changed. */
const LOOK_MS = 50;
/** A navigation that ended without coming to anything: the page that was there stands again. */
const MOST_MS = 20_000;

interface Leaving {
  readonly from: string;
  readonly to: string;
}

/**
 * Between a click and the next page: the shape of what is coming, at its size. It stands in the browser and not, as `loading.tsx`
 * would, in the answer: so pages come whole without JavaScript too, prerendered ones stay prerendered, and an address that
 * leads nowhere is still a 404.
 */
export function LoadingFrame({ children }: { readonly children: ReactNode }): ReactNode {
  const pathname = usePathname();
  const [leaving, setLeaving] = useState<Leaving | null>(null);
  useEffect(() => watchNavigations(setLeaving), []);
  const shape = leaving?.from === pathname ? shapeOf(leaving.to) : null;
  // Within one page (another tab of a list, its next page) the old stays in sight, a little paler.
  const pale = leaving?.from === pathname && leaving.to === pathname;
  const waiting = shape !== null && !pale;
  return (
    <>
      {waiting ? (
        <div role="status" data-testid="loading" data-half={leaving?.to.startsWith("/admin") ? undefined : "giving"}>
          <h1 className="sr-only">Loading</h1>
          {shape}
        </div>
      ) : null}
      <div
        aria-busy={pale || undefined}
        className={waiting ? "hidden" : pale ? "opacity-60 transition-opacity" : "contents"}
      >
        {children}
      </div>
    </>
  );
}

/** Says for where the page is being left, and null once it has been, or after all was not. */
function watchNavigations(say: (leaving: Leaving | null) => void): () => void {
  let delay: ReturnType<typeof setTimeout> | undefined;
  let look: ReturnType<typeof setInterval> | undefined;
  const stop = (): void => {
    clearTimeout(delay);
    clearInterval(look);
    say(null);
  };
  const end = onNavigation((to) => {
    stop();
    const address = location.pathname + location.search;
    const began = Date.now();
    const from = location.pathname;
    delay = setTimeout(() => say({ from, to }), PATIENCE_MS);
    look = setInterval(() => {
      if (location.pathname + location.search !== address || Date.now() - began > MOST_MS) stop();
    }, LOOK_MS);
  });
  return () => {
    end();
    stop();
  };
}
