"use client";

import { useId, useState, type ReactNode } from "react";
import { Button } from "@/components/ui/button";

/** Something to copy, shown whole so that it can be selected by hand too. */
export function CopyField({ label, value }: { readonly label: string; readonly value: string }): ReactNode {
  const id = useId();
  const [copied, setCopied] = useState(false);
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      <div className="flex gap-2">
        <input
          id={id}
          readOnly
          value={value}
          className="touch-target min-w-0 flex-1 rounded-control border border-control bg-surface px-3 font-mono text-xs"
          onFocus={(event) => event.currentTarget.select()}
        />
        <Button
          className="needs-js shrink-0"
          onClick={() => {
            void navigator.clipboard.writeText(value).then(
              () => setCopied(true),
              // Without leave to write there is still the field to copy from.
              () => setCopied(false),
            );
          }}
        >
          {copied ? "Copied" : "Copy"} <span className="sr-only">{label}</span>
        </Button>
      </div>
      <p role="status" className="sr-only">
        {copied ? `${label}: copied` : ""}
      </p>
    </div>
  );
}
