"use client";

import { useActionState, useEffect, type ReactNode } from "react";
import { UNTOUCHED } from "@/app/_http/form-state";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/dialog";
import { ErrorSummary } from "@/components/ui/error-summary";
import { SubmitButton } from "@/components/ui/submit-button";
import { STATUS_STEPS } from "@/lib/giving/campaign/rules";
import type { CampaignStatus } from "@/lib/giving/campaign/schemas";
import { changeStatusAction } from "../actions";

const STEPS: Readonly<Record<CampaignStatus, { readonly verb: string; readonly words: string }>> = {
  draft: { verb: "Draft", words: "" },
  active: { verb: "Publish", words: "Everybody sees it, and gifts are taken." },
  paused: { verb: "Pause", words: "The page stays, and no new gifts are taken. It can be opened again." },
  completed: {
    verb: "Complete",
    words: "No more gifts are taken. This is final: a completed campaign never opens again.",
  },
  cancelled: {
    verb: "Cancel",
    words:
      "No more gifts are taken, holds are released, and gifts that were taken go back to their donors. This is final.",
  },
};

interface StatusFormProps {
  readonly id: string;
  readonly version: number;
  readonly status: CampaignStatus;
  /** Told while a step is under way. */
  readonly onPending: (pending: boolean) => void;
}

/** The steps that there are from here; those that cannot be taken back ask once. */
export function StatusForm({ id, version, status, onPending }: StatusFormProps): ReactNode {
  const [state, action, pending] = useActionState(changeStatusAction, UNTOUCHED);
  useEffect(() => {
    onPending(pending);
    return () => onPending(false);
  }, [pending, onPending]);
  const steps = STATUS_STEPS[status];
  if (steps.length === 0) return <p className="text-muted">This campaign is {status}, and that is final.</p>;
  const hidden = (next: CampaignStatus): ReactNode => (
    <>
      <input type="hidden" name="id" value={id} />
      <input type="hidden" name="version" value={version} />
      <input type="hidden" name="status" value={next} />
    </>
  );
  return (
    <div className="flex flex-col gap-4">
      <ErrorSummary errors={state.errors.map(({ message }) => ({ message }))} title="The status was not changed" />
      <ul className="flex flex-col gap-4">
        {steps.map((next) => {
          const { verb, words } = STEPS[next];
          const label = next === "active" && status === "paused" ? "Open again" : verb;
          return (
            <li key={next} className="flex flex-wrap items-center gap-x-4 gap-y-2">
              {next === "completed" || next === "cancelled" ? (
                <ConfirmDialog
                  trigger={<Button>{label}</Button>}
                  title={`${label} this campaign?`}
                  description={words}
                  confirmLabel={`${label} it`}
                  action={action}
                >
                  {hidden(next)}
                </ConfirmDialog>
              ) : (
                <form action={action}>
                  {hidden(next)}
                  <SubmitButton variant={next === "active" ? "primary" : "secondary"}>{label}</SubmitButton>
                </form>
              )}
              <span className="min-w-0 flex-1 basis-56 text-sm text-muted">{words}</span>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
