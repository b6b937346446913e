import type { ReactNode } from "react";
import { TextLink } from "@/components/ui/link";
import type { Remark } from "@/lib/learning/patterns/schemas";
import { CodeWords } from "./code-words";

/** Where the learner has met this before: in their own code, or in an answer with the same idea. Nothing where nothing was. */
export function AnswerRemarks({ remarks }: { readonly remarks: readonly Remark[] }): ReactNode {
  if (remarks.length === 0) return null;
  return (
    <section aria-labelledby="remarks" className="flex flex-col gap-1">
      <h2 id="remarks" className="text-base font-semibold">
        You have met this before
      </h2>
      <ul className="flex max-w-measure flex-col gap-1">
        {remarks.map(({ code, pattern, sentence }) => (
          <li key={`${code} ${pattern}`} className="wrap-anywhere">
            <CodeWords text={sentence} />
          </li>
        ))}
      </ul>
      <p className="text-sm text-muted">
        It is remembered in <TextLink href="/patterns">your patterns</TextLink>, where you can correct or delete it.
      </p>
    </section>
  );
}
