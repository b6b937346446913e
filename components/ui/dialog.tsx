"use client";

import type { ReactElement, ReactNode } from "react";
import { Dialog as Base } from "@base-ui/react/dialog";
import { AlertDialog } from "@base-ui/react/alert-dialog";
import { buttonClasses } from "./button";
import { SubmitButton } from "./submit-button";

const BACKDROP =
  "fixed inset-0 bg-scrim transition-opacity duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0";
const POPUP =
  "fixed top-1/2 left-1/2 flex max-h-[calc(100dvh-2rem)] w-[calc(100vw-2rem)] max-w-form -translate-x-1/2 -translate-y-1/2 flex-col gap-4 overflow-y-auto " +
  "rounded-surface border border-line bg-surface p-5 text-ink shadow-float transition-[scale,opacity] duration-150 " +
  "data-ending-style:scale-98 data-ending-style:opacity-0 data-starting-style:scale-98 data-starting-style:opacity-0";

interface DialogProps {
  /** The element that opens it, e.g. `<Button>Add</Button>`. Leave it out when `open` is controlled from outside. */
  readonly trigger?: ReactElement;
  readonly title: string;
  readonly description?: ReactNode;
  readonly children: ReactNode;
  readonly open?: boolean;
  readonly onOpenChange?: (open: boolean) => void;
}

/** Something short to do without leaving the page. Escape and the backdrop close it; focus returns. */
export function Dialog({ trigger, title, description, children, open, onOpenChange }: DialogProps): ReactNode {
  return (
    <Base.Root
      {...(open === undefined ? {} : { open })}
      {...(onOpenChange ? { onOpenChange: (next: boolean) => onOpenChange(next) } : {})}
    >
      {trigger ? <Base.Trigger render={trigger} /> : null}
      <Base.Portal>
        <Base.Backdrop className={BACKDROP} />
        <Base.Popup className={POPUP}>
          <div className="flex items-start justify-between gap-4">
            <Base.Title className="text-lg">{title}</Base.Title>
            <Base.Close
              aria-label="Close"
              className="-m-2 flex size-11 shrink-0 cursor-pointer items-center justify-center rounded-control text-muted hover:bg-sunk hover:text-ink"
            >
              <svg viewBox="0 0 16 16" aria-hidden="true" className="size-4">
                <path d="m3.5 3.5 9 9m0-9-9 9" stroke="currentColor" strokeWidth="1.6" strokeLinecap="round" />
              </svg>
            </Base.Close>
          </div>
          {description ? <Base.Description className="text-muted">{description}</Base.Description> : null}
          {children}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

/** Closes the dialog it stands in. */
export function DialogClose({ children }: { readonly children: ReactNode }): ReactNode {
  return <Base.Close className={buttonClasses({ variant: "secondary" })}>{children}</Base.Close>;
}

interface ConfirmDialogProps {
  readonly trigger: ReactElement;
  /** A question, e.g. "Delete your account?". */
  readonly title: string;
  /** What will happen, and whether it can be undone. */
  readonly description: ReactNode;
  /** The verb, e.g. "Delete account". */
  readonly confirmLabel: string;
  readonly cancelLabel?: string;
  /** The server action, or what to do in the browser. */
  readonly action: (form: FormData) => void | Promise<void>;
  /** Hidden values and further fields of the form. */
  readonly children?: ReactNode;
}

/** Asks once before a destructive act. Focus starts on the way out; only the named verb goes on. */
export function ConfirmDialog({
  trigger,
  title,
  description,
  confirmLabel,
  cancelLabel = "Keep it",
  action,
  children,
}: ConfirmDialogProps): ReactNode {
  return (
    <AlertDialog.Root>
      <AlertDialog.Trigger render={trigger} />
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className={BACKDROP} />
        <AlertDialog.Popup className={POPUP}>
          <AlertDialog.Title className="text-lg">{title}</AlertDialog.Title>
          <AlertDialog.Description render={<div />} className="text-muted">
            {description}
          </AlertDialog.Description>
          <form action={action} className="flex flex-col gap-4">
            {children}
            <div className="flex flex-wrap justify-end gap-2">
              <AlertDialog.Close className={buttonClasses({ variant: "secondary" })}>{cancelLabel}</AlertDialog.Close>
              <SubmitButton variant="danger">{confirmLabel}</SubmitButton>
            </div>
          </form>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
