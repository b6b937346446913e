import type { ReactNode } from "react";
import { Time } from "@/components/ui/time";
import type { Wording } from "@/lib/analysis/wording/schemas";
import { OwnWordsForm, RewordForm } from "./wording-forms";

/** Whose words the insights are in, always said; and how to have others, with what is sent where. */
export function WordingBar({
  wording: { by, model, provider, at, wouldSendTo },
  analysisId,
  isPrivate,
}: {
  readonly wording: Wording;
  readonly analysisId: string;
  readonly isPrivate: boolean;
}): ReactNode {
  if (by === "model" && at) {
    return (
      <div className="flex max-w-measure flex-col gap-3 text-sm">
        <p>
          Reworded and ordered by <span className="font-mono">{model}</span> ({provider}) <Time at={at} />. Each
          sentence was checked against the rule that made it, whose own words stand beside it; places and figures are
          the rules’.
        </p>
        <OwnWordsForm analysisId={analysisId} />
      </div>
    );
  }
  const [first, ...others] = wouldSendTo;
  if (!first) {
    return (
      <p className="max-w-measure text-sm text-muted">
        These are the rules’ own words. Rewording by a model is off: this server has no key for one, and nothing is
        sent.
      </p>
    );
  }
  return (
    <details className="max-w-measure text-sm">
      <summary className="cursor-pointer py-1 underline decoration-line underline-offset-3">
        These are the rules’ own words. Have a model say them more plainly?
      </summary>
      <div className="flex flex-col gap-3 py-2">
        <p>
          If you say so, the sentences and reasons below are sent to <span className="font-mono">{first.host}</span> (
          {first.model})
          {others.length > 0 ? `, or to ${others.map(({ host }) => host).join(", ")} when it cannot answer` : ""}. They
          name functions, files and packages of the repository
          {isPrivate ? ", which is private" : ""}. Not sent: your code, the repository’s address, who you are.
        </p>
        <p>The model may only rephrase and order. What does not hold to the rule’s sentence is not shown.</p>
        <RewordForm analysisId={analysisId} />
      </div>
    </details>
  );
}
