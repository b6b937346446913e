import type { ReactNode } from "react";
import { ConceptBadge } from "@/components/learning/concept-badge";
import { SourceLink, type SourceAt } from "@/components/learning/source-link";
import { TextLink } from "@/components/ui/link";
import type { PathReason, PathStep } from "@/lib/learning/overview/path/rules";
import { startSessionAction } from "../sessions/actions";
import { PostButton } from "./post-button";

/** So many steps are shown at once, and so many reasons of each; what is left is a click away. */
const SHOWN = 5;
const REASONS = 3;

interface PathListProps {
  readonly steps: readonly PathStep[];
  /** Where the code that the reasons speak of can be read. */
  readonly at: SourceAt | null;
}

/** What to learn next, in order, each with why it is there and a way to begin. */
export function PathList({ steps, at }: PathListProps): ReactNode {
  const later = steps.slice(SHOWN);
  return (
    <>
      <Steps steps={steps.slice(0, SHOWN)} at={at} from={0} />
      {later.length > 0 ? (
        <details className="border-t border-line pt-3">
          <summary className="w-fit cursor-pointer py-1 text-sm font-medium text-accent-ink underline underline-offset-3">
            {later.length === 1 ? "One more lesson" : `${later.length} more lessons`} on this path
          </summary>
          <div className="pt-4">
            <Steps steps={later} at={at} from={SHOWN} />
          </div>
        </details>
      ) : null}
    </>
  );
}

function Steps({ steps, at, from }: PathListProps & { readonly from: number }): ReactNode {
  return (
    <ol className="flex flex-col" start={from + 1}>
      {steps.map((step, index) => (
        <li
          key={step.concept}
          className="grid gap-x-6 gap-y-3 border-b border-line py-4 first:pt-0 last:border-b-0 last:pb-0 sm:grid-cols-[2rem_1fr_auto]"
        >
          <span
            aria-hidden="true"
            className="figures flex size-8 items-center justify-center rounded-full border border-control text-sm font-semibold max-sm:hidden"
          >
            {from + index + 1}
          </span>
          <div className="flex min-w-0 flex-col gap-1">
            <h3 className="flex flex-wrap items-baseline gap-x-3 gap-y-1 font-medium">
              <TextLink href={`/learn/tracks/${step.trackSlug}/${step.concept}`}>{step.title}</TextLink>
              <ConceptBadge standing={step.standing} />
            </h3>
            <p className="text-sm text-muted">{step.summary}</p>
            <Reasons reasons={step.reasons} at={at} />
            <p className="text-sm text-muted">
              In the track <TextLink href={`/learn/tracks/${step.trackSlug}`}>{step.trackTitle}</TextLink>
            </p>
          </div>
          <PostButton
            action={startSessionAction}
            fields={{ trackSlug: step.trackSlug, lessonSlug: step.concept }}
            label={from + index === 0 ? "Start this lesson" : "Start"}
            of={step.title}
            pendingLabel="Starting…"
            variant={from + index === 0 ? "primary" : "secondary"}
          />
        </li>
      ))}
    </ol>
  );
}

function Reasons({
  reasons,
  at,
}: {
  readonly reasons: readonly PathReason[];
  readonly at: SourceAt | null;
}): ReactNode {
  return (
    <ul aria-label="Why" className="border-l-2 border-accent pl-3 text-sm">
      {reasons.slice(0, REASONS).map(({ sentence, place }) => (
        <li key={sentence} className="wrap-anywhere">
          {sentence}
          {place && at ? (
            <>
              {" "}
              For example <SourceLink at={at} path={place.path} line={place.line} />
            </>
          ) : null}
        </li>
      ))}
    </ul>
  );
}
