"use client";

import { useActionState, type ReactNode } from "react";
import { fieldError, UNTOUCHED } from "@/app/_http/form-state";
import { revokeShareAction, shareAnalysisAction } from "@/app/(learn)/learn/analyses/[id]/actions";
import { Alert } from "@/components/ui/alert";
import { Checkbox } from "@/components/ui/choice";
import { SubmitButton } from "@/components/ui/submit-button";
import { Time } from "@/components/ui/time";
import { badgeMarkdown } from "@/lib/analysis/sharing/rules";
import { CopyField } from "./copy-field";

interface ShareFormProps {
  readonly analysisId: string;
  readonly repository: string;
  readonly private: boolean;
  /** Since when a link is open; null while there is none. */
  readonly openSince: string | null;
  /** Address of the badge; null for a private repository. */
  readonly badgeUrl: string | null;
}

/** Opens a link to the public view of this analysis, shows it once, and closes it again. */
export function ShareForm({
  analysisId,
  repository,
  private: isPrivate,
  openSince,
  badgeUrl,
}: ShareFormProps): ReactNode {
  const [state, action] = useActionState(shareAnalysisAction, UNTOUCHED);
  const [closing, close] = useActionState(revokeShareAction, UNTOUCHED);
  const link = state.status === "done" && openSince !== null ? state.message : undefined;
  const problems = [...state.errors, ...closing.errors].filter(({ field }) => field !== "confirmPrivate");
  return (
    <div className="flex flex-col gap-4">
      {problems.map(({ message }) => (
        <Alert key={message} tone="danger" live title="That did not work">
          {message}
        </Alert>
      ))}
      {link ? (
        <Alert tone="success" live title="The link is open">
          <div className="flex flex-col gap-3 pt-2">
            <p>Copy it now: it is shown this once, because only a hash of it is kept.</p>
            <CopyField label="Link" value={link} />
            {badgeUrl ? (
              <CopyField label="Badge for a README (Markdown)" value={badgeMarkdown(repository, badgeUrl, link)} />
            ) : null}
          </div>
        </Alert>
      ) : openSince === null ? (
        <p className="max-w-measure text-muted">
          {closing.status === "done" ? "The link is closed. " : ""}Nobody but those who asked for this analysis sees it.
        </p>
      ) : (
        <p className="max-w-measure text-muted">
          A link to this analysis is open since <Time at={openSince} />. It was shown once; a new one closes it.
        </p>
      )}
      <div className="flex flex-wrap items-end gap-3">
        <form action={action} className="flex flex-col gap-3">
          <input type="hidden" name="analysisId" value={analysisId} />
          {isPrivate ? (
            <Checkbox
              name="confirmPrivate"
              label="This repository is private. Its name, languages, figures and insights may be seen by anybody with the link."
              help="No path, no code and no name of a function is shown."
              error={fieldError(state, "confirmPrivate")}
            />
          ) : null}
          <SubmitButton variant="secondary" pendingLabel="Opening…">
            {openSince === null ? "Create a share link" : "Replace the link"}
          </SubmitButton>
        </form>
        {openSince === null ? null : (
          <form action={close}>
            <input type="hidden" name="analysisId" value={analysisId} />
            <SubmitButton variant="secondary" pendingLabel="Closing…">
              Stop sharing
            </SubmitButton>
          </form>
        )}
      </div>
    </div>
  );
}
