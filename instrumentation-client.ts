import { tellNavigation } from "@/components/site/navigation-start";

/** Next calls it when the router sets out for another page. */
export function onRouterTransitionStart(address: string, kind: "push" | "replace" | "traverse"): void {
  tellNavigation(address, kind);
}
