"use client";

import type { ReactNode } from "react";
import { Tabs as Base } from "@base-ui/react/tabs";

export interface TabItem {
  readonly value: string;
  readonly label: ReactNode;
  readonly content: ReactNode;
}

interface TabsProps {
  /** Names the group for screen readers. */
  readonly label: string;
  readonly items: readonly TabItem[];
  readonly defaultValue?: string;
  readonly onChange?: (value: string) => void;
}

/** Views of one subject, one at a time. Arrow keys move; panels stay in the page so that find works after a visit. */
export function Tabs({ label, items, defaultValue, onChange }: TabsProps): ReactNode {
  const first = defaultValue ?? items[0]?.value;
  return (
    <Base.Root
      {...(first === undefined ? {} : { defaultValue: first })}
      {...(onChange ? { onValueChange: (value: unknown) => onChange(String(value)) } : {})}
    >
      <Base.List aria-label={label} className="flex overflow-x-auto border-b border-line">
        {items.map((item) => (
          <Base.Tab
            key={item.value}
            value={item.value}
            className="touch-target -mb-px cursor-pointer border-b-2 border-transparent px-3.5 whitespace-nowrap text-muted transition-colors hover:text-ink focus-visible:-outline-offset-2 data-active:border-accent data-active:font-medium data-active:text-ink"
          >
            {item.label}
          </Base.Tab>
        ))}
      </Base.List>
      {items.map((item) => (
        <Base.Panel key={item.value} value={item.value} className="pt-5">
          {item.content}
        </Base.Panel>
      ))}
    </Base.Root>
  );
}
