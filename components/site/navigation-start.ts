const EVENT = "devmentor:navigation";

/** Tells who shows it that the router has set out for a page. Back and forward are shown from memory: of them nothing is told. */
export function tellNavigation(address: string, kind: "push" | "replace" | "traverse"): void {
  if (kind === "traverse") return;
  const { pathname, search } = new URL(address, location.href);
  if (pathname === location.pathname && search === location.search) return;
  window.dispatchEvent(new CustomEvent(EVENT, { detail: pathname }));
}

/** Calls `listener` with the path of each page for which the router sets out. @returns what ends it */
export function onNavigation(listener: (pathname: string) => void): () => void {
  const hear = (event: Event): void => listener((event as CustomEvent<string>).detail);
  window.addEventListener(EVENT, hear);
  return () => window.removeEventListener(EVENT, hear);
}
