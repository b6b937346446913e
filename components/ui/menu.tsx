"use client";

import type { ReactElement, ReactNode } from "react";
import Link from "next/link";
import { Menu as Base } from "@base-ui/react/menu";

export type MenuEntry =
  | { readonly kind: "link"; readonly href: string; readonly label: string }
  | {
      readonly kind: "action";
      readonly label: string;
      readonly onSelect: () => void;
      readonly danger?: boolean;
      readonly disabled?: boolean;
    }
  | { readonly kind: "separator"; readonly id: string };

interface MenuProps {
  /** The element that opens it, e.g. `<Button>More</Button>`. */
  readonly trigger: ReactElement;
  readonly entries: readonly MenuEntry[];
  readonly align?: "start" | "end";
}

const ITEM =
  "touch-target flex cursor-pointer items-center rounded-control px-3 text-sm no-underline outline-none select-none data-highlighted:bg-sunk data-disabled:cursor-not-allowed data-disabled:text-muted";

/** A short list of things to do or places to go. Arrow keys, Home, End, typing and Escape work. */
export function Menu({ trigger, entries, align = "end" }: MenuProps): ReactNode {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner sideOffset={6} align={align} className="z-20 outline-none">
          <Base.Popup className="min-w-44 rounded-surface border border-line bg-surface p-1 text-ink shadow-float outline-none transition-opacity duration-120 data-ending-style:opacity-0 data-starting-style:opacity-0">
            {entries.map((entry) => {
              if (entry.kind === "separator") return <Base.Separator key={entry.id} className="my-1 h-px bg-line" />;
              if (entry.kind === "link") {
                return (
                  <Base.LinkItem key={entry.href} closeOnClick className={ITEM} render={<Link href={entry.href} />}>
                    {entry.label}
                  </Base.LinkItem>
                );
              }
              return (
                <Base.Item
                  key={entry.label}
                  disabled={entry.disabled ?? false}
                  onClick={entry.onSelect}
                  className={entry.danger ? `${ITEM} text-danger` : ITEM}
                >
                  {entry.label}
                </Base.Item>
              );
            })}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
