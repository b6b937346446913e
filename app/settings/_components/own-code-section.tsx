import type { ReactNode } from "react";
import { OwnCodeConsentForm } from "@/app/_own-code/consent-form";
import { Panel } from "@/components/ui/panel";
import { Time } from "@/components/ui/time";
import type { OwnCodeSettings } from "@/lib/learning/own-code/schemas";

/** Whether exercises may be made of what somebody wrote, and how to take that back. */
export function OwnCodeSection({ settings }: { readonly settings: OwnCodeSettings }): ReactNode {
  const { consent, wording } = settings;
  return (
    <Panel
      id="own-code"
      title={wording.title}
      description="Off until you allow it. Questions about what you wrote yourself show best what you understand."
    >
      <div className="flex flex-col gap-4">
        {consent ? (
          <p>
            Allowed since <Time at={consent.givenAt} />, under wording {consent.wording}.
          </p>
        ) : null}
        <OwnCodeConsentForm key={String(settings.allowed)} allowed={settings.allowed} wording={wording} />
      </div>
    </Panel>
  );
}
