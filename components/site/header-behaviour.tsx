"use client";

import { useEffect, type ReactNode } from "react";
import { usePathname } from "next/navigation";
import { readHints, rememberViewer, showTheme } from "./hints";
import { viewerOf } from "@/lib/kernel/viewer";

const CHECKED = "viewer-checked";

/** Whoever is signed in, by our own API; null when nobody is. Throws when the server cannot say. */
async function fetchRoles(): Promise<readonly string[] | null> {
  const response = await fetch("/api/v1/me", { headers: { accept: "application/json" } });
  if (response.status === 401) return null;
  if (!response.ok) throw new Error(`/api/v1/me answered ${response.status}`);
  const body: unknown = await response.json();
  const roles = typeof body === "object" && body !== null && "roles" in body ? body.roles : [];
  return Array.isArray(roles) ? roles.filter((role) => typeof role === "string") : [];
}

/**
 * Keeps the header true after the first paint. A navigation inside the app may have signed somebody in or
 * out, so the viewer's hint is compared with the session cookie on each page; the API is asked once in a
 * tab, and only when there is a session, so a visitor costs no request. It also closes the phone's menu.
 */
export function HeaderBehaviour({ menuId }: { readonly menuId: string }): ReactNode {
  // A new key for each page: its effects run once on every one.
  return <OnThisPage key={usePathname()} menuId={menuId} />;
}

function OnThisPage({ menuId }: { readonly menuId: string }): null {
  useEffect(() => {
    const menu = document.getElementById(menuId);
    if (!(menu instanceof HTMLDetailsElement)) return undefined;
    menu.open = false;
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== "Escape" || !menu.open) return;
      menu.open = false;
      menu.querySelector("summary")?.focus();
    };
    const onClick = (event: MouseEvent): void => {
      if (event.target instanceof Node && !menu.contains(event.target)) menu.open = false;
      // A link to an anchor of the same page changes no path.
      if (event.target instanceof Element && event.target.closest("a")) menu.open = false;
    };
    document.addEventListener("keydown", onKey);
    document.addEventListener("click", onClick);
    return () => {
      document.removeEventListener("keydown", onKey);
      document.removeEventListener("click", onClick);
    };
  }, [menuId]);

  useEffect(() => {
    const { viewer, hasSession, theme } = readHints(document.cookie);
    // Signing in brings the account's theme along, without a page load.
    showTheme(theme);
    if (!hasSession) {
      rememberViewer("none");
      sessionStorage.removeItem(CHECKED);
      return;
    }
    rememberViewer(viewer === "none" ? "member" : viewer);
    if (viewer !== "none" && sessionStorage.getItem(CHECKED)) return;
    fetchRoles().then(
      (roles) => {
        rememberViewer(roles ? viewerOf(roles) : "none");
        sessionStorage.setItem(CHECKED, "1");
      },
      // The hint stands: it only chooses links, and the next page asks again.
      () => sessionStorage.removeItem(CHECKED),
    );
  }, []);

  return null;
}
