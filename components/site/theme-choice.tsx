"use client";

import { useSyncExternalStore, type ReactNode } from "react";
import { themeOf, THEMES, type Theme } from "@/lib/kernel/viewer";
import { rememberTheme } from "./hints";

const LABELS: Readonly<Record<Theme, string>> = { system: "System", light: "Light", dark: "Dark" };

/** The truth is the attribute on <html>, which the first-paint script sets and settings may change too. */
function subscribe(listener: () => void): () => void {
  const observer = new MutationObserver(listener);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  return () => observer.disconnect();
}
const current = (): Theme => themeOf(document.documentElement.dataset["theme"]);
const unknown = (): null => null;

/** System, light or dark, for this browser. Hidden without JavaScript, where the system's choice holds. */
export function ThemeChoice(): ReactNode {
  const theme = useSyncExternalStore<Theme | null>(subscribe, current, unknown);
  return (
    <fieldset className="needs-js flex items-center gap-3">
      <legend className="float-left mr-3 text-muted">Theme</legend>
      <div className="inline-flex rounded-control border border-control">
        {THEMES.map((each) => (
          <label
            key={each}
            className="touch-target flex cursor-pointer items-center border-l border-control px-3 text-xs first:rounded-l-control first:border-l-0 last:rounded-r-control has-checked:bg-ink has-checked:text-paper has-focus-visible:outline-2 has-focus-visible:outline-offset-2"
          >
            <input
              type="radio"
              name="site-theme"
              value={each}
              checked={theme === each}
              onChange={() => rememberTheme(each)}
              className="sr-only"
            />
            {LABELS[each]}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
