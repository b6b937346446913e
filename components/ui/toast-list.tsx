"use client";

import { useEffect, type ReactNode } from "react";
import { Toast } from "@base-ui/react/toast";
import { buttonClasses } from "./button";
import { takeNotices } from "./notices";
import { ToneIcon, type Tone } from "./tone-icon";

const TONES: readonly Tone[] = ["info", "success", "warning", "danger"];

/** Long enough to read twice; one with something to do stays longer. Hovering and focus stop the clock. */
const SHOWN_MS = 6_000;
const SHOWN_WITH_ACTION_MS = 12_000;

/** The notices in sight. F6 leads to them, Escape and the cross close one. */
export function ToastList(): ReactNode {
  return (
    <Toast.Provider limit={3}>
      <Toast.Portal>
        <Toast.Viewport className="fixed right-4 bottom-4 z-30 flex w-[calc(100vw-2rem)] max-w-96 flex-col gap-2 outline-none">
          <Items />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function Items(): ReactNode {
  const { toasts, add } = Toast.useToastManager();
  useEffect(
    () =>
      takeNotices((notice) => {
        add({
          title: notice.title,
          description: notice.detail,
          type: notice.tone ?? "info",
          priority: notice.tone === "danger" ? "high" : "low",
          timeout: notice.action ? SHOWN_WITH_ACTION_MS : SHOWN_MS,
          ...(notice.action ? { actionProps: { children: notice.action.label, onClick: notice.action.onSelect } } : {}),
        });
      }),
    [add],
  );
  return toasts.map((toast) => (
    <Toast.Root
      key={toast.id}
      toast={toast}
      className="rounded-surface border border-line bg-surface text-ink shadow-float transition-[opacity,translate] duration-200 data-ending-style:opacity-0 data-limited:hidden data-starting-style:translate-y-3 data-starting-style:opacity-0"
    >
      <Toast.Content className="flex gap-3 p-3.5">
        <ToneIcon tone={TONES.find((tone) => tone === toast.type) ?? "info"} />
        <div className="min-w-0 flex-1">
          <Toast.Title className="font-medium" />
          <Toast.Description className="text-muted" />
          {toast.actionProps ? <Toast.Action className={buttonClasses({ variant: "secondary" }, "mt-2")} /> : null}
        </div>
        <Toast.Close
          aria-label="Dismiss"
          className="-m-2 flex size-9 shrink-0 cursor-pointer items-center justify-center rounded-control text-muted hover:bg-sunk hover:text-ink"
        >
          <svg viewBox="0 0 16 16" aria-hidden="true" className="size-4">
            <path d="m3.5 3.5 9 9m0-9-9 9" stroke="currentColor" strokeWidth="1.6" strokeLinecap="round" />
          </svg>
        </Toast.Close>
      </Toast.Content>
    </Toast.Root>
  ));
}
