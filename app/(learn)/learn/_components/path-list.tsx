import type { ReactNode } from "react";
import { ConceptBadge } from "@/components/learning/concept-badge";
import { SourceLink, type SourceAt } from "@/components/learning/source-link";
import { TextLink } from "@/components/ui/link";
import type { PathStep } from "@/lib/learning/overview/rules";
import { startSessionAction } from "../sessions/actions";
import { PostButton } from "./post-button";

/** What to learn next, in order, each with why it is there and a way to begin. */
export function PathList({
  steps,
  at,
}: {
  readonly steps: readonly PathStep[];
  /** Where the code that the reasons speak of can be read. */
  readonly at: SourceAt | null;
}): ReactNode {
  return (
    <ol className="flex flex-col">
      {steps.map((step, index) => (
        <li
          key={step.concept}
          className="grid gap-x-6 gap-y-3 border-b border-line py-4 first:pt-0 last:border-b-0 last:pb-0 sm:grid-cols-[2rem_1fr_auto]"
        >
          <span
            aria-hidden="true"
            className="figures flex size-8 items-center justify-center rounded-full border border-control text-sm font-semibold max-sm:hidden"
          >
            {index + 1}
          </span>
          <div className="flex min-w-0 flex-col gap-1">
            <h3 className="flex flex-wrap items-baseline gap-x-3 gap-y-1 font-medium">
              {step.title} <ConceptBadge standing={step.standing} />
            </h3>
            <p className="text-sm text-muted">{step.summary}</p>
            <ul className="text-sm">
              {step.reasons.map((reason) => (
                <li key={reason} className="wrap-anywhere">
                  {reason}
                </li>
              ))}
            </ul>
            <p className="text-sm text-muted">
              {step.place && at ? (
                <>
                  For example <SourceLink at={at} path={step.place.path} line={step.place.line} /> ·{" "}
                </>
              ) : null}
              <TextLink href={`/learn/tracks/${step.trackSlug}#${step.concept}`}>{step.trackTitle}</TextLink>
            </p>
          </div>
          <PostButton
            action={startSessionAction}
            fields={{ trackSlug: step.trackSlug, lessonSlug: step.concept }}
            label={index === 0 ? "Start this lesson" : "Start"}
            of={step.title}
            pendingLabel="Starting…"
            variant={index === 0 ? "primary" : "secondary"}
          />
        </li>
      ))}
    </ol>
  );
}
