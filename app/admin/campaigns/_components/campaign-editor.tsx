"use client";

import { useState, type ReactNode } from "react";
import { Panel } from "@/components/ui/panel";
import { notify } from "@/components/ui/notices";
import type { CampaignStatus } from "@/lib/giving/campaign/schemas";
import { changeCampaignAction } from "../actions";
import { CampaignForm, type CampaignFormValues } from "./campaign-form";
import { StatusForm } from "./status-form";

interface CampaignEditorProps {
  readonly id: string;
  readonly version: number;
  readonly status: CampaignStatus;
  readonly values: CampaignFormValues;
  /** Stands beside the steps. */
  readonly children: ReactNode;
}

const STILL_SAVING = {
  title: "Your changes are still being saved",
  detail: "Nothing else was done. Press again in a moment.",
  tone: "warning",
} as const;

/**
 * A campaign's steps and its words. Each goes by the version that was read, so one waits for the other: pressed while
 * the other is under way it says so, and what was typed but not saved outlives a step.
 */
export function CampaignEditor({ id, version, status, values, children }: CampaignEditorProps): ReactNode {
  const [saving, setSaving] = useState(false);
  const [stepping, setStepping] = useState(false);
  const [unsaved, setUnsaved] = useState(false);
  const waitFor = (other: boolean) => (event: { preventDefault(): void; stopPropagation(): void }) => {
    if (!other) return;
    event.preventDefault();
    event.stopPropagation();
    notify(STILL_SAVING);
  };
  const { version: _version, ...words } = values;
  return (
    <>
      <div className="grid items-start gap-6 lg:grid-cols-2">
        <Panel title="Status">
          <div onSubmitCapture={waitFor(saving)} className="flex flex-col gap-4">
            {/* A new version begins the form anew. */}
            <StatusForm key={version} id={id} version={version} status={status} onPending={setStepping} />
            <p role="status" className="text-sm text-warning empty:hidden">
              {unsaved ? "You have changed words below that are not saved yet. A step leaves them as they are." : ""}
            </p>
          </div>
        </Panel>
        {children}
      </div>
      <section aria-labelledby="words" className="flex flex-col gap-4" onSubmitCapture={waitFor(stepping)}>
        <h2 id="words" className="text-lg">
          Words and picture
        </h2>
        {/* Other words begin the form anew; another version alone, as after a step, leaves what was typed. */}
        <CampaignForm
          key={JSON.stringify(words)}
          action={changeCampaignAction}
          values={values}
          onPending={setSaving}
          onUnsaved={setUnsaved}
        />
      </section>
    </>
  );
}
