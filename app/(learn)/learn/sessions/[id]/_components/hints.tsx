import type { ReactNode } from "react";
import { CodeWords } from "@/components/learning/code-words";
import type { SessionContent } from "@/lib/learning/session/schemas";
import { PostButton } from "../../../_components/post-button";
import { hintAction } from "../../actions";

/** Hints, one by one; what is written in the editor stays as it is while one comes. */
export function Hints({
  sessionId,
  content,
}: {
  readonly sessionId: string;
  readonly content: SessionContent;
}): ReactNode {
  const { activityId, hints, hintsLeft } = content;
  return (
    <section aria-labelledby="hints" className="flex flex-col gap-3 border-t border-line pt-4">
      <h2 id="hints" className="text-base font-semibold">
        Hints
      </h2>
      <ol aria-live="polite" className="flex list-decimal flex-col gap-2 pl-5 empty:hidden">
        {hints.map((hint) => (
          <li key={hint} className="max-w-measure">
            <CodeWords text={hint} />
          </li>
        ))}
      </ol>
      {hintsLeft > 0 ? (
        <PostButton
          action={hintAction}
          fields={{ sessionId, activityId, seen: String(hints.length) }}
          label={hints.length === 0 ? "Give me a hint" : "Another hint"}
          pendingLabel="Fetching…"
          variant="quiet"
        />
      ) : null}
      <p className="text-xs text-muted">
        {hintsLeft === 0
          ? "There are no more hints."
          : `${hintsLeft} left. A pass with hints counts half; none of them is the solution.`}
        <noscript> Without JavaScript take hints before you write: the page is loaded anew.</noscript>
      </p>
    </section>
  );
}
