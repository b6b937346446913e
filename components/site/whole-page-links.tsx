"use client";

import { useEffect } from "react";

/**
 * Has every link of this page load the next one whole. Next's global not-found page stands beside the tree of all
 * other pages: its router changes the address on a click, but goes on showing what is there. Draws nothing.
 */
export function WholePageLinks(): null {
  useEffect(() => {
    // On the window and on the way down: before the router hears of the click, which the browser then follows itself.
    const leaveToBrowser = (event: MouseEvent): void => {
      if (event.target instanceof Element && event.target.closest("a[href]")) event.stopPropagation();
    };
    window.addEventListener("click", leaveToBrowser, true);
    return () => window.removeEventListener("click", leaveToBrowser, true);
  }, []);
  return null;
}
