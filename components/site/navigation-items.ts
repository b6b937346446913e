import type { Viewer } from "@/lib/kernel/viewer";

export interface NavigationItem {
  readonly href: string;
  readonly label: string;
  /** Who is shown it. What one may open is decided by the page's own guard. */
  readonly viewers: readonly Viewer[];
}

const EVERYONE: readonly Viewer[] = ["none", "member", "campaign_admin", "operator"];
const SIGNED_IN: readonly Viewer[] = ["member", "campaign_admin", "operator"];

/** The main navigation: places. */
export const MAIN_ITEMS: readonly NavigationItem[] = [
  { href: "/#learning", label: "Learning", viewers: ["none"] },
  { href: "/learn", label: "Learn", viewers: SIGNED_IN },
  { href: "/patterns", label: "Your patterns", viewers: SIGNED_IN },
  { href: "/campaigns", label: "Campaigns", viewers: EVERYONE },
  { href: "/giving", label: "Your giving", viewers: SIGNED_IN },
  { href: "/admin", label: "Administration", viewers: ["campaign_admin", "operator"] },
];

/** The bell beside it; in the phone's menu a line like the others. */
export const NOTICES_ITEM: NavigationItem = { href: "/notifications", label: "Notices", viewers: SIGNED_IN };

/** Beside it: what belongs to the reader. */
export const ACCOUNT_ITEMS: readonly NavigationItem[] = [
  { href: "/login", label: "Sign in", viewers: ["none"] },
  { href: "/settings", label: "Settings", viewers: SIGNED_IN },
];

/** What one viewer sees, in order. */
export function itemsFor(
  viewer: Viewer,
  items: readonly NavigationItem[] = [...MAIN_ITEMS, NOTICES_ITEM, ...ACCOUNT_ITEMS],
): readonly NavigationItem[] {
  return items.filter((item) => item.viewers.includes(viewer));
}

/** Whether a page belongs to a navigation item: the item's own page or one below it. */
export function isCurrent(href: string, path: string): boolean {
  return path === href || path.startsWith(`${href}/`);
}
